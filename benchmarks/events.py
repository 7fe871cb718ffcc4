"""Events of the HTTP API (payload 2.0) for each way in, as files that sandboxes read."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.loopback import answer, aws
from benchmarks.pictures import picture

_DIRECTORY = places.DIRECTORY / "events"
_JSON = "application/json"
_PATH = "/v2/image_search"


def raw(size: int) -> Path:
    body = base64.b64encode(picture(size)).decode()
    return _save(f"raw-{size}", _event("POST", _PATH, "image/jpeg", body, is_base64=True))


def json_base64(size: int) -> Path:
    body = json.dumps({"image": base64.b64encode(picture(size)).decode()})
    return _save(f"json-{size}", _event("POST", _PATH, _JSON, body))


def s3_uri(size: int) -> Path:
    body = json.dumps({"s3_uri": f"s3://{aws.PHOTOS}/{size}"})
    return _save(f"s3-{size}", _event("POST", _PATH, _JSON, body))


def by_hash() -> Path:
    return _save("hash", _event("GET", f"{_PATH}/{_digest()}"))


def not_modified() -> Path:
    event = _event("GET", f"{_PATH}/{_digest()}")
    event["headers"]["if-none-match"] = f'"{answer.entity_tag()}-gzip"'
    return _save("not-modified", event)


def _digest() -> str:
    return hashlib.sha256(picture(100_000)).hexdigest()


def _event(
    method: str, path: str, content_type: str = "", body: str = "", *, is_base64: bool = False
) -> dict[str, Any]:
    headers = {
        "accept-encoding": "gzip",
        "host": "api.example",
        "user-agent": "Shop/7.1 (iPhone; iOS 19.2)",
        "x-forwarded-for": "203.0.113.9",
    }
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "section=Products&us=segment-1",
        "headers": {**headers, **({"content-type": content_type} if content_type else {})},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "http": {**http, "userAgent": headers["user-agent"]},
            "requestId": "request-1",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "timeEpoch": 1_700_000_000_000,
        },
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _save(name: str, event: dict[str, Any]) -> Path:
    _DIRECTORY.mkdir(parents=True, exist_ok=True)
    file = _DIRECTORY / f"{name}.json"
    file.write_text(json.dumps(event))
    return file
