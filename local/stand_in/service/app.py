"""The application: its routes, and upstream's error shape for whatever goes wrong."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stand_in.control.access import Access
from stand_in.control.routes import Control
from stand_in.errors import RefusedError, error_body
from stand_in.photos.product_images import ProductImages
from stand_in.service.engine import Engine
from stand_in.service.image_search import ImageSearch
from stand_in.service.pictures import picture_routes

_ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(access: Access | None = None, engine: Engine | None = None) -> Starlette:
    """The service; without an engine it draws and indexes the catalogue, in about two seconds."""
    engine = engine or Engine()
    control = Control(access or Access())
    search = ImageSearch(engine, control)

    async def image_search(request: Request) -> Response:
        return await search(request)

    return Starlette(
        routes=[
            Route("/v2/image_search", image_search, methods=_ANY_METHOD),
            *picture_routes(ProductImages(engine.products)),
            Route("/health", _health),
            *control.routes(),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
        exception_handlers={RefusedError: _refuse, HTTPException: _refuse_http},
    )


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    trace_id = getattr(request.state, "trace_id", "")
    return JSONResponse(error_body(error, trace_id), error.status)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = HTTPStatus(error.status_code).phrase
    return await _refuse(request, RefusedError(error.status_code, message))
