"""A function's answer as it leaves the gateway."""

from collections.abc import Mapping
from typing import Any

from gateway.hop_by_hop import HOP_BY_HOP

# The gateway counts the body itself, names itself, and gives the request its id.
_ITS_OWN = frozenset({"content-length", "apigw-requestid"})
# Documented for REST APIs, and seen where the docs do not say so: a client that reads this header
# must know the other name too.
_RENAMED = {"www-authenticate": "x-amzn-remapped-www-authenticate"}


def outgoing(
    headers: Mapping[str, Any], cors: Mapping[str, str] | None, request_id: str
) -> dict[str, Any]:
    """The function's ``headers``; ``cors``: in place of its own, where the API has it."""
    dropped = HOP_BY_HOP | _ITS_OWN
    kept = {
        _RENAMED.get(name.lower(), name): value
        for name, value in headers.items()
        if name.lower() not in dropped
        and not (cors is not None and name.lower().startswith("access-control-"))
    }
    return {**kept, **(cors or {}), "apigw-requestid": request_id}
