"""The pictures that the stand-in serves, to any web page: products, sample photos, the sample."""

from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stand_in.errors import RefusedError
from stand_in.photos.product_images import ProductImages
from stand_in.photos.sample import sample_jpeg
from stand_in.photos.scenes import SCENES, Scene, scene_named

# The try-it page is on another port, which makes it another origin.
_READABLE = [Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"])]


def picture_routes(images: ProductImages) -> list[Route]:
    """`/catalogue/…`, `/scenes…` and `/sample.jpg`."""

    async def product_image(request: Request) -> Response:
        png = await run_in_threadpool(images.png, request.path_params["name"])
        if png is None:
            raise RefusedError(404, "There is no product picture of this name.")
        return Response(png, media_type="image/png")

    return [
        Route("/catalogue/{name}.png", product_image, middleware=_READABLE),
        Route("/scenes.json", _scenes, middleware=_READABLE),
        Route("/scenes/{name}.jpg", _scene, middleware=_READABLE),
        Route("/sample.jpg", _sample, middleware=_READABLE),
    ]


async def _scenes(request: Request) -> Response:
    base_url = str(request.base_url).rstrip("/")
    listed = await run_in_threadpool(lambda: [_listed(scene, base_url) for scene in SCENES])
    return JSONResponse(listed)


async def _scene(request: Request) -> Response:
    scene = scene_named(request.path_params["name"])
    if scene is None:
        raise RefusedError(404, "There is no sample photo of this name.")
    return Response(await run_in_threadpool(scene.jpeg), media_type="image/jpeg")


async def _sample(_: Request) -> Response:
    return Response(await run_in_threadpool(sample_jpeg), media_type="image/jpeg")


def _listed(scene: Scene, base_url: str) -> dict[str, Any]:
    return {
        "name": scene.name,
        "title": scene.title,
        "url": f"{base_url}/scenes/{scene.name}.jpg",
        "width": scene.width,
        "height": scene.height,
        "objects": [asdict(known) for known in scene.objects],
    }
