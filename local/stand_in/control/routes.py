"""The test's side door: `/_control` shows what arrived, orders faults, releases what a fault holds,
rotates credentials, and sets all of that back."""

import asyncio

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stand_in.control.access import Access
from stand_in.control.faults import Fault, FaultQueue
from stand_in.control.request_log import ReceivedRequest
from stand_in.errors import ErrorDetail, RefusedError


class Control:
    """Requests, faults and credentials since the last reset.

    Only the event loop touches it, and never across an `await`: no two requests can interleave.
    """

    def __init__(self, access: Access) -> None:
        """Start with nothing received and nothing ordered."""
        self._first_access = access
        self.access = access
        self.requests: list[ReceivedRequest] = []
        self.faults = FaultQueue()
        self._released = asyncio.Event()

    async def wait(self, fault: Fault) -> None:
        """Return when it is time to answer."""
        released = self._released  # the one of now, as the request has been recorded already
        await asyncio.sleep(fault.delay_seconds)
        if fault.hold:
            await released.wait()

    def routes(self) -> list[Route]:
        """The routes below `/_control`."""
        return [
            Route("/_control/requests", self._show_requests, methods=["GET"]),
            Route("/_control/faults", self._order_fault, methods=["POST"]),
            Route("/_control/faults", self._cancel_faults, methods=["DELETE"]),
            Route("/_control/release", self._release, methods=["POST"]),
            Route("/_control/access", self._change_access, methods=["PUT"]),
            Route("/_control", self._reset, methods=["DELETE"]),
        ]

    async def _show_requests(self, _: Request) -> Response:
        return JSONResponse([received.as_json() for received in self.requests])

    async def _order_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            raise _refused(
                "invalid_fault", "This is not a fault that can be ordered.", error
            ) from error
        self.faults.add(fault)
        return Response(status_code=204)

    async def _cancel_faults(self, _: Request) -> Response:
        self.faults.clear()
        return Response(status_code=204)

    async def _release(self, _: Request) -> Response:
        self._let_go()
        return Response(status_code=204)

    async def _change_access(self, request: Request) -> Response:
        """From now on another key or token is taken, as after upstream has rotated them."""
        try:
            self.access = Access.model_validate_json(await request.body())
        except ValidationError as error:
            raise _refused("invalid_access", "These are no credentials.", error) from error
        return Response(status_code=204)

    async def _reset(self, _: Request) -> Response:
        self.requests.clear()
        self.faults.clear()
        self._let_go()
        self.access = self._first_access
        return Response(status_code=204)

    def _let_go(self) -> None:
        """All that are held by now; what comes later is held anew."""
        self._released.set()
        self._released = asyncio.Event()


def _refused(code: str, message: str, error: ValidationError) -> RefusedError:
    details = tuple(
        ErrorDetail(code, found["msg"], ".".join(map(str, found["loc"])) or "body")
        for found in error.errors(include_url=False)
    )
    return RefusedError(400, message, details)
