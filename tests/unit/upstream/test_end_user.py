import pytest

from image_search.upstream.end_user import EndUser


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Shop/1", "Shop/1"),
        (None, ""),
        (" a\r\nX-Evil: 1\x00 ", "aX-Evil: 1"),
        ("é", "é"),
        ("a\x7f\x85\ud800b", "ab"),
        ("\u200b\U0001fae9", "\u200b\U0001fae9"),  # the latter is of Unicode 16, as in Python 3.14
        ("x" * 2000, "x" * 1024),
    ],
)
def test_a_user_agent_is_kept_as_far_as_a_header_may_carry_it(given, kept):
    assert EndUser.from_request("203.0.113.9", given) == EndUser("203.0.113.9", kept)


@pytest.mark.parametrize(
    ("source_ip", "tells"),
    [
        ("203.0.113.9", True),
        ("2001:db8::1", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:203.0.113.9", True),
        ("", False),
        ("test-invoke-source-ip", True),
    ],
)
def test_the_machines_own_address_tells_no_end_user(source_ip, tells):
    assert EndUser(source_ip, "").has_address is tells
