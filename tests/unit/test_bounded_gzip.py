"""Gzip is read as the standard library reads it, up to a limit."""

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from image_search.bounded_gzip import TooLarge, begins, decompress, read

contents = st.lists(st.binary(max_size=60), min_size=1, max_size=3)


@given(contents, st.binary(max_size=3) | st.just(bytes(8)))
@example([b""], b"")
def test_members_and_what_follows_are_those_of_the_standard_library(members, rest):
    packed = b"".join(map(gzip.compress, members)) + rest
    try:
        expected = gzip.decompress(packed)
    except (OSError, EOFError):
        with pytest.raises(ValueError, match="no gzip"):
            decompress(packed, 1000)
    else:
        assert decompress(packed, 1000) == expected


@pytest.mark.parametrize(
    ("packed", "is_one"),
    [
        (gzip.compress(b"{}"), True),
        (gzip.compress(b""), True),
        (gzip.compress(b"{") + gzip.compress(b"}"), False),
        (gzip.compress(b"{}") + gzip.compress(b""), False),
        (gzip.compress(b"{}") + bytes(1), False),
        (gzip.compress(b"{}") + bytes(512), False),
    ],
    ids=["one", "one, empty", "two", "one and an empty one", "a byte of padding", "padding"],
)
def test_one_member_with_nothing_behind_it_is_known(packed, is_one):
    assert read(packed) == (gzip.decompress(packed), is_one)


@given(st.binary(max_size=200))
def test_anything_else_is_no_gzip(content):
    with pytest.raises(ValueError, match="no gzip"):
        decompress(content, 1000)


@pytest.mark.parametrize("cut", range(1, 25))
def test_what_is_cut_off_is_no_gzip(cut):
    with pytest.raises(ValueError, match="no gzip"):
        decompress(gzip.compress(b"{}")[:-cut], 1000)


@pytest.mark.parametrize("members", [[bytes(1000)], [bytes(500)] * 2, [b"", bytes(1000)]])
def test_the_limit_is_the_last_size_that_is_read(members):
    packed = b"".join(map(gzip.compress, members))
    assert len(decompress(packed, 1000)) == 1000
    with pytest.raises(TooLarge):
        decompress(packed, 999)


def test_a_bomb_is_left_alone_after_the_limit():
    bomb = gzip.compress(bytes(50_000_000), 1)
    for packed in (bomb, gzip.compress(b"a") + bomb, bomb[:-8]):
        with pytest.raises(TooLarge):
            decompress(packed)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(gzip.compress(b"{}"), True), (gzip.compress(b""), False), (b"", False), (b"{}", False)],
    ids=["gzip", "gzip of nothing", "nothing", "plain"],
)
def test_what_begins_as_gzip(content, expected):
    assert begins(content) == expected
