"""Files that break their format's rules are refused as damaged, never with another error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search.errors import CorruptImage
from image_search.images.formats import gif, jpeg, png, webp
from pictures import save, scene

WHOLE = {
    jpeg: save(scene(), "JPEG"),
    png: save(scene(), "PNG"),
    gif: save(scene("P"), "GIF"),
    webp: save(scene(), "WEBP", exif=b"Exif\x00\x00II*\x00"),
}
PREFIX = {jpeg: 3, png: 8, gif: 6, webp: 12}
modules = pytest.mark.parametrize("module", WHOLE)


PARTS = [0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]


@pytest.mark.parametrize("part", PARTS)
def test_a_webp_that_is_cut_off_is_damaged(part):
    content = WHOLE[webp]
    with pytest.raises(CorruptImage):
        webp.read(content[: max(PREFIX[webp], int(len(content) * part))])


@pytest.mark.parametrize("module", [jpeg, png, gif])
@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_is_cut_off_is_damaged_or_incomplete(module, part):
    content = WHOLE[module]
    try:
        picture = module.read(content[: int(len(content) * part)])
    except CorruptImage:
        assert part <= 0.2  # before its picture begins
    else:
        assert picture.incomplete


@modules
def test_a_signature_alone_is_damaged(module):
    with pytest.raises(CorruptImage):
        module.read(WHOLE[module][: PREFIX[module]])


@modules
@given(data=st.data())
def test_any_bytes_after_the_signature_are_read_or_damaged(module, data):
    rest = data.draw(st.binary(max_size=300))
    _read(module, WHOLE[module][: PREFIX[module]] + rest)


@modules
@given(data=st.data())
def test_any_changed_byte_is_read_or_damaged(module, data):
    content = bytearray(WHOLE[module])
    at = data.draw(st.integers(PREFIX[module], len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    _read(module, bytes(content))


def test_a_changed_byte_of_a_png_never_goes_unnoticed():
    content = bytearray(WHOLE[png])
    content[len(content) // 2] ^= 1
    with pytest.raises(CorruptImage):
        png.read(bytes(content))


def test_a_colour_profile_that_unpacks_without_end_is_damaged():
    content = save(scene(), "PNG", icc_profile=bytes(5_000_000))
    with pytest.raises(CorruptImage):
        png.read(content)


def _read(module, content):
    try:
        picture = module.read(content)
    except CorruptImage:
        return
    module.read(picture.clean())
