"""Files that end too early, at many points of each format."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.bad_image import CORRUPT, UNSUPPORTED, BadImage
from corpus.whole import whole_pictures
from image_search.images.media_type import sniff

_SHARES = (0.02, 0.1, 0.35, 0.6, 0.85, 0.97)


def cut_off() -> Iterator[BadImage]:
    for name, content in whole_pictures().items():
        shares = [int(len(content) * share) for share in _SHARES]
        for length in (3, *shares, len(content) - 1):
            part = content[:length]
            refusal = UNSUPPORTED if sniff(part) is None else CORRUPT
            yield BadImage(f"{length} bytes of {name}", part, refusal)
