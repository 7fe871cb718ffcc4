"""TIFF (revision 6.0): what can be known of a file before a decoder believes its directory."""

from __future__ import annotations

import struct

from image_search.images.formats.picture import MAX_PARTS, corrupt

_BYTE_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
_ENTRY_BYTES = 12
_OF_BYTES = frozenset({1, 2, 6, 7})
"""BYTE, ASCII, SBYTE and UNDEFINED: one block of data, such as a colour profile."""


def check(content: bytes) -> None:
    """Raises ``CorruptImage`` where the first directory lists more values than any encoder writes.

    Decoders make a list of them: millions of strips take minutes and gigabytes.
    """
    order = _BYTE_ORDERS[content[:4]]
    try:
        (start,) = struct.unpack_from(f"{order}I", content, 4)
        (entries,) = struct.unpack_from(f"{order}H", content, start)
        for at in range(start + 2, start + 2 + entries * _ENTRY_BYTES, _ENTRY_BYTES):
            _, kind, count = struct.unpack_from(f"{order}HHI", content, at)
            if kind not in _OF_BYTES and count > MAX_PARTS:
                raise corrupt(f"a TIFF with a tag of {count} values")
    except struct.error as error:
        raise corrupt("a TIFF whose directory is cut off") from error
