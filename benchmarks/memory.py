"""How much larger a warm function is after many photos than after its first.

``python -m benchmarks.memory`` (or ``make bench-images``); on Linux only.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import boto3

from benchmarks.deployment import deployed
from benchmarks.photo import jpeg, photo
from in_child import in_child
from wire import UPLOADS, Proxy

MISSES, MISS_BYTES = 40, 5_000_000
DECODES, SIZE = 10, (4032, 3024)
MOST_BYTES = 20_000_000


def main() -> None:
    # Made elsewhere: memory that was used and freed here would hide what is used again.
    photos: tuple[bytes, bytes] = in_child(_photos).result
    with deployed() as proxy:
        upright, turned = map(_upload, photos)
        grown = [
            _grown(f"{MISSES} misses of 5 MB", MISSES, partial(_search, proxy, upright)),
            _grown(f"{DECODES} decodes of 12 megapixels", DECODES, partial(_search, proxy, turned)),
        ]
    sys.exit("over budget" if max(grown) > MOST_BYTES else 0)


def _photos() -> tuple[bytes, bytes]:
    """One that is sent on as it is, and one that has to be decoded."""
    picture = photo(SIZE)
    return jpeg(picture).ljust(MISS_BYTES, b"\0"), jpeg(picture, 6)


def _upload(content: bytes) -> str:
    key = f"uploads/{hashlib.sha256(content).hexdigest()}"
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=key, Body=content)
    return key


def _search(proxy: Proxy, key: str) -> None:
    reply = proxy.post_json({"s3_uri": f"s3://{UPLOADS}/{key}"})
    if reply.status != 200:
        sys.exit(f"{reply.status}: {reply.body!r}")


def _grown(name: str, times: int, work: Callable[[], None]) -> int:
    """Bytes of resident memory after so many, above that after the first."""
    work()
    first = _resident()
    for _ in range(times):
        work()
    last = _resident()
    budget = f"budget {MOST_BYTES / 1e6:+.0f}"
    print(f"{name:32} {first / 1e6:4.0f} MB, then {(last - first) / 1e6:+.1f} MB   {budget}")
    return last - first


def _resident() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
