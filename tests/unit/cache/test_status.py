import pytest

from image_search.cache.status import CacheStatus, Forwarded


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
        (
            CacheStatus(Forwarded.MISS, collapsed=True),
            "image-search-proxy; fwd=miss; collapsed; ttl=9",
        ),
        (
            CacheStatus(Forwarded.REQUEST, stored=True, collapsed=True, detail="why"),
            "image-search-proxy; fwd=request; stored; collapsed; ttl=9; detail=why",
        ),
    ],
)
def test_the_header_says_how_the_request_was_handled(status, header):
    assert status.to_header(ttl=9) == header


def test_only_what_was_not_forwarded_is_a_hit():
    statuses = (CacheStatus(), CacheStatus(Forwarded.MISS), CacheStatus(detail="why"))
    assert [status.is_hit for status in statuses] == [True, False, True]
