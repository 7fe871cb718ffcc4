"""Camera RAW is known for what it is; a TIFF that is none is searched."""

import struct

import pytest

from image_search.errors import UnsupportedMediaType
from image_search.images.formats import tiff
from image_search.images.image import read_image
from pictures import save, scene

PARTS = 330


def directory(*entries, order="<", at=8):
    """One directory of (tag, type, count, value); a value of bytes is packed already."""
    head = {"<": b"II*\x00", ">": b"MM\x00*"}[order] + struct.pack(f"{order}I", at)
    return head + bytes(at - 8) + packed(order, *entries)


def packed(order, *entries):
    body = b"".join(
        struct.pack(f"{order}HHI", tag, kind, count)
        + struct.pack(f"{order}H2x" if kind == 3 else f"{order}I", value)
        for tag, kind, count, value in entries
    )
    return struct.pack(f"{order}H", len(entries)) + body + bytes(4)


SIZE = ((256, 4, 1, 160), (257, 4, 1, 120))
THUMBNAIL = ((254, 4, 1, 1), *SIZE, (262, 3, 1, 2))
SENSOR = ((254, 4, 1, 0), (256, 4, 1, 6000), (257, 4, 1, 4000), (262, 3, 1, 32803))


def with_part(order, part, first=THUMBNAIL):
    """A thumbnail whose directory names one other."""
    start = 8 + 2 + 12 * (len(first) + 1) + 4
    return directory(*first, (PARTS, 4, 1, start), order=order) + packed(order, *part)


def with_two_parts(order):
    start = 8 + 2 + 12 * (len(THUMBNAIL) + 1) + 4
    offsets = start + 8, start + 8 + len(packed(order, *THUMBNAIL))
    body = struct.pack(f"{order}II", *offsets) + packed(order, *THUMBNAIL) + packed(order, *SENSOR)
    return directory(*THUMBNAIL, (PARTS, 4, 2, start), order=order) + body


RAW = {
    "DNG": directory(*THUMBNAIL, (50706, 4, 1, 0x401)),
    "DNG, big-endian": directory(*THUMBNAIL, (50706, 4, 1, 0x401), order=">"),
    "NEF": with_part(">", ((259, 3, 1, 34713), *SENSOR)),
    "NEF, not compressed": with_two_parts(">"),
    "ARW": with_part("<", ((259, 3, 1, 32767), *SENSOR)),
    "PEF": directory(*SIZE, (259, 3, 1, 65535), order=">"),
    "CR2": b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(40),
    "IIQ": b"II*\x00\x00\x00\x01\x00IIII" + bytes(40),
    "ORF": b"IIRO\x08\x00\x00\x00" + bytes(40),
    "RW2": b"IIU\x00\x18\x00\x00\x00" + bytes(40),
    "RAF": b"FUJIFILMCCD-RAW 0201" + bytes(40),
    "CR3": b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom" + bytes(40),
    "CRW": b"II\x1a\x00\x00\x00HEAPCCDR" + bytes(40),
    "X3F": b"FOVb" + bytes(40),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_is_refused_as_what_it_is(name):
    with pytest.raises(UnsupportedMediaType, match="camera RAW"):
        read_image(RAW[name], max_bytes=10**6)


@pytest.mark.parametrize(
    "content",
    [
        save(scene(), "TIFF"),
        save(scene(), "TIFF", compression="tiff_lzw"),
        save(scene("CMYK"), "TIFF"),
        save(scene(), "TIFF", big_tiff=True),
        save(scene(), "TIFF", save_all=True, append_images=[scene()]),
        directory(*THUMBNAIL),  # a small version comes first in other files too
        with_part("<", SIZE),
        with_part("<", SIZE)[:-9],
        directory(*SIZE, (PARTS, 4, 2, 0xFFFFFFF0)),
    ],
)
def test_a_tiff_that_is_none_is_a_tiff(content):
    assert read_image(content, max_bytes=10**6).media_type == "image/tiff"


def test_a_bigtiff_says_its_size():
    picture = tiff.read(save(scene(), "TIFF", big_tiff=True))
    assert (picture.width, picture.height) == (400, 300)


@pytest.mark.parametrize(("tag", "kind"), [(301, 3), (320, 3)])
def test_tables_of_16_bits_are_taken(tag, kind):
    picture = tiff.read(directory(*SIZE, (tag, kind, 3 * 65_536, 8)))
    assert (picture.width, picture.height) == (160, 120)
