"""Files that end too early, or have bytes where none belong: decoders show what is there."""

import struct
import zlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from image_search.errors import CorruptImage
from image_search.images.formats import gif, jpeg, png
from image_search.images.normalize import READERS
from image_search.images.transcode import transcode
from pictures import save, scene

JPEG, PROGRESSIVE = save(scene(), "JPEG"), save(scene(), "JPEG", progressive=True)
PNG, GIF = save(scene(), "PNG"), save(scene("P"), "GIF")
TYPES = {jpeg: "image/jpeg", png: "image/png", gif: "image/gif"}


def displayed(module, content):
    """What is sent of an incomplete file."""
    media_type = TYPES[module]
    picture = READERS[media_type](content)
    assert picture.incomplete
    return Image.open(
        BytesIO(transcode(picture.clean(), media_type, 2048, 10**9, picture.stored).content)
    )


def is_like_the_scene(image, box):
    difference = ImageChops.difference(image.convert("RGB"), scene()).crop(box)
    return max(ImageStat.Stat(difference).mean) < 4


@pytest.mark.parametrize(
    ("module", "content", "part", "rows"),
    [
        (jpeg, JPEG[:-2], 1, 300),
        (jpeg, JPEG, 0.6, 90),
        (jpeg, PROGRESSIVE[:-2], 1, 300),
        (png, PNG[:-12], 1, 300),
        (png, PNG[:-5], 1, 300),
        (png, PNG, 0.6, 100),
        (gif, GIF, 0.97, 30),
    ],
)
def test_what_is_there_is_searched(module, content, part, rows):
    image = displayed(module, content[: int(len(content) * part)])
    assert image.size == (400, 300)
    assert is_like_the_scene(image, (8, 8, 392, rows - 8))


def test_a_progressive_jpeg_shows_its_first_scans_all_over():
    image = displayed(jpeg, PROGRESSIVE[: len(PROGRESSIVE) * 2 // 3])
    corners = [image.getpixel(place) for place in ((50, 50), (350, 50), (50, 250), (350, 250))]
    expected = [scene().getpixel(place) for place in ((50, 50), (350, 50), (50, 250), (350, 250))]
    assert corners == [pytest.approx(colour, abs=40) for colour in expected]


@pytest.mark.parametrize(
    ("module", "content"),
    [
        (jpeg, JPEG[: JPEG.index(b"\xff\xda") + 14]),
        (png, PNG[: PNG.index(b"IDAT") + 6]),
        (gif, GIF[: GIF.index(b",\x00\x00") + 12]),
    ],
)
def test_a_file_of_nothing_to_be_seen_is_damaged(module, content):
    with pytest.raises(CorruptImage, match="ends before its picture begins"):
        displayed(module, content)


@pytest.mark.parametrize(
    "stray", [b"\x00", b"garbage", b"\xff\x00", b"\xff\xd0\xff\x01", bytes(5000)]
)
def test_stray_bytes_between_the_segments_of_a_jpeg_are_left_out(stray):
    table = JPEG.index(b"\xff\xdb")
    content = JPEG[:table] + stray + JPEG[table:]
    picture = jpeg.read(content)
    assert (picture.clean(), picture.incomplete) == (JPEG, False)
    # The oracle: libjpeg, by way of OpenCV, reads past them too.
    assert (decoded(content) == decoded(JPEG)).all()


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def test_a_gif_without_a_trailer_gets_one():
    assert (gif.read(GIF[:-1]).clean(), gif.read(GIF[:-1]).incomplete) == (GIF, False)


@pytest.mark.parametrize("end", [b"", b"\x00\x00", b"garbage"])
def test_whole_frames_of_a_gif_are_kept_whatever_follows(end):
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    content = save(frames[0], "GIF", save_all=True, append_images=frames[1:])
    last = content.rindex(b",\x00\x00\x00\x00\x14\x00\x0a\x00")
    picture = gif.read(content[:last] + end)
    assert (picture.frames, picture.incomplete) == (2, False)
    assert getattr(Image.open(BytesIO(picture.clean())), "n_frames", 1) == 2


def chunk(kind, data, checksum=None):
    body = kind + data
    checksum = zlib.crc32(body) if checksum is None else checksum
    return struct.pack(">I", len(data)) + body + struct.pack(">I", checksum)


@pytest.mark.parametrize("kind", [b"eXIf", b"tRNS", b"gAMA", b"tEXt", b"iCCP"])
def test_a_chunk_that_a_png_can_do_without_is_left_out_where_it_is_damaged(kind):
    content = PNG[:33] + chunk(kind, bytes(9), checksum=1) + PNG[33:]
    picture = png.read(content)
    assert (picture.clean(), picture.incomplete, picture.orientation) == (PNG, False, 1)


def test_a_profile_that_cannot_be_unpacked_is_left_out():
    content = PNG[:33] + chunk(b"iCCP", b"p\x00\x00garbage") + PNG[33:]
    assert png.read(content).clean() == PNG


def test_an_animation_with_a_damaged_frame_is_sent_as_its_first():
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    content = bytearray(save(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    content[content.rindex(b"fdAT") + 6] ^= 1
    clean = Image.open(BytesIO(png.read(bytes(content)).clean()))
    assert (getattr(clean, "n_frames", 1), clean.getpixel((5, 5))) == (1, (255, 0, 0))
