"""HEIC and AVIF files whose boxes say one size, and whose coded pictures have another."""

from __future__ import annotations

import struct

Size = tuple[int, int]


def stated(whole: bytes, size: Size) -> bytes:
    """All pictures of a file are said to be of this size (`ispe`)."""
    content = bytearray(whole)
    at = whole.find(b"ispe")
    while at >= 0:
        content[at + 8 : at + 16] = struct.pack(">II", *size)
        at = whole.find(b"ispe", at + 1)
    return bytes(content)


def track_stated(whole: bytes, size: Size) -> bytes:
    """The same for the tracks of an animation: header and sample description."""
    content = bytearray(stated(whole, size))
    at = whole.find(b"tkhd")
    while at >= 0:
        end = at - 4 + int.from_bytes(whole[at - 4 : at], "big")
        content[end - 8 : end] = struct.pack(">HHHH", size[0], 0, size[1], 0)
        at = whole.find(b"tkhd", at + 1)
    at = whole.find(b"av01", whole.find(b"stsd"))
    content[at + 28 : at + 32] = struct.pack(">HH", *size)
    return without_configuration(bytes(content))


def without_configuration(whole: bytes) -> bytes:
    """AVIF whose `av1C` have no sequence header: it is in the picture's data alone."""
    content = bytearray(whole)
    at = whole.find(b"av1C")
    while at >= 0:
        end = at - 4 + int.from_bytes(whole[at - 4 : at], "big")
        # A unit of padding in its place, so that no other offset changes.
        if end - at > 8:
            content[at + 8 : end] = bytes([0x7A, end - at - 10]) + bytes(end - at - 10)
        at = whole.find(b"av1C", at + 1)
    return bytes(content)


def grid(tile: bytes, config: bytes, tile_size: Size, columns: int, rows: int, size: Size) -> bytes:
    """A HEIC whose main picture is made of copies of one tile."""
    count = columns * rows
    shape = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, *size)
    items = _full(b"infe", 2, struct.pack(">HH4sB", 1, 0, b"grid", 0))
    tiles = range(2, 2 + count)
    for number in tiles:
        items += _full(b"infe", 2, struct.pack(">HH4sB", number, 0, b"hvc1", 0))
    properties = _box(b"hvcC", config) + _ispe(tile_size) + _ispe(size)
    associations = struct.pack(">IHBB", 1 + count, 1, 1, 3)
    associations += b"".join(struct.pack(">HBBB", number, 2, 0x81, 2) for number in tiles)
    references = _box(b"dimg", struct.pack(f">HH{count}H", 1, count, *tiles))
    head = _box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic")

    def meta(at: int) -> bytes:
        places = struct.pack(">BBH", 0x44, 0, 1 + count)
        places += struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(shape))
        for index, number in enumerate(tiles):
            data = at + index * len(tile)
            places += struct.pack(">HHHHII", number, 0, 0, 1, data, len(tile))
        return _full(
            b"meta",
            0,
            _full(b"hdlr", 0, b"\x00\x00\x00\x00pict" + bytes(13))
            + _full(b"pitm", 0, struct.pack(">H", 1))
            + _full(b"iloc", 1, places)
            + _full(b"iinf", 0, struct.pack(">H", 1 + count) + items)
            + _full(b"iref", 0, references)
            + _box(b"iprp", _box(b"ipco", properties) + _full(b"ipma", 0, associations))
            + _box(b"idat", shape),
        )

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + _box(b"mdat", tile * count)


def tile_of(whole: bytes) -> tuple[bytes, bytes]:
    """The data and the configuration of a HEIC with one coded picture."""
    at = whole.index(b"hvcC")
    config = whole[at + 4 : at - 4 + int.from_bytes(whole[at - 4 : at], "big")]
    at = whole.index(b"mdat")
    return whole[at + 4 :], config


def _ispe(size: Size) -> bytes:
    return _full(b"ispe", 0, struct.pack(">II", *size))


def _full(kind: bytes, version: int, content: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + content)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
