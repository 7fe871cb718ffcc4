"""The test's side door: `/_control` shows what arrived, orders faults, and resets both."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stand_in.errors import ErrorDetail, RefusedError
from stand_in.faults import Fault, FaultQueue
from stand_in.request_log import ReceivedRequest


class Control:
    """Requests and faults since the last reset.

    Only the event loop touches it, and never across an `await`: no two requests can interleave.
    """

    def __init__(self) -> None:
        """Start with nothing received and nothing ordered."""
        self.requests: list[ReceivedRequest] = []
        self.faults = FaultQueue()

    def routes(self) -> list[Route]:
        """The routes below `/_control`."""
        return [
            Route("/_control/requests", self._show_requests, methods=["GET"]),
            Route("/_control/faults", self._order_fault, methods=["POST"]),
            Route("/_control", self._reset, methods=["DELETE"]),
        ]

    async def _show_requests(self, _: Request) -> Response:
        return JSONResponse([received.as_json() for received in self.requests])

    async def _order_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            raise _bad_fault(error) from error
        self.faults.add(fault)
        return Response(status_code=204)

    async def _reset(self, _: Request) -> Response:
        self.requests.clear()
        self.faults.clear()
        return Response(status_code=204)


def _bad_fault(error: ValidationError) -> RefusedError:
    details = tuple(
        ErrorDetail("invalid_fault", found["msg"], ".".join(map(str, found["loc"])) or "body")
        for found in error.errors(include_url=False)
    )
    return RefusedError(400, "This is not a fault that can be ordered.", details)
