import pytest

from image_search.images.media_type import sniff


def ftyp(*brands):
    return (
        (8 + 4 * len(brands) + 4).to_bytes(4, "big")
        + b"ftyp"
        + brands[0]
        + bytes(4)
        + b"".join(brands[1:])
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF87arest", "image/gif"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
        (b"II*\x00rest", "image/tiff"),
        (b"MM\x00*rest", "image/tiff"),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00", "image/bmp"),
        (ftyp(b"heic", b"mif1"), "image/heic"),
        (ftyp(b"mif1", b"heic"), "image/heic"),
        (ftyp(b"mif1", b"miaf", b"avif"), "image/avif"),
        (ftyp(b"avif"), "image/avif"),
    ],
)
def test_an_image_is_recognised_by_its_first_bytes(content, media_type):
    assert sniff(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\xff\xd8",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"BM, a text",
        b"BM" + bytes(12) + b"\x28\x00\x00\x00" + bytes(12) + b"\x01\x00\x00\x00",  # run lengths
        b"<svg xmlns='x'/>",
        b"<html>",
        ftyp(b"isom", b"mp42"),
        b"\x00\x00\x00\x00ftyp",
    ],
)
def test_anything_else_is_not(content):
    assert sniff(content) is None
