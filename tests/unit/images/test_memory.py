import pytest

from image_search.images.memory import MemoryBudget

DEFAULT = MemoryBudget(768, max_image_bytes=20_000_000)
FORMATS = ("jpeg", "png", "gif", "webp", "tiff", "bmp", "avif", "heic")


@pytest.mark.parametrize("name", FORMATS)
def test_12_megapixels_of_every_format_fit_into_the_default(name):
    assert DEFAULT.max_pixels(f"image/{name}", 20_000_000) >= 4032 * 3024


@pytest.mark.parametrize("name", ["jpeg", "heic"])
def test_48_megapixels_of_what_phones_make_fit_into_the_default(name):
    assert DEFAULT.max_pixels(f"image/{name}", 20_000_000) >= 8064 * 6048


def test_a_larger_file_leaves_less_for_pixels():
    small, large = (DEFAULT.max_pixels("image/bmp", size) for size in (1_000, 8_001_000))
    assert small - large == 1_000_000


def test_a_function_without_room_takes_no_pixel():
    budget = MemoryBudget(128, max_image_bytes=50_000_000)
    assert (budget.max_pixels("image/jpeg", 1_000), budget.decoder_bytes) == (0, 24_000_000)
