"""Bits and variable-length numbers, as the headers of coded pictures have them."""

from __future__ import annotations

from image_search.images.formats.picture import corrupt

# The longest header, with all its lists, has about 400 bytes before the size of the picture.
_MOST_BYTES = 512
_MOST_ZEROS = 32


class Bits:
    """Read from the front; beyond the end is ``CorruptImage``."""

    def __init__(self, data: bytes) -> None:
        head = data[:_MOST_BYTES]
        self._value = int.from_bytes(head, "big")
        self._left = 8 * len(head)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise corrupt("a header of a coded picture that is cut off")
        return self._value >> self._left & ((1 << count) - 1)

    def exp_golomb(self) -> int:
        """An unsigned number: ``ue(v)`` (H.265 §9.2) and ``uvlc()`` (AV1 §4.10.3)."""
        zeros = 0
        while self.read(1) == 0:
            zeros += 1
            if zeros > _MOST_ZEROS:
                raise corrupt("a number of more than 32 bits in the header of a coded picture")
        return (1 << zeros) - 1 + self.read(zeros)
