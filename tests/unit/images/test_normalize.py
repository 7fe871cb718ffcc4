import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.coordinates import Coordinates
from image_search.images.decoder import Decoder
from image_search.images.formats import jpeg
from image_search.images.image import UPSTREAM_MAX_BYTES, read_image
from image_search.images.memory import MemoryBudget
from image_search.images.normalize import Bounds, NormalizedImage, Normalizer
from pictures import UPRIGHT, corners, save, scene, turned_scene

BOUNDS = Bounds(max_pixels=50_000_000, max_frames=500, max_side=2048)
MEMORY = MemoryBudget(768, max_image_bytes=20_000_000)
DECODER = Decoder(MEMORY.decoder_bytes)
DEFAULT = Normalizer(BOUNDS, MEMORY, DECODER)


def normalize(content, normalizer=DEFAULT):
    return normalizer.normalize(read_image(content, max_bytes=20_000_000))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_upstream_takes_keeps_its_pixels(format_name):
    content = save(scene("P" if format_name == "GIF" else "RGB"), format_name)
    assert normalize(content) == NormalizedImage(content, Coordinates.unchanged(400, 300))


@pytest.mark.parametrize("format_name", ["AVIF", "TIFF", "BMP"])
def test_what_it_does_not_take_becomes_a_jpeg(format_name):
    normalized = normalize(save(scene(), format_name))
    assert (Image.open(BytesIO(normalized.content)).format, corners(normalized.content)) == (
        "JPEG",
        UPRIGHT,
    )


@pytest.mark.parametrize("orientation", range(2, 9))
def test_what_is_not_upright_is_turned(orientation):
    assert corners(normalize(turned_scene("JPEG", orientation)).content) == UPRIGHT


def test_what_has_too_many_bytes_is_encoded_anew():
    noise = Image.effect_noise((2500, 2500), 100).convert("RGB")
    content = save(noise, "PNG", compress_level=0)
    normalized = normalize(content)
    assert len(content) > UPSTREAM_MAX_BYTES > len(normalized.content)
    assert normalized.coordinates == Coordinates((2048, 2048), (2500, 2500))


def test_what_has_too_many_bytes_of_metadata_is_only_cleaned():
    plain = save(scene(), "JPEG")
    content = plain + bytes(UPSTREAM_MAX_BYTES)
    assert normalize(content).content == jpeg.read(plain).clean()


def test_a_large_picture_is_decoded_to_be_smaller_only_where_the_deployment_says_so():
    content = save(Image.new("RGB", (3000, 1500)), "JPEG")
    shrink = Normalizer(BOUNDS, MEMORY, DECODER, shrink=True)
    assert [normalize(content, each).coordinates for each in (DEFAULT, shrink)] == [
        Coordinates.unchanged(3000, 1500),
        Coordinates((2048, 1024), (3000, 1500)),
    ]


def _png_claiming(width, height):
    from zlib import crc32

    plain = save(Image.new("RGB", (1, 1)), "PNG")
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + plain[24:29]
    return plain[:12] + header + crc32(header).to_bytes(4, "big") + plain[33:]


@pytest.mark.parametrize(
    ("width", "height"), [(50_000, 50_000), (1, 65_535), (8_000, 8_000), (0, 10)]
)
def test_a_header_out_of_bounds_is_refused(width, height):
    with pytest.raises(ImageDimensionsExceeded, match=f"{width} x {height}"):
        normalize(_png_claiming(width, height))


def test_a_long_animation_is_refused():
    frames = [Image.new("P", (4, 4), index % 200) for index in range(501)]
    content = save(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False)
    with pytest.raises(ImageDimensionsExceeded, match="501 frames; at most 500"):
        normalize(content)


def test_a_picture_that_must_be_decoded_is_bounded_too():
    content = save(Image.new("1", (8_000, 8_000)), "TIFF", compression="group4")
    with pytest.raises(ImageDimensionsExceeded):
        normalize(content)


def test_a_damaged_picture_is_corrupt():
    with pytest.raises(CorruptImage):
        normalize(save(scene(), "JPEG")[:500])


def test_codecs_are_not_loaded_for_a_picture_that_needs_none():
    program = (
        "import sys; from image_search.images.image import read_image;"
        "from image_search.composition import build_normalizer;"
        "from image_search.settings import Settings;"
        "normalizer = build_normalizer(Settings.from_environment(dict("
        "CACHE_TABLE='t', UPLOADS_BUCKET='b', CREDENTIALS_SECRET_ARN='a', "
        "CLIENT_ID='cio-be-a-b')));"
        "normalizer.normalize(read_image(sys.stdin.buffer.read(), 10**8));"
        "print([name for name in ('PIL', 'subprocess') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=save(scene(), "JPEG"),
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"[]\n"
