"""HEVC (ITU-T H.265): the size in the sequence parameter sets of a coded picture."""

from __future__ import annotations

from collections.abc import Iterator

from image_search.images.formats.heif.bits import Bits
from image_search.images.formats.heif.boxes import Parts
from image_search.images.formats.picture import corrupt

Size = tuple[int, int]

_SPS = 33
_PROFILE_BITS, _LEVEL_BITS = 88, 8
_CHROMA_444 = 3


def size_of(config: bytes, data: bytes, parts: Parts) -> Size:
    """The largest size of those in ``hvcC`` (ISO/IEC 14496-15 §8.3.3) and in the picture's data.

    Decoders follow the parameter sets wherever they are. Raises ``CorruptImage``.
    """
    if len(config) < 23:
        raise corrupt("an hvcC box that is cut off")
    units = [*_of_config(config, parts), *_of_data(data, (config[21] & 3) + 1, parts)]
    sizes = [_size(unit) for unit in units if len(unit) > 2 and unit[0] >> 1 & 0x3F == _SPS]
    if not sizes:
        raise corrupt("an HEVC picture without a sequence parameter set")
    return max(sizes, key=lambda size: size[0] * size[1])


def _of_config(config: bytes, parts: Parts) -> Iterator[bytes]:
    at = 23
    for _ in range(config[22]):
        count = int.from_bytes(config[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            if at >= len(config):
                return
            parts.count()
            length = int.from_bytes(config[at : at + 2], "big")
            yield config[at + 2 : at + 2 + length]
            at += 2 + length


def _of_data(data: bytes, length_bytes: int, parts: Parts) -> Iterator[bytes]:
    at = 0
    while at + length_bytes < len(data):
        parts.count()
        start = at + length_bytes
        at = start + int.from_bytes(data[at:start], "big")
        if data[start] >> 1 & 0x3F == _SPS:
            yield data[start:at]


def _size(unit: bytes) -> Size:
    """Of a sequence parameter set (§7.3.2.2), before it is cropped."""
    # A byte 3 after two zeros is there only so that data never looks like a start code (§7.4.2).
    bits = Bits(unit[2:1024].replace(b"\x00\x00\x03", b"\x00\x00"))
    bits.read(4)
    sub_layers = bits.read(3)
    bits.read(1 + _PROFILE_BITS + _LEVEL_BITS)
    _skip_sub_layers(bits, sub_layers)
    bits.exp_golomb()
    if bits.exp_golomb() == _CHROMA_444:
        bits.read(1)
    return bits.exp_golomb(), bits.exp_golomb()


def _skip_sub_layers(bits: Bits, count: int) -> None:
    present = [(bits.read(1), bits.read(1)) for _ in range(count)]
    if count:
        bits.read(2 * (8 - count))
    for profile, level in present:
        bits.read(profile * _PROFILE_BITS + level * _LEVEL_BITS)
