"""Each of upstream's formats: read without decoding, and cleaned of what identifies people."""

import struct
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from image_search.images.formats import gif, jpeg, png, webp
from pictures import ORIENTATION, save, scene

CANARY = b"CANARY-51.5N-0.1W"


def exif(orientation=1):
    block = Image.Exif()
    block[ORIENTATION] = orientation
    block[0x010E] = CANARY.decode()  # ImageDescription
    block.get_ifd(0x8825)[0x0001] = "N"  # GPS
    return block.tobytes()


def text_chunks():
    info = PngInfo()
    info.add_text("Comment", CANARY.decode())
    info.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY.decode()}</x>")
    return info


def gif_with_comment():
    return save(scene("P"), "GIF", comment=CANARY)


def jpeg_with_everything(**options):
    plain = save(
        scene(), "JPEG", exif=exif(), comment=CANARY, xmp=b"<x>" + CANARY + b"</x>", **options
    )
    iptc = b"Photoshop 3.0\x00" + CANARY
    maker = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return plain[:2] + maker + plain[2:] + b"motion photo " + CANARY


FILES = {
    "baseline": (jpeg, jpeg_with_everything()),
    "progressive": (jpeg, jpeg_with_everything(progressive=True)),
    "restart markers": (jpeg, jpeg_with_everything(restart_marker_rows=1)),
    "PNG": (png, save(scene(), "PNG", exif=exif(), pnginfo=text_chunks()) + CANARY),
    "PNG with a palette": (png, save(scene("P"), "PNG", pnginfo=text_chunks())),
    "GIF": (gif, gif_with_comment() + CANARY),
    "WebP": (webp, save(scene(), "WEBP", exif=exif(), xmp=CANARY) + CANARY),
    "lossless WebP": (webp, save(scene(), "WEBP", exif=exif(), lossless=True)),
    "simple WebP": (webp, save(scene(), "WEBP")),
}


@pytest.mark.parametrize("name", FILES)
def test_metadata_is_gone(name):
    format_module, content = FILES[name]
    clean = format_module.read(content).clean()
    assert (CANARY in clean, b"Exif" in clean, b"adobe" in clean) == (False, False, False)


def test_there_is_metadata_to_be_removed():
    without = [name for name, (_, content) in FILES.items() if CANARY not in content]
    assert without == ["simple WebP"]


@pytest.mark.parametrize("name", FILES)
def test_no_pixel_changes(name):
    format_module, content = FILES[name]
    clean = Image.open(BytesIO(format_module.read(content).clean()))
    before = Image.open(BytesIO(content))
    difference = ImageChops.difference(before.convert("RGB"), clean.convert("RGB"))
    assert (difference.getbbox(), clean.size) == (None, before.size)


@pytest.mark.parametrize("name", FILES)
def test_the_size_is_read_from_the_header(name):
    format_module, content = FILES[name]
    picture = format_module.read(content)
    assert (picture.width, picture.height, picture.frames) == (400, 300, 1)


@pytest.mark.parametrize("name", FILES)
def test_a_clean_file_stays_as_it_is(name):
    format_module, content = FILES[name]
    clean = format_module.read(content).clean()
    assert format_module.read(clean).clean() == clean


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("format_name", "module"), [("JPEG", jpeg), ("PNG", png), ("WEBP", webp)])
def test_the_orientation_is_read(format_name, module, orientation):
    content = save(scene(), format_name, exif=exif(orientation))
    assert module.read(content).orientation == orientation


@pytest.mark.parametrize(("format_name", "module"), [("GIF", gif), ("WEBP", webp), ("PNG", png)])
def test_an_animation_stays_one(format_name, module):
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    content = save(frames[0], format_name, save_all=True, append_images=frames[1:], loop=0)
    picture = module.read(content)
    cleaned = Image.open(BytesIO(picture.clean()))
    assert (picture.frames, getattr(cleaned, "n_frames", 1)) == (3, 3)


@pytest.mark.parametrize(("format_name", "module"), [("JPEG", jpeg), ("PNG", png), ("WEBP", webp)])
def test_the_colour_profile_stays(format_name, module):
    content = save(scene(), format_name, icc_profile=b"profile" * 9)
    clean = Image.open(BytesIO(module.read(content).clean()))
    assert clean.info["icc_profile"] == b"profile" * 9


def test_a_cmyk_jpeg_keeps_what_says_how_to_read_it():
    content = save(scene("CMYK"), "JPEG")
    clean = jpeg.read(content).clean()
    difference = ImageChops.difference(Image.open(BytesIO(content)), Image.open(BytesIO(clean)))
    assert difference.getbbox() is None


def test_a_thumbnail_inside_the_jfif_header_is_cut_out():
    plain = save(scene(), "JPEG")
    header, rest = plain[:4], plain[20:]
    thumbnail = CANARY[:12]
    jfif = plain[6:18] + b"\x02\x02" + thumbnail
    content = header[:4] + struct.pack(">H", len(jfif) + 2) + jfif + rest
    assert jpeg.read(content).clean() == plain


def test_a_damaged_exif_block_is_no_reason_to_refuse():
    plain = save(scene(), "JPEG")
    block = b"Exif\x00\x00II*\x00\xff\xff\xff\xff"
    content = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]
    picture = jpeg.read(content)
    assert (picture.orientation, picture.clean()) == (1, plain)
