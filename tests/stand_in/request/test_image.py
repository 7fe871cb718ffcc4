import io
import struct
import zlib

import pytest
from PIL import Image

from stand_in.errors import RefusedError
from stand_in.request.image import MAX_IMAGE_BYTES, check_size, decode

PICTURE = Image.new("RGB", (30, 20), (200, 40, 40))


def encoded(kind: str, picture: Image.Image = PICTURE) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT\x35\xaf\x06\x1e"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_upstreams_formats_are_decoded(kind: str) -> None:
    picture = decode(encoded(kind))
    assert (picture.width, picture.height, picture.pixels.shape) == (30, 20, (20, 30, 3))


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "I;16"])
def test_any_kind_of_pixel_becomes_rgb(mode: str) -> None:
    assert decode(encoded("PNG", Image.new(mode, (8, 8)))).pixels.shape == (8, 8, 3)


def test_what_is_transparent_is_seen_on_white() -> None:
    assert decode(encoded("PNG", Image.new("RGBA", (4, 4), (0, 0, 0, 0)))).pixels.min() == 255


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4000, 1), (1, 4000)])
def test_odd_sizes_are_decoded(size: tuple[int, int]) -> None:
    picture = decode(encoded("PNG", Image.new("RGB", size)))
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"hello", "unsupported_image"),
        (encoded("BMP"), "unsupported_image"),
        (encoded("TIFF"), "unsupported_image"),
        (encoded("JPEG")[:300], "corrupt_image"),
        (b"\xff\xd8\xff" + bytes(100), "corrupt_image"),
        (b"GIF89a", "corrupt_image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "corrupt_image"),
        (png_that_claims(30_000, 2_500), "image_dimensions_exceeded"),
        (png_that_claims(60_000, 60_000), "image_dimensions_exceeded"),
    ],
)
def test_what_cannot_be_searched_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        decode(body)
    assert (refused.value.status, refused.value.details[0].code) == (400, code)


@pytest.mark.parametrize(
    ("size", "code"), [(0, "empty_image"), (MAX_IMAGE_BYTES + 1, "image_too_large")]
)
def test_a_body_of_the_wrong_size_is_refused(size: int, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_size(size)
    assert (refused.value.status, refused.value.details[0].code) == (400, code)


def test_six_megabytes_are_taken() -> None:
    check_size(MAX_IMAGE_BYTES)
