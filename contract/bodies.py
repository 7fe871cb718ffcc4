"""The request bodies: every form in which an image can be sent, and the request of an upload."""

from __future__ import annotations

from typing import Any

from api.image_source import MAX_INLINE_BYTES
from contract.error_answers import SHA256
from contract.json_schema import Schema, present, reference
from image_search.settings import MAX_IMAGE_BYTES

Body = dict[str, Any]

# The smallest picture there is, so that the example works as it stands.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/"
    "iZk9HQAAAABJRU5ErkJggg=="
)
_NAMES = {"image": "InlineImage", "s3_uri": "ImageInS3"}
_FILE: Schema = {"type": "string", "format": "binary", "minLength": 1}


def image() -> Body:
    """The ways to send an image to a search."""
    return {
        "required": True,
        "description": (
            f"A JPEG, PNG, WebP or GIF of at most {MAX_INLINE_BYTES} bytes. The content tells the "
            "format: bytes are taken as any type but forms and JSON, which have a meaning of their "
            "own. What is no image is refused with 415. A body is sent without Content-Encoding."
        ),
        "content": {
            "application/octet-stream": {"schema": _FILE},
            "image/*": {"schema": _FILE},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "description": "Exactly one file; the field may have any name. Text fields "
                    "that are named like parameters of the query are parameters, each in one of "
                    "the two places; other text fields are ignored.",
                    "properties": {"file": _FILE},
                    "required": ["file"],
                    "additionalProperties": {"type": "string"},
                },
                "encoding": {
                    "file": {"contentType": "image/jpeg, image/png, image/webp, image/gif"}
                },
            },
            "application/json": {
                "schema": {"oneOf": [reference(name) for name in _NAMES.values()]},
                "examples": {
                    "image": {"value": {"image": PIXEL}},
                    "data_uri": {"value": {"image": f"data:image/png;base64,{PIXEL}"}},
                    "s3_uri": {"value": {"s3_uri": f"s3://uploads-bucket/uploads/{SHA256}"}},
                },
            },
        },
    }


def upload() -> Body:
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": reference("UploadRequest"),
                "example": {"sha256": SHA256, "content_type": "image/jpeg", "size": 2_500_000},
            }
        },
    }


def image_references(model: Schema) -> dict[str, Schema]:
    """The model takes one of two members; here each has a schema of its own."""
    about = {
        "image": "Base64 in either alphabet, with or without padding, or a `data:` URI.",
        "s3_uri": f"An upload, or an image of at most {MAX_IMAGE_BYTES} bytes in a bucket that "
        "the deployment allows.",
    }
    schemas = {}
    for name, component in _NAMES.items():
        members = {other: {"type": "null"} for other in _NAMES}
        members[name] = {**present(model["properties"][name]), "description": about[name]}
        schemas[component] = {**model, "properties": members, "required": [name]}
        schemas[component].pop("description")
    return schemas


def upload_request(model: Schema) -> Schema:
    """With the size limit, which the model leaves to the use case: it has a status of its own."""
    size = {**model["properties"]["size"], "maximum": MAX_IMAGE_BYTES}
    return {**model, "properties": {**model["properties"], "size": size}}
