"""An upload's event through the deployed handler: the phone's own search is then a hit."""

import base64
import importlib
import json
import sys
from pathlib import Path

import boto3
import httpx
import pytest

from image_search.composition import build_core
from image_search.settings import Settings
from image_search.uploads.tickets import Ticket
from wire import Context

EVENTS = Path(__file__).parents[2] / "events"
EVENT = json.loads((EVENTS / "s3_upload.json").read_text())
SEARCH = json.loads((EVENTS / "search_bytes.json").read_text())


@pytest.fixture
def load(stand_in, aws, monkeypatch):
    """Imports a function's handler as Lambda would."""
    httpx.delete(f"{stand_in}/_control")
    monkeypatch.setenv("UPSTREAM_URL", stand_in)

    def one(function):
        sys.modules.pop(f"{function}.app", None)
        return importlib.import_module(f"{function}.app").lambda_handler

    return one


@pytest.fixture
def uploaded(aws, environment):
    """By a form that was handed out for the sample search."""
    stored = EVENT["Records"][0]["s3"]
    sha256 = stored["object"]["key"].removeprefix("uploads/")
    tickets = build_core(Settings.from_environment(environment)).tickets
    ticket = tickets.write(Ticket(sha256, SEARCH["rawQueryString"], "203.0.113.9", "Shop/7.1"))
    boto3.client("s3").put_object(
        Bucket=stored["bucket"]["name"],
        Key=stored["object"]["key"],
        Body=base64.b64decode(SEARCH["body"]),
        Metadata={"ticket": str(ticket)},
    )


def test_a_search_after_its_upload_is_a_hit(load, uploaded, stand_in):
    prefetched = load("prefetch")(EVENT, Context())
    response = load("api")(SEARCH, Context())
    searches = httpx.get(f"{stand_in}/_control/requests").json()
    assert (prefetched, response["statusCode"], len(searches)) == (None, 200, 1)
    assert response["headers"]["Cache-Status"].startswith("image-search-proxy; hit; ")


def test_the_prefetch_does_not_need_to_know_its_bucket(load, uploaded, stand_in, monkeypatch):
    monkeypatch.delenv("UPLOADS_BUCKET")
    load("prefetch")(EVENT, Context())
    assert len(httpx.get(f"{stand_in}/_control/requests").json()) == 1
