import pytest

from image_search.cache_status import CacheStatus, Forwarded


@pytest.mark.parametrize(
    ("status", "header"),
    [
        (CacheStatus(), "image-search-proxy; hit; ttl=9"),
        (CacheStatus(Forwarded.MISS), "image-search-proxy; fwd=miss"),
        (CacheStatus(Forwarded.STALE, stored=True), "image-search-proxy; fwd=stale; stored; ttl=9"),
        (
            CacheStatus(Forwarded.BYPASS, detail="why"),
            "image-search-proxy; fwd=bypass; detail=why",
        ),
    ],
)
def test_the_header_says_how_the_request_was_handled(status, header):
    assert status.to_header(ttl=9) == header
