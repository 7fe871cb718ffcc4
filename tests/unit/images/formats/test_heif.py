"""HEIC and AVIF say their size in boxes, and are decoded to the size of what is coded."""

import pytest
from PIL import Image

from corpus import lying_heif
from corpus.heif_encoder import heic
from image_search.errors import CorruptImage
from image_search.images.formats.heif import reader
from pictures import save, scene

SMALL, LARGE = (64, 64), (512, 512)


def avif(**options):
    return save(Image.new("RGB", LARGE), "AVIF", speed=10, **options)


def sizes(content):
    picture = reader.read_heic(content)
    return (picture.width, picture.height), picture.pixels


@pytest.mark.parametrize(
    ("content", "pixels"),
    [
        (heic(scene(), quality=50), 400 * 304),  # coded in blocks of eight
        (save(scene(), "AVIF"), 400 * 300),
    ],
)
def test_a_sound_picture_has_the_size_it_says(content, pixels):
    assert sizes(content) == ((400, 300), pixels)


@pytest.mark.parametrize("make", [lambda: heic(Image.new("RGB", LARGE), quality=50), avif])
def test_a_picture_that_says_less_is_what_it_decodes_to(make):
    assert sizes(lying_heif.stated(make(), SMALL)) == (SMALL, 512 * 512)


def test_a_size_in_the_picture_s_data_alone_is_found():
    content = lying_heif.without_configuration(lying_heif.stated(avif(), SMALL))
    assert sizes(content) == (SMALL, 512 * 512)


def test_an_animation_is_as_large_as_its_first_picture():
    pictures = [Image.new("RGB", LARGE, colour) for colour in ("red", "blue")]
    content = avif(save_all=True, append_images=pictures)
    assert sizes(lying_heif.track_stated(content, SMALL)) == (SMALL, 512 * 512)


def test_alpha_is_measured_too():
    content = save(Image.new("RGBA", LARGE), "AVIF", speed=10)
    whole = lying_heif.stated(content, SMALL)
    assert sizes(whole) == (SMALL, 512 * 512)


@pytest.mark.parametrize(
    ("columns", "rows", "size", "pixels"),
    [
        (2, 1, (1024, 512), 1024 * 512),
        (2, 1, (1000, 500), 1000 * 500),  # tiles may reach a little beyond
        (4, 4, SMALL, 16 * 512 * 512),
    ],
)
def test_the_tiles_of_a_grid_are_counted(columns, rows, size, pixels):
    tile, config = lying_heif.tile_of(heic(Image.new("RGB", LARGE), quality=50))
    assert sizes(lying_heif.grid(tile, config, LARGE, columns, rows, size)) == (size, pixels)


def test_a_tile_that_says_less_is_what_it_decodes_to():
    tile, config = lying_heif.tile_of(heic(Image.new("RGB", LARGE), quality=50))
    content = lying_heif.grid(tile, config, SMALL, 1, 1, SMALL)
    assert sizes(content) == (SMALL, 512 * 512)


@pytest.mark.parametrize("kind", [b"iloc", b"iinf", b"iprp", b"pitm", b"ispe", b"hvcC", b"hvc1"])
def test_a_file_without_what_a_picture_needs_is_damaged(kind):
    content = heic(scene(), quality=50).replace(kind, b"free")
    with pytest.raises(CorruptImage):
        reader.read_heic(content)


@pytest.mark.parametrize("count", [12_001, 1_000_000])
def test_a_file_of_countless_boxes_is_damaged(count):
    with pytest.raises(CorruptImage, match="more than 12000 parts"):
        reader.read_heic(heic(scene(), quality=50) + b"\x00\x00\x00\x08free" * count)


def test_a_file_cut_anywhere_in_its_boxes_is_damaged_and_nothing_else():
    content = heic(scene(), quality=50)
    for end in range(16, content.index(b"mdat") - 4):
        with pytest.raises(CorruptImage):
            reader.read_heic(content[:end])
