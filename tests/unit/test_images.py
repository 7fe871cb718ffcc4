import hashlib

import pytest

from image_search import images
from image_search.errors import EmptyImage, ImageTooLarge, UnsupportedMediaType
from image_search.images import Image

JPEG = b"\xff\xd8\xff\xe0rest"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF87arest", "image/gif"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
    ],
)
def test_what_the_vendor_takes_is_recognised_by_its_content(content, media_type):
    expected = Image(content, media_type, hashlib.sha256(content).hexdigest())
    assert images.read(content) == expected


@pytest.mark.parametrize(
    "content",
    [b"hello", b"\xff\xd8", b"RIFF\x00\x00\x00\x00WAVE", b"%PDF-1.7", b"BM", b"<svg/>", b"\x00"],
)
def test_anything_else_is_unsupported(content):
    with pytest.raises(UnsupportedMediaType):
        images.read(content)


def test_no_bytes_are_no_image():
    with pytest.raises(EmptyImage):
        images.read(b"")


def test_an_image_may_be_as_large_as_the_limit():
    assert images.read(JPEG, max_bytes=len(JPEG)).content == JPEG


def test_a_larger_image_is_refused_naming_the_limit():
    with pytest.raises(ImageTooLarge, match="at most 7 are taken"):
        images.read(JPEG, max_bytes=7)


def test_an_image_does_not_print_its_content():
    assert "rest" not in repr(images.read(JPEG))
