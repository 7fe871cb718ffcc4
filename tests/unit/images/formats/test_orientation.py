"""Which way up: what is sent is compared with what Pillow's ``exif_transpose`` displays."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from image_search.images.normalize import READERS
from image_search.images.transcode import transcode
from pictures import save, scene

SIDEWAYS = scene().transpose(Image.Transpose.ROTATE_90)
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}
ATTRIBUTE = '<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
ELEMENT = "<x:xmpmeta><tiff:Orientation>6</tiff:Orientation></x:xmpmeta>"


def exif(kind=3, value=6, count=1, tag=0x0112):
    packed = struct.pack(
        {1: ">B3x", 3: ">H2x", 4: ">I", 6: ">b3x", 8: ">h2x", 9: ">i"}[kind], value
    )
    entry = struct.pack(">HHI", tag, kind, count) + packed
    return b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_with(chunk_, after_pixels=False):
    plain = save(SIDEWAYS, "PNG")
    at = len(plain) - 12 if after_pixels else 33
    return plain[:at] + chunk_ + plain[at:]


def itxt(xmp, compressed=False):
    data = zlib.compress(xmp.encode()) if compressed else xmp.encode()
    return chunk(b"iTXt", b"XML:com.adobe.xmp\x00" + bytes([compressed]) + bytes(3) + data)


def raw_profile(compressed=True):
    block = b"Exif\x00\x00" + exif()
    text = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
    if compressed:
        return chunk(b"zTXt", b"Raw profile type exif\x00\x00" + zlib.compress(text))
    return chunk(b"tEXt", b"Raw profile type exif\x00" + text)


def jpeg(block=None, **options):
    block = {"exif": b"Exif\x00\x00" + block} if block else {}
    return save(SIDEWAYS, "JPEG", quality=95, **block, **options)


FILES = {
    **{f"JPEG, EXIF of type {kind}": ("JPEG", jpeg(exif(kind))) for kind in (1, 3, 4, 6, 8, 9)},
    "JPEG, EXIF of 0": ("JPEG", jpeg(exif(3, 0))),
    "JPEG, XMP attribute": ("JPEG", jpeg(xmp=ATTRIBUTE.encode())),
    "JPEG, XMP element": ("JPEG", jpeg(xmp=ELEMENT.encode())),
    "JPEG, EXIF without one, and XMP": ("JPEG", jpeg(exif(tag=0x0100), xmp=ELEMENT.encode())),
    "JPEG, EXIF of 1 and XMP of 6": ("JPEG", jpeg(exif(value=1), xmp=ELEMENT.encode())),
    "JPEG, EXIF of 0 and XMP of 6": ("JPEG", jpeg(exif(value=0), xmp=ELEMENT.encode())),
    "PNG, eXIf": ("PNG", png_with(chunk(b"eXIf", exif()))),
    "PNG, eXIf after the pixels": ("PNG", png_with(chunk(b"eXIf", exif()), after_pixels=True)),
    "PNG, XMP": ("PNG", png_with(itxt(ATTRIBUTE))),
    "PNG, compressed XMP": ("PNG", png_with(itxt(ELEMENT, compressed=True))),
    "PNG, XMP after the pixels": ("PNG", png_with(itxt(ATTRIBUTE), after_pixels=True)),
    "PNG, raw profile": ("PNG", png_with(raw_profile())),
    "PNG, raw profile, not compressed": ("PNG", png_with(raw_profile(compressed=False))),
    "PNG, eXIf of 1 and a raw profile": (
        "PNG",
        png_with(chunk(b"eXIf", exif(value=1)) + raw_profile()),
    ),
    "WebP, EXIF": ("WEBP", save(SIDEWAYS, "WEBP", lossless=True, exif=exif())),
    "WebP, XMP": ("WEBP", save(SIDEWAYS, "WEBP", lossless=True, xmp=ELEMENT.encode())),
    "TIFF": ("TIFF", save(SIDEWAYS, "TIFF", tiffinfo={0x0112: 6})),
    "TIFF, XMP": ("TIFF", save(SIDEWAYS, "TIFF", tiffinfo={700: ELEMENT.encode()})),
}


@pytest.mark.parametrize("name", FILES)
def test_a_picture_is_turned_as_pillow_turns_it(name):
    format_name, content = FILES[name]
    picture = READERS[TYPES[format_name]](content)
    expected = ImageOps.exif_transpose(Image.open(BytesIO(content))).convert("RGB")
    sent = picture.clean()
    if picture.orientation != 1 or format_name == "TIFF":
        made = transcode(sent or content, TYPES[format_name], 2048, 10**9, picture.stored)
        assert made.displayed == expected.size
        sent = made.content
    image = Image.open(BytesIO(sent)).convert("RGB")
    assert image.size == expected.size
    difference = ImageChops.difference(image, expected).resize((40, 40), Image.Resampling.BOX)
    assert max(high for _, high in ImageStat.Stat(difference).extrema) < 24


def test_most_of_these_are_turned():
    turned = [READERS[TYPES[name]](content).orientation for name, content in FILES.values()]
    assert (turned.count(6), turned.count(1)) == (17, 7)
