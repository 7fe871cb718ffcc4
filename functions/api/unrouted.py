"""Requests that no route takes: a wrong path, a wrong method, and what OPTIONS asks."""

from __future__ import annotations

from image_search.errors import (
    InvalidParameters,
    MethodNotAllowed,
    Problem,
    RequestError,
    RouteNotFound,
)

SEARCH_PATH = "/v2/image_search"
BY_HASH = f"{SEARCH_PATH}/"

# The gateway's catch-all routes. It lets them pass without a token, so that nothing else may be
# answered to them, whatever their path looks like.
CATCH_ALL = frozenset({"$default", "OPTIONS /{proxy+}"})

_READ = ("GET", "HEAD", "OPTIONS")
_POST = ("POST", "OPTIONS")
_METHODS = {SEARCH_PATH: _POST, "/v2/uploads": _POST, "/health": _READ, "/openapi.json": _READ}


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that a path takes; none where there is no such route."""
    name = path.removeprefix(BY_HASH)
    is_by_hash = name not in ("", path) and "/" not in name
    return _READ if is_by_hash else _METHODS.get(path, ())


def refusal(method: str, path: str, route: str) -> RequestError:
    """Why no route takes the request. ``route``: the key of the gateway's."""
    # The gateway takes any name there, one with an encoded slash included; the router does not.
    if path.startswith(BY_HASH) and route not in CATCH_ALL:
        return not_a_sha256()
    trimmed = path.rstrip("/")
    if path != trimmed and methods_of(trimmed):
        return RouteNotFound("There is no such route; leave out the slash at the end of the path.")
    methods = methods_of(path)
    if methods and method not in methods:
        return MethodNotAllowed(methods)
    return RouteNotFound()


def not_a_sha256() -> InvalidParameters:
    message = "Value should be 64 hexadecimal digits"
    return InvalidParameters([Problem("invalid_parameter", message, "sha256")])
