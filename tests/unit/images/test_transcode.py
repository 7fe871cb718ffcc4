from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from corpus.cropped_avif import cropped
from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.normalize import READERS
from image_search.images.transcode import transcode
from pictures import UPRIGHT, corners, save, scene, turned_scene

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}


def rendered(content, media_type, max_side=2048):
    """With what the format's own reader has found, as the proxy does it."""
    picture = READERS[media_type](content)
    return transcode(content, media_type, max_side, 10**9, picture.stored)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", [*TYPES, "AVIF"])
def test_the_picture_is_upright(format_name, orientation):
    media_type = TYPES.get(format_name, "image/avif")
    transcoded = rendered(turned_scene(format_name, orientation), media_type)
    assert (corners(transcoded.content), transcoded.size, transcoded.displayed) == (
        UPRIGHT,
        (400, 300),
        (400, 300),
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", TYPES)
def test_a_scaled_picture_is_upright_and_knows_its_full_size(format_name, orientation):
    content = turned_scene(format_name, orientation)
    transcoded = rendered(content, TYPES[format_name], max_side=200)
    assert (corners(transcoded.content), transcoded.size, transcoded.displayed) == (
        UPRIGHT,
        (200, 150),
        (400, 300),
    )


def test_the_rendition_is_a_jpeg_without_metadata():
    image = Image.open(BytesIO(rendered(turned_scene("JPEG", 6), "image/jpeg").content))
    assert (image.format, dict(image.getexif()), "icc_profile" in image.info) == ("JPEG", {}, False)


@pytest.mark.parametrize(
    ("mode", "format_name"),
    [
        ("P", "PNG"),
        ("P", "TIFF"),
        ("P", "BMP"),
        ("RGBA", "PNG"),
        ("RGBA", "TIFF"),
        ("RGBA", "BMP"),
        ("CMYK", "TIFF"),
        ("CMYK", "JPEG"),
    ],
)
def test_every_colour_model_becomes_rgb(mode, format_name):
    media_type = {**TYPES, "BMP": "image/bmp"}[format_name]
    assert corners(rendered(save(scene(mode), format_name), media_type).content) == UPRIGHT


def grey_scene(mode):
    eight_bits = scene("L")
    if not mode.startswith("I;16"):
        return eight_bits.convert(mode)
    deep = np.asarray(eight_bits, ">u2" if mode == "I;16B" else "<u2") * 257
    return Image.frombytes(mode, eight_bits.size, deep.tobytes())


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_greys_keep_their_brightness(mode):
    content = save(grey_scene(mode), "TIFF")
    image = Image.open(BytesIO(rendered(content, "image/tiff").content))
    expected = scene("L").convert("RGB")
    places = [(50, 50), (350, 50), (50, 250), (350, 250)]
    assert [image.getpixel(place) for place in places] == [
        pytest.approx(expected.getpixel(place), abs=4) for place in places
    ]


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    transcoded = rendered(save(image, "PNG"), "image/png")
    assert Image.open(BytesIO(transcoded.content)).getpixel((10, 10)) == (255, 255, 255)


def profile_with_red_and_green_exchanged():
    """sRGB in which the two primaries' tags have each other's name."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for before, after in ((b"rXYZ", b"-XYZ"), (b"gXYZ", b"rXYZ"), (b"-XYZ", b"gXYZ")):
        srgb = srgb.replace(before, after, 1)
    return srgb


def test_colours_are_converted_from_the_profile_they_are_given_in():
    content = save(scene(), "PNG", icc_profile=profile_with_red_and_green_exchanged())
    assert corners(rendered(content, "image/png").content) == ["green", "red", "blue", "white"]


def test_a_broken_profile_is_no_reason_to_refuse():
    content = save(scene(), "JPEG", icc_profile=b"no profile")
    assert corners(rendered(content, "image/jpeg").content) == UPRIGHT


def test_of_an_animation_it_is_the_first_frame():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = save(frames[0], "GIF", save_all=True, append_images=frames[1:])
    image = Image.open(BytesIO(rendered(content, "image/gif").content))
    assert image.getpixel((10, 10)) == pytest.approx((255, 0, 0), abs=4)


def test_the_size_is_checked_before_decoding():
    with pytest.raises(ImageDimensionsExceeded, match="400 x 300 as decoded"):
        transcode(save(scene(), "BMP"), "image/bmp", 2048, max_pixels=119_999)


@pytest.mark.parametrize("media_type", [*TYPES.values(), "image/bmp", "image/avif", "image/heic"])
@pytest.mark.parametrize("content", [b"", b"no image", bytes(1000)])
def test_what_cannot_be_decoded_is_corrupt(media_type, content):
    with pytest.raises(CorruptImage):
        rendered(content, media_type)


@pytest.mark.parametrize("format_name", ["TIFF", "AVIF"])
def test_a_picture_that_is_cut_off_is_corrupt(format_name):
    content = turned_scene(format_name, 6)
    media_type = {**TYPES, "AVIF": "image/avif"}[format_name]
    with pytest.raises(CorruptImage):
        rendered(content[: len(content) * 2 // 3], media_type)


@pytest.mark.parametrize("format_name", ["JPEG", "GIF"])
def test_the_original_s_comment_is_gone(format_name):
    image = scene("P" if format_name == "GIF" else "RGB")
    content = save(image, format_name, comment=b"CANARY at home")
    media_type = {**TYPES, "GIF": "image/gif"}[format_name]
    assert b"CANARY" not in rendered(content, media_type).content


@pytest.mark.parametrize(
    ("max_side", "size"), [(200, (200, 150)), (220, (200, 150)), (230, (230, 172))]
)
def test_a_jpeg_decoded_to_nearly_the_size_wanted_is_not_scaled_again(max_side, size):
    transcoded = rendered(save(scene(), "JPEG"), "image/jpeg", max_side)
    assert (transcoded.size, transcoded.displayed) == (size, (400, 300))


def test_a_codec_s_error_of_any_kind_means_a_corrupt_picture():
    content = bytearray(save(scene(), "AVIF"))
    at = content.index(b"mdat") + 4
    content[at:] = bytes(len(content) - at)
    with pytest.raises(CorruptImage, match="RuntimeError"):
        transcode(bytes(content), "image/avif", 2048, 10**9)


def lines(mode):
    """Three thin lines on white, as drawings have them."""
    image = Image.new("RGB", (1200, 900), "white")
    draw = ImageDraw.Draw(image)
    for at in (301, 502, 703):
        draw.line((0, at, 1199, at), fill="black")
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "format_name"), [("1", "PNG"), ("1", "TIFF"), ("P", "PNG"), ("P", "GIF"), ("L", "PNG")]
)
def test_thin_lines_are_scaled_and_not_lost(mode, format_name):
    media_type = {**TYPES, "GIF": "image/gif"}[format_name]
    sent = Image.open(BytesIO(rendered(save(lines(mode), format_name), media_type, 200).content))
    expected = lines("RGB").resize((200, 150), Image.Resampling.BOX)
    difference = ImageChops.difference(sent.convert("RGB"), expected)
    assert max(high for _, high in ImageStat.Stat(difference).extrema) < 40
    assert min(ImageStat.Stat(sent.convert("L").crop((0, 40, 200, 60))).extrema[0]) < 230


@pytest.mark.parametrize("format_name", ["PNG", "GIF"])
def test_palettes_with_a_transparent_colour_are_scaled_onto_white(format_name):
    image = scene("P")
    red = image.getpixel((50, 50))
    media_type = {**TYPES, "GIF": "image/gif"}[format_name]
    sent = rendered(save(image, format_name, transparency=red), media_type, 200)
    assert corners(sent.content) == ["white", "green", "blue", "white"]


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_deep_greys_are_scaled_to_any_size(mode):
    content = save(grey_scene(mode), "TIFF")
    image = Image.open(BytesIO(rendered(content, "image/tiff", 60).content))
    expected = scene("L").convert("RGB")
    places = [(50, 50), (350, 50), (50, 250), (350, 250)]
    assert [image.getpixel((x * 60 // 400, y * 60 // 400)) for x, y in places] == [
        pytest.approx(expected.getpixel(place), abs=4) for place in places
    ]


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (300, 200)), (3, (300, 200)), (6, (300, 200)), (7, (300, 200))]
)
def test_an_avif_is_cropped_and_then_turned(orientation, size):
    """The part without the lower and right third, which has the red corner and no other."""
    stored = (200, 300) if orientation >= 5 else size
    # Of what is stored, as `clap` counts before anything is turned.
    x = {1: -100, 3: 100, 6: -100, 7: 100}[orientation]
    y = {1: -100, 3: 100, 6: 100, 7: 100}[orientation]
    content = cropped(turned_scene("AVIF", orientation), stored[0], stored[1], x, y)
    made = rendered(content, "image/avif")
    assert (made.size, made.displayed) == (size, size)
    difference = ImageChops.difference(
        Image.open(BytesIO(made.content)), scene().crop((0, 0, 300, 200))
    )
    assert max(ImageStat.Stat(difference).mean) < 4


@pytest.mark.parametrize(
    ("width", "height", "right"), [(500, 300, 0), (399, 300, 0), (0, 300, 0), (300, 200, 101)]
)
def test_a_crop_that_makes_no_sense_is_none(width, height, right):
    made = rendered(cropped(turned_scene("AVIF", 1), width, height, right), "image/avif")
    assert made.displayed == (400, 300)
