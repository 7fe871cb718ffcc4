"""What the gateway adds to the event that the function gets, and takes from it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from collections.abc import Mapping
from typing import Any

from gateway.hop_by_hop import HOP_BY_HOP


def completed(event: Mapping[str, Any], request_id: str, port: str) -> dict[str, Any]:
    """The emulator's ``event`` with the gateway's headers, the cookies apart and the request's id.

    The end of ``X-Forwarded-For`` is the address that the gateway saw, whatever the client sent.
    """
    context = event["requestContext"]
    headers = {name: text for name, text in event["headers"].items() if name not in HOP_BY_HOP}
    cookies = [each.strip() for each in headers.pop("cookie", "").split(";") if each.strip()]
    address = context["http"]["sourceIp"]
    headers["x-forwarded-for"] = _appended(headers.get("x-forwarded-for", ""), address)
    headers["x-forwarded-port"] = port
    headers["x-forwarded-proto"] = "http"
    made = {**event, "headers": headers, "requestContext": {**context, "requestId": request_id}}
    return made | {"cookies": cookies} if cookies else made


def _appended(forwarded: str, address: str) -> str:
    return f"{forwarded}, {address}" if forwarded else address
