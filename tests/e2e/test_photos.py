"""Photos as phones take them: turned by EXIF, HEIC, huge, with GPS; from POST or upload to answer.

Real photos are searched too where there are some: beside the project, or in `PHOTOS_DIR`.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pi_heif
import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageOps, ImageStat

from api.image_source import MAX_INLINE_BYTES
from corpus.heif_encoder import heic
from image_search.composition import build_normalizer
from image_search.images.image import read_image
from image_search.settings import Settings
from pictures import ORIENTATION, STORED, save

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

Box = tuple[float, float, float, float]

PHONE, LARGE_PHONE = (1600, 1200), (8064, 6048)
BACKGROUND = (244, 240, 232)
# Where things are, as shares of the width and height; and their colours.
THINGS: dict[tuple[int, int, int], Box] = {
    (200, 30, 40): (0.08, 0.10, 0.40, 0.45),
    (30, 60, 190): (0.60, 0.15, 0.90, 0.40),
    (20, 140, 60): (0.30, 0.60, 0.75, 0.90),
}
TOLERANCE = 0.02
_PROJECT = Path(__file__).resolve().parents[2]
PHOTOS = Path(os.environ.get("PHOTOS_DIR", _PROJECT.parent / "shared" / "photos"))
REAL = sorted([*PHOTOS.glob("*.jpg"), *PHOTOS.glob("*.heic")])
METADATA = (b"Exif\x00\x00", b"http://ns.adobe.com/", b"Photoshop 3.0", b"GPSLatitude")


def real_photos(paths: list[Path]) -> pytest.MarkDecorator:
    """A test of each of them, or one that says why there is none."""
    reason = "there are no photos beside the project or in PHOTOS_DIR"
    missing = pytest.param(None, marks=pytest.mark.skip(reason=reason), id="none")
    real = [pytest.param(path, id=path.name) for path in paths]
    return pytest.mark.parametrize("path", real or [missing])


def is_upright(path: Path) -> bool:
    with Image.open(path) as image:
        return bool(image.getexif().get(ORIENTATION, 1) == 1)


def table(size: tuple[int, int]) -> Image.Image:
    """Three things on a plain table, as a phone displays them."""
    image = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(image)
    for colour, box in THINGS.items():
        x1, y1, x2, y2 = (share * size[index % 2] for index, share in enumerate(box))
        draw.rectangle((x1, y1, x2 - 1, y2 - 1), fill=colour)
    return image


def turned(orientation: int) -> bytes:
    turn = STORED[orientation]
    image = table(PHONE)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return save(image if turn is None else image.transpose(turn), "JPEG", exif=exif, quality=90)


PICTURES: dict[str, tuple[tuple[int, int], Callable[[], bytes]]] = {
    "plain JPEG": (PHONE, lambda: turned(1)),
    "upside down by EXIF": (PHONE, lambda: turned(3)),
    "on its left side by EXIF": (PHONE, lambda: turned(6)),
    "on its right side by EXIF": (PHONE, lambda: turned(8)),
    "HEIC": (PHONE, lambda: heic(table(PHONE), quality=80)),
    "48 megapixels": (LARGE_PHONE, lambda: save(table(LARGE_PHONE), "JPEG", quality=90)),
    "48 megapixels in 13 MB": (
        LARGE_PHONE,
        lambda: save(table(LARGE_PHONE), "JPEG", quality=90).ljust(13_000_000, b"\0"),
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_boxes_are_those_of_the_picture_that_the_phone_displays(
    stack: LocalStack, client: httpx.Client, name: str
) -> None:
    size, make = PICTURES[name]
    answer = search(stack, client, make(), use_segmentation="true", return_segments="true")
    assert found(answer, size) == [pytest.approx(box, abs=TOLERANCE) for box in THINGS.values()]


def test_an_image_of_15_megabytes_is_searched_through_an_upload(
    stack: LocalStack, client: httpx.Client
) -> None:
    photo = save(table((2500, 2000)), "PNG", compress_level=0)
    search(stack, client, photo)
    assert (len(photo) > 15_000_000, received(stack, client)) == (True, {sent_for(photo)})


@real_photos(REAL)
def test_a_real_photo_arrives_upright_without_metadata(
    stack: LocalStack, client: httpx.Client, path: Path
) -> None:
    photo = path.read_bytes()
    search(stack, client, photo)
    sent = normalized(photo)
    picture = Image.open(BytesIO(sent))
    assert received(stack, client) == {hashlib.sha256(sent).hexdigest()}
    assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
    assert [mark for mark in METADATA if mark in sent] == []
    assert difference(displayed(sent), displayed(photo)) < 3  # grey levels of 255


@real_photos([path for path in REAL if path.suffix == ".jpg" and is_upright(path)])
def test_a_real_jpeg_that_is_upright_keeps_every_pixel(path: Path) -> None:
    original = Image.open(path)
    sent = Image.open(BytesIO(normalized(path.read_bytes())))
    assert (sent.size, ImageChops.difference(sent, original).getbbox()) == (original.size, None)


def search(
    stack: LocalStack, client: httpx.Client, photo: bytes, **parameters: str
) -> dict[str, Any]:
    """The answer, by the way that a phone has for a photo of this size; never from the cache."""
    query = {**parameters, "us": uuid.uuid4().hex}
    if len(photo) <= MAX_INLINE_BYTES:
        answer = client.post(stack.search_url, params=query, content=photo)
    else:
        url = f"{stack.search_url}/{hashlib.sha256(photo).hexdigest()}"
        answer = client.get(url, params=query)
        if answer.status_code == 404:
            form = answer.json()["upload"]
            client.post(form["url"], data=form["fields"], files={"file": photo}).raise_for_status()
            answer = client.get(url, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def found(answer: dict[str, Any], size: tuple[int, int]) -> list[Box]:
    """The boxes of the segments as shares of the sides, in the order of `THINGS`."""
    sides = (*size, *size)
    names = ("x1", "y1", "x2", "y2")
    boxes: list[Any] = [
        tuple(segment[name] / side for name, side in zip(names, sides, strict=True))
        for segment in answer["segments"]
    ]
    order = list(THINGS.values())
    return sorted(boxes, key=lambda box: min(range(3), key=lambda i: abs(order[i][0] - box[0])))


def received(stack: LocalStack, client: httpx.Client) -> set[str]:
    """The SHA-256 of what upstream received."""
    requests = client.get(f"{stack.upstream}/_control/requests").json()
    return {request["body_sha256"] for request in requests}


def normalized(photo: bytes) -> bytes:
    """What the proxy makes of a photo, by its settings' defaults."""
    default = {name: field.default for name, field in Settings.model_fields.items()}
    normalizer = build_normalizer(Settings.model_construct(**default))
    return normalizer.normalize(read_image(photo, default["max_image_bytes"])).content


def sent_for(photo: bytes) -> str:
    return hashlib.sha256(normalized(photo)).hexdigest()


def displayed(photo: bytes) -> Image.Image:
    """Upright and in sRGB, as a phone shows it, by another way than the proxy's."""
    pi_heif.register_heif_opener()
    image = ImageOps.exif_transpose(Image.open(BytesIO(photo))).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile is None:
        return image
    converted = ImageCms.profileToProfile(
        image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None
    return converted


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean, in grey levels, of two pictures at a small size."""
    small = [image.convert("RGB").resize((96, 96), Image.Resampling.BOX) for image in (one, other)]
    means = ImageStat.Stat(ImageChops.difference(*small)).mean
    return sum(means) / len(means)
