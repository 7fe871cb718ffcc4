"""The handler as it is deployed, with the network replaced at the wire."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx
from moto import mock_aws

from image_search.composition import build
from image_search.settings import Settings
from wire import ANSWER, INDEX_KEY, TOKEN, UPLOADS, Proxy

_SECRET = "image-search-credentials"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "image-search-proxy",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "CACHE_TABLE": "none",
    "CACHE_SCOPE": "off",  # so that every request is a miss
    "UPLOADS_BUCKET": UPLOADS,
    "CREDENTIALS_SECRET_ARN": _SECRET,
    "CLIENT_ID": "cio-be-lambda-benchmark",
    "UPSTREAM_URL": "https://image-search.test",
}


@contextmanager
def deployed() -> Iterator[Proxy]:
    """A warm function whose every search is a miss that the vendor answers at once."""
    os.environ.update(_ENVIRONMENT)
    with mock_aws():
        secret = json.dumps({"key": INDEX_KEY, "token": TOKEN})
        boto3.client("secretsmanager").create_secret(Name=_SECRET, SecretString=secret)
        boto3.client("s3").create_bucket(Bucket=UPLOADS)
        settings = Settings.from_environment(os.environ)
        proxy = Proxy(build(settings, httpx.MockTransport(_answer)))
        gc.freeze()  # as the deployed module does
        yield proxy


def _answer(request: httpx.Request) -> httpx.Response:
    request.read()
    return httpx.Response(200, json=ANSWER)
