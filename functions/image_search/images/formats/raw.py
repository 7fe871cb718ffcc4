"""Camera RAW: by its signatures, or by what only its TIFF directories hold.

Decoders of TIFF find a thumbnail in such a file, or nothing; what a sensor saw takes a developer.
"""

from __future__ import annotations

import struct

from image_search.errors import CorruptImage
from image_search.images.formats import tiff

_SIGNATURES = (
    (0, b"IIRO"),  # ORF
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"IIU\x00"),  # RW2
    (0, b"FUJIFILMCCD-RAW"),  # RAF
    (0, b"FOVb"),  # X3F
    (0, b"\x00MRM"),  # MRW
    (4, b"ftypcrx "),  # CR3
    (6, b"HEAPCCDR"),  # CRW
    (0, b"II*\x00\x10\x00\x00\x00CR"),  # CR2
)
_COMPRESSION, _PHOTOMETRIC, _DIRECTORIES, _DNG_VERSION = 259, 262, 330, 50706
_SENSOR_COLOURS = frozenset({32803, 34892})
"""A colour filter array, and what was made of one without developing it (DNG, TIFF/EP)."""
_MAKERS_COMPRESSIONS = frozenset({32767, 32769, 32770, 34713, 65535})
"""Those of Sony, Epson, Samsung, Nikon and Pentax."""
_MOST_DIRECTORIES = 8


def is_raw(content: bytes) -> bool:
    if any(content.startswith(signature, at) for at, signature in _SIGNATURES):
        return True
    return content.startswith(tiff.SIGNATURES) and _has_raw_directory(content)


def _has_raw_directory(content: bytes) -> bool:
    """The first directory, or one that it names as a part of itself."""
    if content[8:12] == b"IIII":  # IIQ
        return True
    layout = tiff.Layout.of(content)
    try:
        (start,) = layout.unpack(content, layout.offset, layout.first_directory)
        return _is_raw_directory(content, layout, start) or any(
            _is_raw_directory(content, layout, part) for part in _parts(content, layout, start)
        )
    except (struct.error, CorruptImage):
        return False


def _is_raw_directory(content: bytes, layout: tiff.Layout, start: int) -> bool:
    for entry in tiff.entries(content, layout, start):
        if entry.tag == _DNG_VERSION:
            return True
        if entry.tag in (_COMPRESSION, _PHOTOMETRIC) and entry.values == 1:
            known = _SENSOR_COLOURS if entry.tag == _PHOTOMETRIC else _MAKERS_COMPRESSIONS
            if tiff.number(content, layout, entry) in known:
                return True
    return False


def _parts(content: bytes, layout: tiff.Layout, start: int) -> tuple[int, ...]:
    found = next((e for e in tiff.entries(content, layout, start) if e.tag == _DIRECTORIES), None)
    if found is None:
        return ()
    count = min(found.values, _MOST_DIRECTORIES)
    at = found.value_at
    if found.values > 1:
        (at,) = layout.unpack(content, layout.offset, at)
    return layout.unpack(content, layout.offset * count, at)
