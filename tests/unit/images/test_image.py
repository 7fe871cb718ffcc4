import hashlib

import pytest

from image_search.errors import EmptyImage, ImageTooLarge, UnsupportedMediaType
from image_search.images.image import Image, read_image
from wire import JPEG


def test_an_image_is_known_by_its_content():
    expected = Image(JPEG, "image/jpeg", hashlib.sha256(JPEG).hexdigest())
    assert read_image(JPEG, max_bytes=len(JPEG)) == expected


def test_no_bytes_are_no_image():
    with pytest.raises(EmptyImage):
        read_image(b"", max_bytes=9)


def test_what_is_no_image_is_unsupported_however_large():
    with pytest.raises(UnsupportedMediaType):
        read_image(b"hello, hello", max_bytes=9)


def test_a_larger_image_is_refused_naming_the_limit():
    with pytest.raises(ImageTooLarge, match="at most 7 are taken"):
        read_image(JPEG, max_bytes=7)


def test_an_image_does_not_print_its_content():
    assert "***" not in repr(read_image(JPEG, max_bytes=len(JPEG)))
