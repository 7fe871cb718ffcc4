import hashlib

import pytest

from image_search import images
from image_search.errors import EmptyImage, ImageTooLarge, UnsupportedMediaType
from image_search.images import Image
from wire import JPEG


def test_an_image_is_known_by_its_content():
    expected = Image(JPEG, "image/jpeg", hashlib.sha256(JPEG).hexdigest())
    assert images.read(JPEG, max_bytes=len(JPEG)) == expected


def test_no_bytes_are_no_image():
    with pytest.raises(EmptyImage):
        images.read(b"", max_bytes=9)


def test_what_is_no_image_is_unsupported_however_large():
    with pytest.raises(UnsupportedMediaType):
        images.read(b"hello, hello", max_bytes=9)


def test_a_larger_image_is_refused_naming_the_limit():
    with pytest.raises(ImageTooLarge, match="at most 7 are taken"):
        images.read(JPEG, max_bytes=7)


def test_an_image_does_not_print_its_content():
    assert "***" not in repr(images.read(JPEG, max_bytes=len(JPEG)))
