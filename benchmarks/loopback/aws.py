"""The few AWS calls that a search makes, answered from memory: the client's cost is the real one.

What a table holds is told by its name: ``hits`` the answer for every key, compressed as ours is,
``plain-hits`` the same as it came, ``misses`` nothing.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from functools import cache
from typing import Any

from benchmarks.loopback import answer
from benchmarks.loopback.http import Reply, Request
from benchmarks.photo import jpeg, photo
from benchmarks.pictures import picture

HITS, PLAIN_HITS, MISSES, PHOTOS = "hits", "plain-hits", "misses", "photos"
SECRET = "credentials"
TURNED_PHOTO = 0
"""Stands for the size of a photo of 12 megapixels that has to be decoded, for EXIF turns it."""
_SECRET_STRING = json.dumps({"key": "key_0123456789", "token": "tok_0123456789"})


def respond(request: Request) -> Reply:
    target = request.headers.get("X-Amz-Target")
    if target is None:
        return _object(request)
    value = _call(target.partition(".")[2], json.loads(request.body))
    body = json.dumps(value).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "x-amzn-RequestId": "0" * 52,
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    return Reply(200, body, headers)


def _call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    if operation == "GetItem":
        is_lease = parameters["Key"]["pk"]["S"].endswith("#lease")
        item = None if is_lease else _ITEMS.get(parameters["TableName"])
        return {"Item": item} if item else {}
    if operation == "UpdateItem":
        counts = parameters.get("ReturnValues") == "UPDATED_NEW"
        return {"Attributes": _counted(parameters)} if counts else {}
    if operation == "GetSecretValue":
        return {"SecretString": _SECRET_STRING}
    return {}


def _counted(parameters: dict[str, Any]) -> dict[str, Any]:
    """Each counter that is added to, as if for the first time."""
    added = parameters["UpdateExpression"].partition("ADD ")[2].partition(" REMOVE")[0]
    pairs = [counter.split() for counter in added.split(", ") if counter]
    return {name: parameters["ExpressionAttributeValues"][value] for name, value in pairs}


def _items() -> dict[str, dict[str, Any]]:
    now = int(time.time())
    times = {
        "stored_at": {"N": str(now)},
        "fresh_until": {"N": str(now + 86400)},
        "expires_at": {"N": str(now + 172800)},
    }
    key = {"pk": {"S": "0" * 97}}
    packed = {
        "body": {"B": base64.b64encode(answer.compressed()).decode()},
        "tag": {"B": base64.b64encode(bytes.fromhex(answer.entity_tag())).decode()},
        "rev": {"S": "0" * 16},
    }
    plain = {"response": {"S": answer.answer().decode()}}
    return {HITS: {**key, **packed, **times}, PLAIN_HITS: {**key, **plain, **times}}


_ITEMS = _items()


def _object(request: Request) -> Reply:
    """``photos/<bytes>``: a picture of that many bytes."""
    size = int(request.path.partition("?")[0].rpartition("/")[2])
    headers = {"Content-Type": "image/jpeg", "ETag": '"0"'}
    return Reply(200, _turned_photo() if size == TURNED_PHOTO else picture(size), headers)


@cache
def _turned_photo() -> bytes:
    return jpeg(photo((4032, 3024)), 6)
