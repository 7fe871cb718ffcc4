"""A stand-in without a socket, and photos of its products as a phone would take them."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import ASGIApp

from in_process import InProcess
from stand_in import Access, create_app
from stand_in.drawing.look import Look
from stand_in.drawing.scene import Placement, backdrop, compose, grain
from stand_in.drawing.sprites import sprite
from stand_in.service.engine import Engine

Photo = Callable[..., bytes]
Search = Callable[..., dict[str, Any]]

OFF_WHITE = ((250, 248, 243), (233, 228, 220))


Connect = Callable[[ASGIApp], httpx.Client]


@pytest.fixture(scope="session")
def connect() -> Connect:
    """A client of an application, without a socket between them."""
    return lambda app: httpx.Client(transport=InProcess(app), base_url="http://stand-in.test")


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def client(engine: Engine, connect: Connect) -> Iterator[httpx.Client]:
    with connect(create_app(Access(), engine)) as client:
        yield client


@pytest.fixture
def search(client: httpx.Client) -> Search:
    def send(image: bytes, query: str = "") -> dict[str, Any]:
        answer = client.post(f"/v2/image_search?key=index&{query}", content=image)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return send


@pytest.fixture(scope="session")
def photo() -> Photo:
    """Other scale, angle, background and compression than the catalogue's pictures."""

    def take(category: str, look: Look, angle: float = 8, side: int = 430) -> bytes:
        product = sprite(category, look, side).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        scene = compose(backdrop((800, 600), *OFF_WHITE), [Placement(product, (390, 310), angle)])
        return jpeg(grain(scene, 3, seed=1))

    return take


@pytest.fixture(scope="session")
def red_shoe(photo: Photo) -> bytes:
    return photo("shoe", Look("red"))


@pytest.fixture(scope="session")
def blank() -> bytes:
    """A wall: there is nothing on it."""
    return jpeg(Image.new("RGB", (320, 240), (200, 200, 196)))


@pytest.fixture(scope="session")
def two_things() -> bytes:
    """A red shoe to the left of a blue mug."""
    shoe, mug = sprite("shoe", Look("red"), 380), sprite("mug", Look("blue"), 300)
    placements = [Placement(shoe, (230, 300)), Placement(mug, (620, 300))]
    return jpeg(compose(backdrop((800, 600), *OFF_WHITE), placements))


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=72)
    return file.getvalue()
