"""JPEGs that break their rules, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import BY_UPSTREAM, CORRUPT, OUT_OF_BOUNDS, TOO_LARGE, BadImage
from corpus.whole import whole_pictures
from pictures import turned_scene

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS = b"\xff\xda"
_EMPTY_COMMENT = b"\xff\xfe\x00\x02"


def bad_jpegs() -> Iterator[BadImage]:
    yield from _out_of_bounds()
    yield from _broken()
    yield from _endless()
    yield BadImage("JPEG, no quantisation table", _without(b"\xff\xdb"), BY_UPSTREAM)
    turned = turned_scene("JPEG", 6)
    undecodable = _without(b"\xff\xdb", turned)
    yield BadImage("JPEG, turned, no quantisation table", undecodable, CORRUPT)
    yield BadImage("JPEG over the limit", _plain().ljust(20_000_001, b"\0"), TOO_LARGE)


def _out_of_bounds() -> Iterator[BadImage]:
    for width, height in ((1, 65_535), (65_535, 1), (50_000, 50_000), (0, 0), (400, 0)):
        content = _sized(width, height)
        yield BadImage(f"JPEG of {width} x {height}", content, OUT_OF_BOUNDS, "image/jpeg")


def _broken() -> Iterator[BadImage]:
    plain = _plain()
    frame = plain.index(b"\xff\xc0")
    scan = plain.index(_SOS)
    yield BadImage("JPEG without a scan", plain[:scan] + _EOI, CORRUPT)
    yield BadImage("JPEG without a frame", plain[:frame] + plain[frame + 19 :], CORRUPT)
    yield BadImage("JPEG, its frame twice", plain[: frame + 19] + plain[frame:], CORRUPT)
    yield BadImage("JPEG of two markers", _SOI + _EOI, CORRUPT)
    yield BadImage("JPEG, segment of length 0", _SOI + b"\xff\xe1\x00\x00" + plain[2:], CORRUPT)
    yield BadImage("JPEG, segment of length 1", _SOI + b"\xff\xe1\x00\x01" + plain[2:], CORRUPT)
    yield BadImage("JPEG, segment beyond the end", _SOI + b"\xff\xe1\xff\xff" + _EOI, CORRUPT)
    yield BadImage("JPEG, no marker at all", _SOI + b"\xff" + b"garbage" * 9, CORRUPT)
    yield BadImage("JPEG that ends where its scan begins", plain[: scan + 14], CORRUPT)
    yield BadImage("JPEG without an end, undecodable", _without(b"\xff\xdb")[:-2], CORRUPT)


def _endless() -> Iterator[BadImage]:
    yield BadImage("JPEG of 5,000 scans", _of_scans(5_000), CORRUPT)
    yield BadImage("JPEG of 4,000,000 comments", _SOI + _EMPTY_COMMENT * 4_000_000, CORRUPT)
    yield BadImage("JPEG of 19 MB of fill bytes", _SOI + b"\xff" * 19_000_000, CORRUPT)
    yield BadImage("JPEG of 19 MB of stray bytes", _SOI + b"\xff\x00" * 9_500_000, CORRUPT)


def _plain() -> bytes:
    return whole_pictures()["baseline.jpg"]


def _sized(width: int, height: int) -> bytes:
    plain = _plain()
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", height, width) + plain[at + 4 :]


def _of_scans(count: int) -> bytes:
    """The last scan of a progressive JPEG, which refines what is there, again and again."""
    content = whole_pictures()["progressive.jpg"]
    last = content[content.rindex(_SOS) : -2]
    return content[:-2] + last * count + _EOI


def _without(marker: bytes, content: bytes | None = None) -> bytes:
    content = _plain() if content is None else content
    while marker in content:
        at = content.index(marker)
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        content = content[:at] + content[at + 2 + length :]
    return content
