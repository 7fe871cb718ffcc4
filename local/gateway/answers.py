"""Errors in the gateway's own words: `{"message": …}`, and never a CORS header.

Apps that run in a web page cannot read them, therefore: to the page they look like a network error.
"""

import json
from typing import Any

Answer = tuple[int, dict[str, Any], bytes]
"""Status, headers and body, as the emulator has them."""

MESSAGES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    # The status is not documented for HTTP APIs: RFC 6585 has this one for it.
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refused(Exception):
    """The gateway answers itself, with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(MESSAGES[status])
        self.status = status


def in_own_words(status: int, authorization: str = "") -> Answer:
    """The answer with ``status``; an unknown one is an error of the gateway's.

    ``authorization``: the request's, by which a 401 says whether there was a token.
    """
    known = status if status in MESSAGES else 500
    headers = {"content-type": "application/json"}
    if known == 401:
        headers["www-authenticate"] = _challenge(authorization)
    return known, headers, json.dumps({"message": MESSAGES[known]}).replace(": ", ":").encode()


def _challenge(authorization: str) -> str:
    """AWS adds an error_description, which the emulator does not know.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
    """
    return 'Bearer scope="" error="invalid_token"' if authorization else "Bearer"
