"""HEIC and AVIF files whose boxes lie, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import CORRUPT, OUT_OF_BOUNDS, UNSUPPORTED, BadImage, Refusal
from corpus.whole import whole_pictures


def bad_heifs() -> Iterator[BadImage]:
    for kind in ("heic", "avif"):
        whole = whole_pictures()[f"picture.{kind}"]
        for name, (content, refusal) in _broken(whole).items():
            yield BadImage(f"{kind}, {name}", content, refusal, f"image/{kind}")
    whole = whole_pictures()["picture.heic"]
    for width, height in ((1, 65_535), (50_000, 50_000), (65_536, 65_536)):
        yield BadImage(f"heic of {width} x {height}", _sized(whole, width, height), OUT_OF_BOUNDS)


def _broken(whole: bytes) -> dict[str, tuple[bytes, Refusal]]:
    length = int.from_bytes(whole[:4], "big")
    first, rest = whole[:length], whole[length:]
    pixels = rest.index(b"mdat") + 4
    return {
        "nothing but its brands": (first, CORRUPT),
        "brands of 4 GB": (b"\xff\xff\xff\xff" + first[4:], CORRUPT),
        "no box at all": (b"\x00\x00\x00\x00ftyp", UNSUPPORTED),
        "a box of 4 GB": (first + b"\xff\xff\xff\xff" + rest[4:], CORRUPT),
        "a box of 2^63 bytes": (first + _box64(2**63 - 1, rest[4:8]) + rest[8:], CORRUPT),
        "a box shorter than its header": (first + b"\x00\x00\x00\x04" + rest[4:], CORRUPT),
        "boxes 50,000 deep": (first + _nested(50_000), CORRUPT),
        "a million empty boxes": (first + b"\x00\x00\x00\x08free" * 1_000_000, CORRUPT),
        "pixels elsewhere": (first + rest[:pixels].replace(b"iloc", b"iloX"), CORRUPT),
        "no properties": (first + rest.replace(b"ipco", b"ipcX"), CORRUPT),
        "no main picture": (first + rest.replace(b"pitm", b"pitX"), CORRUPT),
        "pixels of zeros": (first + rest[:pixels] + bytes(len(rest) - pixels), CORRUPT),
        "pixels of garbage": (first + rest[:pixels] + b"\xa5" * (len(rest) - pixels), CORRUPT),
    }


def _box64(size: int, kind: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, size)


def _nested(depth: int) -> bytes:
    sizes = range(depth * 12, 0, -12)
    return b"".join(struct.pack(">I4sI", size, b"meta", 0) for size in sizes)


def _sized(whole: bytes, width: int, height: int) -> bytes:
    at = whole.index(b"ispe") + 8
    return whole[:at] + struct.pack(">II", width, height) + whole[at + 8 :]
