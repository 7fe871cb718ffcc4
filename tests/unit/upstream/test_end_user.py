from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


SERVER = "198.51.100.7"


@pytest.mark.parametrize(
    ("forwarded_for", "ip"),
    [
        # The gateway adds the server's address.
        ("203.0.113.9, 198.51.100.7", "203.0.113.9"),
        ("203.0.113.9,198.51.100.7", "203.0.113.9"),
        ("192.0.2.66, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        ("198.51.100.7, 198.51.100.7", "198.51.100.7"),
        # An emulator adds nothing.
        ("203.0.113.9", "203.0.113.9"),
        # As proxies write them.
        ("203.0.113.9:4711, 198.51.100.7", "203.0.113.9"),
        ("2001:db8::9, 198.51.100.7", "2001:db8::9"),
        ("2001:DB8:0::9, 198.51.100.7", "2001:db8::9"),
        ("[2001:db8::9], 198.51.100.7", "2001:db8::9"),
        ("[2001:db8::9]:4711, 198.51.100.7:443", "2001:db8::9"),
        ('"[2001:db8::9]:4711", 198.51.100.7', "2001:db8::9"),
        ("::ffff:203.0.113.9, ::ffff:198.51.100.7", "203.0.113.9"),
        ("10.0.0.9, 198.51.100.7", "10.0.0.9"),
        # The server's own, where it names nobody.
        ("", SERVER),
        ("198.51.100.7", SERVER),
        (", 198.51.100.7", SERVER),
        (",", SERVER),
        ("unknown, 198.51.100.7", SERVER),
        ("_hidden, 198.51.100.7", SERVER),
        ("203.0.113.9 192.0.2.66, 198.51.100.7", SERVER),
        ("203.0.113.9, unknown, 198.51.100.7", SERVER),
        ("203.0.113.9:port, 198.51.100.7", SERVER),
        ("203.0.113.09, 198.51.100.7", SERVER),
        ("203.0.113.999, 198.51.100.7", SERVER),
        ("3405803785, 198.51.100.7", SERVER),
        ("203.0.113.9/32, 198.51.100.7", SERVER),
        ("[203.0.113.9, 198.51.100.7", SERVER),
        ("203.0.113.9\r\nX-Evil: 1, 198.51.100.7", SERVER),
        ("\u0662\u0660\u0663.0.113.9, 198.51.100.7", SERVER),
        # What is no one's.
        ("::, 198.51.100.7", SERVER),
        ("0.0.0.0, 198.51.100.7", SERVER),
        ("127.0.0.1, 198.51.100.7", SERVER),
        ("::ffff:127.0.0.1, 198.51.100.7", SERVER),
        ("224.0.0.1, 198.51.100.7", SERVER),
        ("255.255.255.255, 198.51.100.7", SERVER),
        ("1::, 198.51.100.7", SERVER),
        ("fe80::1%eth0, 198.51.100.7", SERVER),
    ],
)
def test_a_server_names_its_end_user_before_the_gateways_own_entry(forwarded_for, ip):
    assert EndUser.from_request(SERVER, "Shop/1", forwarded_for) == EndUser(ip, "Shop/1")


@given(st.text(alphabet='0123456789abcdef:.,[] \t"%/x', max_size=60) | st.text(max_size=60))
def test_whatever_a_server_names_one_address_goes_upstream(forwarded_for):
    address = ip_address(EndUser.from_request(SERVER, None, forwarded_for).ip)
    assert "%" not in str(address)
