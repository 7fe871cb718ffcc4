"""`POST /v2/image_search`: record, fail if that was ordered, check, search."""

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stand_in.control.access import TOKEN_HEADER
from stand_in.control.request_log import (
    ReceivedBody,
    ReceivedRequest,
    describe_request,
    receive_body,
)
from stand_in.control.routes import Control
from stand_in.errors import RefusedError
from stand_in.request.image import check_size
from stand_in.request.query import read_query
from stand_in.service.connection import HangUp
from stand_in.service.engine import Engine


class ImageSearch:
    """The endpoint."""

    def __init__(self, engine: Engine, control: Control) -> None:
        """Put together from what the application shares."""
        self._engine = engine
        self._control = control

    async def __call__(self, request: Request) -> Response:
        """Answer one request, after it has been recorded."""
        body = await receive_body(request)
        received = describe_request(request, body)
        self._control.requests.append(received)
        request.state.trace_id = _trace_id(received)
        fault = self._control.faults.take(received.query)
        if fault is None:
            return await self._answer(request, received, body)
        await self._control.wait(fault)
        if fault.drop:
            return HangUp()
        if fault.replaces_answer:
            answer = fault.answer(request.state.trace_id)
        else:
            answer = await self._answer(request, received, body)
        answer.headers.update(fault.headers)
        return answer

    async def _answer(
        self, request: Request, received: ReceivedRequest, body: ReceivedBody
    ) -> Response:
        if request.method != "POST":
            raise RefusedError(405, "Image search is a POST.")
        query = read_query(received.query)
        self._control.access.check(query, request.headers.get(TOKEN_HEADER))
        check_size(body.size)
        base_url = str(request.base_url).rstrip("/")
        content = await run_in_threadpool(
            self._engine.answer, query, body.content, body.sha256, base_url
        )
        return Response(content, media_type="application/json")


def _trace_id(received: ReceivedRequest) -> str:
    """The same for the same request, as everything here."""
    return hashlib.sha256(f"{received.query}{received.body_sha256}".encode()).hexdigest()[:32]
