"""Faults to order: a status, a delay, odd headers, an odd body, a dropped connection."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from stand_in.errors import ErrorDetail, RefusedError, error_body
from stand_in.request.query import Pairs

_LONGEST_DELAY = 600.0


class Fault(BaseModel):
    """What happens to the next `times` requests; what is not given stays as it would be.

    `query`: the fault is for requests with these parameters only. `hold`: the answer waits until
    all that are held are released.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    times: Annotated[int, Field(ge=1)] = 1
    query: dict[str, str] = {}
    delay_seconds: Annotated[float, Field(ge=0, le=_LONGEST_DELAY)] = 0.0
    hold: bool = False
    headers: dict[str, str] = {}
    body: Any = None
    drop: bool = False

    @property
    def replaces_answer(self) -> bool:
        """Whether there is no search at all."""
        return self.status is not None or "body" in self.model_fields_set

    def answer(self, trace_id: str) -> Response:
        """The answer that is given instead of the real one."""
        status = self.status or 200
        if "body" not in self.model_fields_set:
            return JSONResponse(_failure(status, trace_id), status)
        if isinstance(self.body, str):  # sent as it is, as a gateway's own page would be
            return Response(self.body, status, media_type="text/html")
        return JSONResponse(self.body, status)


def _failure(status: int, trace_id: str) -> dict[str, Any]:
    message = "This failure was ordered."
    detail = ErrorDetail("ordered_failure", message)
    return error_body(RefusedError(status, message, (detail,)), trace_id)


@dataclass
class _Waiting:
    """A fault, and how many requests it is still for."""

    fault: Fault
    left: int


class FaultQueue:
    """Faults in the order they were asked for, each used up before the next."""

    def __init__(self) -> None:
        """Start with no fault waiting."""
        self._waiting: list[_Waiting] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen to the next `times` requests that have none yet."""
        self._waiting.append(_Waiting(fault, fault.times))

    def take(self, query: Pairs) -> Fault | None:
        """The first fault that is for a request with this query, if any."""
        for waiting in self._waiting:
            if _is_for(waiting.fault, query):
                waiting.left -= 1
                if waiting.left == 0:
                    self._waiting.remove(waiting)
                return waiting.fault
        return None

    def clear(self) -> None:
        """Forget all that is waiting."""
        self._waiting.clear()


def _is_for(fault: Fault, query: Collection[tuple[str, str]]) -> bool:
    return all(pair in query for pair in fault.query.items())
