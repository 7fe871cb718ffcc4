import pytest

from image_search.shopper import Shopper


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Shop/1", "Shop/1"),
        (None, ""),
        (" a\r\nX-Evil: 1\x00 ", "aX-Evil: 1"),
        ("é", "é"),
        ("x" * 2000, "x" * 1024),
    ],
)
def test_a_user_agent_is_kept_as_far_as_a_header_may_carry_it(given, kept):
    assert Shopper.from_request("203.0.113.9", given) == Shopper("203.0.113.9", kept)
