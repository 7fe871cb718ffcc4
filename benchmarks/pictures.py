"""Pictures of an exact size that are whole by their structure, which is all a search looks at."""

from __future__ import annotations

import random
import re
from functools import cache

_HEAD = bytes.fromhex("ffd8ffc0000b080010001001011100ffda0008010100003f00")
_END = bytes.fromhex("ffd9")
KILOBYTE, MEGABYTE = 1_000, 1_000_000


@cache
def picture(size: int) -> bytes:
    """A JPEG whose data is noise, as a photo's is."""
    noise = random.Random(size).randbytes(size - len(_HEAD) - len(_END))
    # As in a photo: what looks like a marker is stuffed with a zero (ITU-T T.81 F.1.2.3).
    stuffed = re.sub(rb"\xff(?s:.)", b"\xff\x00", noise)
    return _HEAD + stuffed.removesuffix(b"\xff").ljust(len(noise), b"\x7f") + _END
