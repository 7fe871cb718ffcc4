"""Sends a bad image to the handler, as a client would."""

from __future__ import annotations

import boto3

from api.image_source import MAX_INLINE_BYTES
from corpus.bad_image import BadImage, Refusal
from wire import ALLOWED, Proxy, http_event

_KEY = "bad-image"


def event_of(image: BadImage) -> dict[str, object]:
    """In the request itself, or from S3 where it is too large for that."""
    if len(image.content) <= MAX_INLINE_BYTES:
        headers = {"content-type": image.declared}
        return http_event("POST", "/v2/image_search", "", headers, image.content)
    boto3.client("s3").put_object(Bucket=ALLOWED, Key=_KEY, Body=image.content)
    body = f'{{"s3_uri": "s3://{ALLOWED}/{_KEY}"}}'.encode()
    return http_event("POST", "/v2/image_search", "", {"content-type": "application/json"}, body)


def answer_to(event: dict[str, object], proxy: Proxy) -> Refusal | int:
    """How the handler refuses it, or the status where it does not."""
    reply = proxy.send(event)
    return Refusal(reply.status, reply.code) if reply.status >= 400 else reply.status
