"""What a search leaves behind in a function that lives on."""

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from wire import JPEG, Proxy, Upstream

IMAGE_BYTES = 4_000_000


@pytest.fixture
def traced() -> Iterator[None]:
    """Memory is counted, and only collected where the code asks for it."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


def test_no_image_outlives_the_next_search(proxy: Proxy, upstream: Upstream, traced: None) -> None:
    held = []
    for filler in (b"\x01", b"\x02", b"\x03", b"\x04"):
        proxy.post(JPEG[:-2] + filler * IMAGE_BYTES + JPEG[-2:])
        upstream.requests.clear()
        held.append(tracemalloc.get_traced_memory()[0])
    assert held[-1] - held[0] < IMAGE_BYTES / 4
