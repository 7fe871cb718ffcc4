"""The application: its routes, and the vendor's error shape for whatever goes wrong."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stand_in.access import Access
from stand_in.control import Control
from stand_in.engine import Engine
from stand_in.errors import RefusedError, error_body
from stand_in.image_search import ImageSearch
from stand_in.product_images import ProductImages
from stand_in.sample import sample_jpeg

_ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(access: Access | None = None, engine: Engine | None = None) -> Starlette:
    """The service; without an engine it draws and indexes the catalogue, in about a second."""
    engine = engine or Engine()
    control = Control(access or Access())
    search = ImageSearch(engine, control)
    images = ProductImages(engine.products)

    async def image_search(request: Request) -> Response:
        return await search(request)

    async def product_image(request: Request) -> Response:
        png = await run_in_threadpool(images.png, request.path_params["name"])
        if png is None:
            raise RefusedError(404, "There is no product picture of this name.")
        return Response(png, media_type="image/png")

    return Starlette(
        routes=[
            Route("/v2/image_search", image_search, methods=_ANY_METHOD),
            Route("/catalogue/{name}.png", product_image),
            Route("/sample.jpg", _sample),
            Route("/health", _health),
            *control.routes(),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
        exception_handlers={RefusedError: _refuse, HTTPException: _refuse_http},
    )


async def _sample(_: Request) -> Response:
    return Response(await run_in_threadpool(sample_jpeg), media_type="image/jpeg")


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
