"""The document itself: its paths and components."""

from __future__ import annotations

import json
from typing import Any

from api.request_body import ImageReference
from api.unrouted import SEARCH_PATH
from contract import answers, bodies, error_answers, parameters
from contract.json_schema import Schema, components, reference
from contract.search_answer import SearchAnswer
from contract.upload_answers import AlreadyUploaded, UploadNeeded, UploadOffer
from image_search.parameters.variations_map import VariationsMap
from image_search.uploads.upload_form import UploadRequest

Operation = dict[str, Any]

VERSION = "1.0.0"
"""Of the contract, by https://semver.org."""

_ABOUT = (
    "Finds the products in a photo. Drop-in for Constructor's image search: the same parameters "
    "and answers, with a cache, uploads and one shape for all errors. A `code` in `errors[]` never "
    "changes its meaning; other members may be added to any answer. Where upstream itself "
    "refuses a request, its own 400 is passed on. Any other path is 404 `not_found`; any other "
    "method of a path is 405 `method_not_allowed`, with `Allow`."
)


def build() -> dict[str, Any]:
    """The whole document, as plain values."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "image-search-proxy", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": {
            SEARCH_PATH: {"post": _search_by_image()},
            f"{SEARCH_PATH}/{{sha256}}": {"get": _search_by_hash(), "head": _head_by_hash()},
            "/v2/uploads": {"post": _create_upload()},
            "/health": {"get": _get_health(), "head": _head_of(_get_health(), "Health")},
            "/openapi.json": {"get": _get_openapi(), "head": _head_of(_get_openapi(), "Openapi")},
        },
        "components": {
            "schemas": _schemas(),
            "parameters": parameters.by_component(),
            "headers": answers.HEADERS,
        },
    }


def to_text(document: dict[str, Any]) -> str:
    """As it is committed: one member a line, for reviews; apps get it compressed."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _schemas() -> dict[str, Schema]:
    schemas = components(
        VariationsMap,
        ImageReference,
        UploadRequest,
        SearchAnswer,
        AlreadyUploaded,
        UploadNeeded,
        UploadOffer,
        error_answers.ErrorBody,
    )
    schemas |= bodies.image_references(schemas.pop("ImageReference"))
    schemas["UploadRequest"] = bodies.upload_request(schemas["UploadRequest"])
    return dict(sorted(schemas.items()))


def _search_by_image() -> Operation:
    return {
        "operationId": "searchByImage",
        "summary": "Search with a photo",
        "parameters": parameters.of_search_by_image(),
        "requestBody": bodies.image(),
        "responses": {
            "200": answers.found(by_image=True),
            **answers.failed(error_answers.of_search_by_image()),
        },
    }


def _search_by_hash() -> Operation:
    return {
        "operationId": "searchByHash",
        "summary": "Search with a photo that was searched or uploaded before, by its SHA-256",
        "parameters": parameters.of_search_by_hash(),
        "responses": _answers_by_hash(),
    }


def _head_by_hash() -> Operation:
    return {
        "operationId": "headByHash",
        "summary": "The headers of the same search; it is carried out all the same",
        "parameters": parameters.of_search_by_hash(),
        "responses": answers.without_content(_answers_by_hash()),
    }


def _answers_by_hash() -> dict[str, answers.Answer]:
    return {
        "200": answers.found(by_image=False),
        "304": answers.unchanged(),
        **answers.failed(error_answers.of_search_by_hash()),
    }


def _create_upload() -> Operation:
    offered = answers.as_json(
        "A form to upload the image with, or that it is there already.",
        {"oneOf": [reference("AlreadyUploaded"), reference("UploadNeeded")]},
        {
            "already_uploaded": {"already_uploaded": True},
            "upload": {"already_uploaded": False, "upload": error_answers.FORM.to_json()},
        },
        charged=True,
    )
    offered["links"] = {
        "search": {
            "operationId": "searchByHash",
            "parameters": {"sha256": "$request.body#/sha256"},
            "description": "Once the image is uploaded, or if it is there already.",
        }
    }
    return {
        "operationId": "createUpload",
        "summary": "Get a form to upload a photo with, for the search that the query describes",
        "parameters": parameters.of_create_upload(),
        "requestBody": bodies.upload(),
        "responses": {"200": offered, **answers.failed(error_answers.of_create_upload())},
    }


def _get_health() -> Operation:
    schema = {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}
    answer = answers.as_json("The proxy is alive.", schema, {"ok": {"status": "ok"}})
    return {
        "operationId": "getHealth",
        "summary": "Liveness",
        "responses": {"200": answer, **answers.failed(error_answers.of_any_route())},
    }


def _get_openapi() -> Operation:
    return {
        "operationId": "getOpenapi",
        "summary": "This document",
        "responses": {
            "200": answers.document(),
            **answers.failed(error_answers.of_any_route()),
        },
    }


def _head_of(operation: Operation, name: str) -> Operation:
    """The same by HEAD; ``name``: what its ``operationId`` ends with."""
    return {
        "operationId": f"head{name}",
        "summary": f"{operation['summary']}: the headers alone",
        "responses": answers.without_content(operation["responses"]),
    }
