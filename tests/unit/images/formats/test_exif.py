import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search.images.formats.exif import orientation


def tiff(order, tag=0x0112, kind=3, value=6):
    mark = {"<": b"II*\x00", ">": b"MM\x00*"}[order]
    entry = struct.pack(f"{order}HHIHH", tag, kind, 1, value, 0)
    return mark + struct.pack(f"{order}IH", 8, 1) + entry


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_the_orientation_is_read_in_either_byte_order(order, value):
    assert orientation(tiff(order, value=value)) == value


@pytest.mark.parametrize(
    "block",
    [b"", b"II*\x00", tiff("<")[:-6], tiff("<", tag=0x0110), tiff("<", kind=2), tiff("<", value=9)],
)
def test_what_says_nothing_of_use_is_upright(block):
    assert orientation(block) == 1


@given(st.binary(max_size=60), st.sampled_from([b"II*\x00", b"MM\x00*"]))
def test_any_block_has_an_orientation(rest, mark):
    assert orientation(mark + rest) in range(1, 9)
