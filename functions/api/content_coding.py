"""Which content coding a client takes (RFC 9110 §12.5.3)."""

from __future__ import annotations

import re

# More digits than the RFC's three are taken too.
_WEIGHT = re.compile(r"0(?:\.\d*)?|1(?:\.0*)?", re.ASCII)
# Other names of gzip (RFC 9110 §8.4.1.3).
_GZIP = {"gzip", "x-gzip"}


def accepts_gzip(accept_encoding: str) -> bool:
    """No header means the plain body: some clients that send none cannot decompress."""
    weights: dict[str, float] = {}
    for entry in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in entry.split(";"))
        coding = "gzip" if coding in _GZIP else coding
        weights[coding] = max(_weight(parameters), weights.get(coding, 0.0))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(parameters: list[str]) -> float:
    """0 for one that is malformed: the plain body is right for any client."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
