"""CORS, as an HTTP API with a CorsConfiguration does it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from collections.abc import Mapping
from typing import Any

from gateway.answers import Answer

Configuration = Mapping[str, Any]
"""As the API `GetApi` has it: `allowOrigins` and so on."""


def response_headers(configuration: Configuration, headers: Mapping[str, str]) -> dict[str, str]:
    """What is added to a function's answer; nothing where the request names no allowed origin.

    AWS documents no ``Vary``: the function's stays as it is.
    """
    granted = _granted(configuration, headers)
    exposed = configuration.get("exposeHeaders")
    if granted and exposed:
        granted["access-control-expose-headers"] = ",".join(exposed)
    return granted


def preflight(configuration: Configuration, headers: Mapping[str, str]) -> Answer:
    """204 without a body; its headers say what is allowed, or nothing."""
    if "access-control-request-method" not in headers:
        return 204, {}, b""
    granted = _granted(configuration, headers)
    if not granted:
        return 204, {}, b""
    for name, setting in (("methods", "allowMethods"), ("headers", "allowHeaders")):
        if configuration.get(setting):
            granted[f"access-control-allow-{name}"] = ",".join(configuration[setting])
    if configuration.get("maxAge") is not None:
        granted["access-control-max-age"] = str(configuration["maxAge"])
    return 204, granted, b""


def _granted(configuration: Configuration, headers: Mapping[str, str]) -> dict[str, str]:
    origin = headers.get("origin", "")
    allowed = [each.lower() for each in configuration.get("allowOrigins", ())]
    if not origin or not {"*", origin.lower()} & set(allowed):
        return {}
    granted = {"access-control-allow-origin": "*" if "*" in allowed else origin}
    if configuration.get("allowCredentials"):
        granted["access-control-allow-credentials"] = "true"
    return granted
