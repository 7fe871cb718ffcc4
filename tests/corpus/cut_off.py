"""Files that end too early, at many points of each format, before there is a picture to show."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.bad_image import CORRUPT, UNSUPPORTED, BadImage
from corpus.whole import whole_pictures
from image_search.images.media_type import sniff

_SHARES = (0.02, 0.1, 0.35, 0.6, 0.85, 0.97)
# What comes right before the image data, in formats of which decoders show as much as there is.
_BEFORE_DATA = {".jpg": b"\xff\xda", ".png": b"IDAT", ".gif": b"\x2c\x00\x00\x00\x00"}


def cut_off() -> Iterator[BadImage]:
    for name, content in whole_pictures().items():
        end = _picture_start(name, content)
        shares = [int(end * share) for share in _SHARES]
        for length in sorted({3, *(max(3, share) for share in shares), end - 1}):
            part = content[:length]
            refusal = UNSUPPORTED if sniff(part) is None else CORRUPT
            yield BadImage(f"{length} bytes of {name}", part, refusal)


def _picture_start(name: str, content: bytes) -> int:
    """Where the image data begins, or the file's end where there is no picture without that."""
    mark = _BEFORE_DATA.get(name[-4:])
    return len(content) if mark is None else content.index(mark) + len(mark)
