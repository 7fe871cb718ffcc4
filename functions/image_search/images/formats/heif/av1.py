"""AV1 (AV1 Bitstream & Decoding Process Specification): the size in its sequence headers."""

from __future__ import annotations

from collections.abc import Iterator

from image_search.images.formats.heif.bits import Bits
from image_search.images.formats.heif.boxes import Parts
from image_search.images.formats.picture import corrupt

Size = tuple[int, int]

_SEQUENCE_HEADER = 1
_CONFIG_BYTES = 4


def size_of(config: bytes, data: bytes, parts: Parts) -> Size:
    """The largest frame that the sequence headers of ``av1C`` and of the picture's data allow.

    A frame may be smaller than its sequence header says, and never larger (§6.8.4). Raises
    ``CorruptImage``.
    """
    headers = [
        *_sequence_headers(config[_CONFIG_BYTES:], parts),
        *_sequence_headers(data, parts),
    ]
    if not headers:
        raise corrupt("an AV1 picture without a sequence header")
    return max(map(_size, headers), key=lambda size: size[0] * size[1])


def _sequence_headers(data: bytes, parts: Parts) -> Iterator[bytes]:
    """From units that say their length, or reach to the end (§5.3)."""
    at = 0
    while at < len(data):
        parts.count()
        header = data[at]
        at += 2 if header & 4 else 1
        length = len(data) - at
        if header & 2:
            length, at = _leb128(data, at)
        if header >> 3 & 0xF == _SEQUENCE_HEADER:
            yield data[at : at + length]
        at += length


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to eight bytes (§4.10.5), and where it ends."""
    value = 0
    for index, byte in enumerate(data[at : at + 8]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise corrupt("an AV1 unit whose length has no end")


def _size(header: bytes) -> Size:
    """§5.5.1, up to the size."""
    bits = Bits(header)
    bits.read(3 + 1)
    if bits.read(1):  # of a still picture: none of what follows for others
        bits.read(5)
    else:
        _skip_timing(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_timing(bits: Bits) -> None:
    delay_bits = 0
    if bits.read(1):
        bits.read(64)
        if bits.read(1):
            bits.exp_golomb()
        if bits.read(1):
            delay_bits = bits.read(5) + 1
            bits.read(32 + 5 + 5)
    has_initial_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        _skip_operating_point(bits, delay_bits, has_initial_delay)


def _skip_operating_point(bits: Bits, delay_bits: int, has_initial_delay: int) -> None:
    bits.read(12)
    if bits.read(5) > 7:
        bits.read(1)
    if delay_bits and bits.read(1):
        bits.read(2 * delay_bits + 1)
    if has_initial_delay and bits.read(1):
        bits.read(4)
