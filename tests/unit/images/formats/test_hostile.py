"""Files that are whole, but made so that a reader and a decoder see different things."""

import struct
import zlib

import pytest

from image_search.errors import CorruptImage
from image_search.images.formats import exif, gif, jpeg, png, tiff, webp
from image_search.images.formats.picture import MAX_PARTS
from pictures import save, scene

CANARY = b"CANARY-51.5N-0.1W"
SOS = b"\xff\xda"


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def riff(data: bytes) -> bytes:
    return b"RIFF" + len(data).to_bytes(4, "little") + data


def exif_segment(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry)


def test_metadata_between_scans_is_gone() -> None:
    plain = save(scene(), "JPEG", progressive=True)
    last = plain.rindex(SOS)
    content = plain[:last] + segment(0xE1, b"Exif\x00\x00" + CANARY) + plain[last:]
    assert jpeg.read(content).clean() == plain


def test_the_first_exif_block_says_which_way_up() -> None:
    plain = save(scene(), "JPEG")
    content = plain[:2] + exif_segment(6) + exif_segment(1) + plain[2:]
    assert jpeg.read(content).orientation == 6


def test_a_frame_after_a_scan_is_damage() -> None:
    plain = save(scene(), "JPEG")
    frame = plain.index(b"\xff\xc0")
    content = plain[:frame] + plain[frame + 19 : -2] + segment(0xE1, b"") + plain[frame:]
    with pytest.raises(CorruptImage):
        jpeg.read(content)


def test_fill_bytes_before_a_marker_are_left_out() -> None:
    plain = save(scene(), "JPEG")
    assert jpeg.read(plain[:2] + b"\xff" * 9 + plain[2:]).clean() == plain


def test_a_gif_is_as_large_as_the_frame_that_goes_beyond_its_screen() -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0)
    frame = struct.pack("<BHHHHB", 0x2C, 5, 6, 100, 200, 0) + b"\x02\x01\x44\x00"
    picture = gif.read(screen + frame + b"\x3b")
    assert (picture.width, picture.height) == (105, 206)


MANY = MAX_PARTS + 1
EMPTY_CHUNK = bytes(4) + b"tEXt" + zlib.crc32(b"tEXt").to_bytes(4, "big")
JPEG, PNG, GIF, WEBP = (
    save(scene("P" if name == "GIF" else "RGB"), name) for name in ("JPEG", "PNG", "GIF", "WEBP")
)


@pytest.mark.parametrize(
    ("module", "content"),
    [
        (jpeg, JPEG[:2] + segment(0xFE, b"") * MANY + JPEG[2:]),
        (png, PNG[:33] + EMPTY_CHUNK * MANY + PNG[33:]),
        (gif, GIF[:-1] + b"\x21\xfe\x00" * MANY + b"\x3b"),
        (webp, riff(WEBP[8:] + b"junk\x00\x00\x00\x00" * MANY)),
    ],
    ids=["JPEG", "PNG", "GIF", "WebP"],
)
def test_a_file_of_countless_parts_is_damaged(module, content) -> None:
    with pytest.raises(CorruptImage, match=f"more than {MAX_PARTS} parts"):
        module.read(content)


def test_a_tiff_of_countless_strips_is_damaged() -> None:
    entry = struct.pack("<HHII", 273, 4, MANY, 8)
    with pytest.raises(CorruptImage, match=f"{MANY} values"):
        tiff.read(b"II*\x00\x08\x00\x00\x00\x01\x00" + entry)


def test_a_large_colour_profile_of_a_tiff_is_one_value() -> None:
    entries = ((256, 3, 1, 8), (257, 4, 1, 9), (34675, 7, 500_000, 8))
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    picture = tiff.read(b"II*\x00\x08\x00\x00\x00\x03\x00" + directory)
    assert (picture.width, picture.height) == (8, 9)


def test_a_list_of_orientations_is_none() -> None:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1_000_000, 6, 0)
    assert exif.orientation(b"II*\x00\x08\x00\x00\x00\x01\x00" + entry) == exif.UPRIGHT
