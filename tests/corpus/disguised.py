"""What is no image, sent as one; and images sent as another kind."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator

from corpus.bad_image import CORRUPT, EMPTY, UNSUPPORTED, BadImage
from corpus.whole import whole_pictures


def disguised() -> Iterator[BadImage]:
    yield BadImage("nothing", b"", EMPTY, "image/jpeg")
    yield BadImage("one byte", b"\xff", UNSUPPORTED, "image/jpeg")
    for name, (declared, content) in _STRANGERS.items():
        yield BadImage(name, content, UNSUPPORTED, declared)
    png = whole_pictures()["picture.png"]
    yield BadImage("the head of a PNG as a JPEG", png[:33], CORRUPT, "image/jpeg")
    heic = whole_pictures()["picture.heic"]
    yield BadImage("half a HEIC as a JPEG", heic[: len(heic) // 2], CORRUPT, "image/jpeg")
    yield BadImage("a JPEG after a line break", b"\n" + _jpeg(), UNSUPPORTED, "image/jpeg")
    yield BadImage("a JPEG in base64 twice", b"/9j/4AAQSkZJRg==", UNSUPPORTED, "image/jpeg")


def _jpeg() -> bytes:
    return whole_pictures()["baseline.jpg"]


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", bytes(5_000_000))
    return file.getvalue()


_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x08mdat"
_STRANGERS = {
    "zip as photo.jpg": ("image/jpeg", _zip()),
    "PDF as photo.jpg": ("image/jpeg", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"),
    "SVG as photo.png": ("image/png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "SVG by its own type": ("image/svg+xml", b'<?xml version="1.0"?><svg/>'),
    "HTML as photo.webp": ("image/webp", b"<!doctype html><script>alert(1)</script>"),
    "MP4 as photo.heic": ("image/heic", _MP4),
    "QuickTime as photo.heic": ("image/heic", b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "),
    "text as photo.gif": ("image/gif", b"GIF, a picture of a shoe"),
    "gzip as photo.bmp": ("image/bmp", gzip.compress(b"BM" + bytes(1000))),
    "WAVE as photo.webp": ("image/webp", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)),
    "a program as photo.tif": ("image/tiff", b"\x7fELF\x02\x01\x01" + bytes(60)),
    "CR2": ("image/tiff", b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(20)),
    "CR3": ("image/heic", b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom"),
    "ORF": ("image/tiff", b"IIRO\x08\x00\x00\x00" + bytes(20)),
    "JPEG XL": ("image/jxl", b"\xff\x0a\xfa\x1f\x01\x98" + bytes(20)),
    "JPEG 2000": ("image/jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(20)),
    "an icon": ("image/x-icon", b"\x00\x00\x01\x00\x01\x00\x10\x10" + bytes(20)),
    "Photoshop": ("image/vnd.adobe.photoshop", b"8BPS\x00\x01" + bytes(30)),
    "a mail that begins with BM": ("image/bmp", b"BMW, a car, for sale"),
    "nothing but zeros": ("image/jpeg", bytes(4_000_000)),
}
