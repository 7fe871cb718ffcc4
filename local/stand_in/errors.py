"""The one error, and upstream's shape of it: message, errors[code, message, source], trace_id."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ErrorDetail:
    """What is wrong, in which parameter (`body` for the image)."""

    code: str
    message: str
    source: str | None = None

    def as_json(self) -> dict[str, str]:
        """An entry of `errors`; no `source` when there is none."""
        described = {"code": self.code, "message": self.message}
        return described if self.source is None else {**described, "source": self.source}


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, details: tuple[ErrorDetail, ...] = ()) -> None:
        """`status` is the HTTP status, `message` the summary that the client reads."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details


def error_body(refused: RefusedError, trace_id: str) -> dict[str, Any]:
    """The JSON body of an error answer."""
    return {
        "message": refused.message,
        "errors": [detail.as_json() for detail in refused.details],
        "trace_id": trace_id,
    }
