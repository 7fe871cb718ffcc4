import hmac

import pytest
from pydantic import SecretStr

from image_search.limits.caller import Caller

KEY = SecretStr("key_CanaryCanary01")


def caller(source_ip="203.0.113.9", authorizer=None, server=None):
    context = {"http": {"sourceIp": source_ip}, **(authorizer or {})}
    return Caller.from_request(context, server)


def token(subject):
    return {"authorizer": {"jwt": {"claims": {"sub": subject}}}}


def signed_in(subject):
    return caller(authorizer=token(subject))


@pytest.mark.parametrize(
    ("source_ip", "identity"),
    [
        ("203.0.113.9", "ip:203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "ip:2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "ip:203.0.113.9"),
        ("test-invoke-source-ip", "ip:test-invoke-source-ip"),
    ],
)
def test_without_a_token_the_address_is_the_caller(source_ip, identity):
    assert caller(source_ip) == Caller(SecretStr(identity))


def test_the_user_of_a_token_is_the_caller_from_whatever_address():
    assert signed_in("user-1") == Caller(SecretStr("sub:user-1"))


@pytest.mark.parametrize(
    ("about", "is_server", "names_end_user"),
    [
        ({}, False, False),
        ({"authorizer": token("user-1")}, False, False),
        ({"server": "web"}, True, True),
        ({"authorizer": token("user-1"), "server": "web"}, False, True),
    ],
    ids=["anyone", "user", "server", "user by a server"],
)
def test_servers_have_their_own_quota_and_name_their_end_users(about, is_server, names_end_user):
    found = caller(**about)
    assert (found.is_server, found.names_end_user) == (is_server, names_end_user)


@pytest.mark.parametrize(
    "authorizer",
    [
        {"authorizer": None},
        {"authorizer": {}},
        {"authorizer": {"jwt": None}},
        {"authorizer": {"jwt": {"claims": None}}},
        {"authorizer": {"jwt": {"claims": {"sub": ""}}}},
        {"authorizer": {"lambda": {"sub": "user-1"}}},
    ],
)
def test_what_names_no_user_leaves_the_address(authorizer):
    assert caller(authorizer=authorizer) == caller()


def test_a_user_who_is_named_like_an_address_is_not_that_address():
    assert signed_in("203.0.113.9").pseudonym(KEY) != caller("203.0.113.9").pseudonym(KEY)


def test_a_pseudonym_is_the_same_every_time_and_for_this_key_alone():
    names = [caller().pseudonym(key) for key in (KEY, KEY, SecretStr("another"))]
    assert (names[0] == names[1], names[0] == names[2], len(names[0])) == (True, False, 64)


def test_a_pseudonym_is_made_with_the_key():
    expected = hmac.new(b"key_CanaryCanary01", b"ip:203.0.113.9", "sha256").hexdigest()
    assert caller().pseudonym(KEY) == expected


def test_a_caller_is_not_shown():
    assert repr(signed_in("user-1")) == "Caller(identity=SecretStr('**********'))"


def test_a_server_is_the_caller_from_whatever_address():
    context = {"http": {"sourceIp": "203.0.113.9"}}
    assert Caller.from_request(context, "web") == Caller(SecretStr("server:web"))


def test_the_user_of_a_token_is_the_caller_whatever_server_passes_it_on():
    context = {"authorizer": {"jwt": {"claims": {"sub": "user-1"}}}, "http": {"sourceIp": "::1"}}
    assert Caller.from_request(context, "web") == Caller(SecretStr("sub:user-1"))


def test_a_server_of_no_name_is_a_server():
    context = {"http": {"sourceIp": "203.0.113.9"}}
    assert Caller.from_request(context, "") == Caller(SecretStr("server:"))


def test_a_pseudonym_is_the_identitys_hmac_under_the_key():
    """Sandboxes of two versions count in one item, so it is the same for both."""
    assert caller().pseudonym(KEY) == (
        "ca4ef86b27777d86ce0635129646a1a5666d644d9ce857fd9efb6f74734e5df7"
    )


def test_a_subject_with_half_a_character_has_a_pseudonym():
    context = {"authorizer": {"jwt": {"claims": {"sub": "\ud800"}}}}
    assert len(Caller.from_request(context).pseudonym(SecretStr("k"))) == 64
