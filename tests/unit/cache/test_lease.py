import json

import boto3
import pytest
from botocore.exceptions import ClientError

from image_search.cache.lease import (
    KEPT_SECONDS,
    Lease,
    LeaseGranted,
    LeaseHeld,
    LeaseThrottled,
    LeaseUnavailable,
)
from wire import TABLE

FAILURE = {
    "status": 502,
    "code": "upstream_error",
    "stale_if_error": True,
    "headers": {},
    "body": {"message": "no"},
}


def item():
    return boto3.client("dynamodb").get_item(TableName=TABLE, Key={"pk": {"S": "k#lease"}})["Item"]


STEPS = {
    "acquire": lambda leases, _: leases.acquire("k"),
    "acquire_as_seen": lambda leases, seen: leases.acquire_as_seen("k", seen),
    "take_over": lambda leases, seen: leases.take_over("k", seen),
    "adopt": lambda leases, seen: leases.adopt("k", seen.token),
}
"""The ways to a grant, from what was ``seen`` of the lease."""


def taken(leases):
    """The token of a lease that is free."""
    grant = leases.acquire("k")
    assert isinstance(grant, LeaseGranted)
    return grant.token


def handed_over(leases):
    """The same, of one that a background search is to adopt."""
    grant = leases.acquire_as_seen("k", leases.read("k"), handed_over=True)
    assert isinstance(grant, LeaseGranted)
    return grant.token


def test_a_lease_that_never_was_is_free(leases):
    assert (leases.read("k"), leases.read("k").is_free) == (Lease(), True)


def test_a_free_lease_is_granted(leases):
    grant = leases.acquire("k")
    assert (grant, leases.read("k").is_free) == (LeaseGranted(grant.token, Lease()), False)


def test_a_lease_that_is_held_is_refused_and_shown(leases):
    token = taken(leases)
    assert leases.acquire("k") == LeaseHeld(Lease(token))


def test_a_sign_of_life_shows(leases):
    token = taken(leases)
    assert (leases.renew("k", token), leases.read("k")) == (True, Lease(token, beat=1))


def test_who_has_given_no_sign_of_life_may_be_taken_over(leases):
    taken(leases)
    seen = leases.read("k")
    grant = leases.take_over("k", seen)
    assert grant == LeaseGranted(leases.read("k").token, seen)


def test_who_has_given_a_sign_of_life_is_not_taken_over(leases):
    token = taken(leases)
    seen = leases.read("k")
    leases.renew("k", token)
    assert leases.take_over("k", seen) == LeaseHeld(Lease(token, beat=1))


def test_who_was_taken_over_learns_so(leases):
    late = taken(leases)
    leases.take_over("k", leases.read("k"))
    leases.end("k", late, failure=FAILURE)
    assert (leases.renew("k", late), leases.read("k").ended) == (False, False)


def test_a_late_sign_of_life_does_not_revive_a_lease_that_has_ended(leases):
    token = taken(leases)
    leases.end("k", token, failure=FAILURE)
    assert (leases.renew("k", token), leases.read("k").is_free) == (False, True)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({}, {}),
        ({"failure": FAILURE}, {"failure": FAILURE}),
        ({"unstored": "too-large"}, {"unstored": "too-large"}),
        ({"version": "v1"}, {"version": "v1"}),
    ],
)
def test_an_end_says_what_came_of_it_until_the_next_begins(leases, said, seen):
    token = taken(leases)
    leases.end("k", token, **said)
    ended = leases.read("k")
    following = taken(leases)
    assert (ended, leases.read("k")) == (Lease(token, ended=True, **seen), Lease(following))


def test_a_lease_that_is_handed_over_is_adopted_once(leases):
    token = handed_over(leases)
    seen = leases.read("k")
    adopted = leases.adopt("k", token)
    assert seen == Lease(token, handed_over=True)
    assert leases.read("k") == Lease(adopted.token)
    assert leases.adopt("k", token) == LeaseHeld(Lease(adopted.token))


def test_a_lease_that_is_not_handed_over_is_not_adopted(leases):
    token = taken(leases)
    assert leases.adopt("k", token) == LeaseHeld(Lease(token))


def test_a_lease_that_was_handed_over_and_taken_is_not_adopted(leases):
    token = handed_over(leases)
    taking = leases.take_over("k", leases.read("k"))
    assert leases.adopt("k", token) == LeaseHeld(Lease(taking.token))


def test_a_lease_that_another_had_since_it_was_seen_free_is_not_taken_as_seen(leases):
    seen = leases.read("k")
    another = taken(leases)
    leases.end("k", another)
    assert leases.acquire_as_seen("k", seen) == LeaseHeld(Lease(another, ended=True))
    assert isinstance(leases.acquire_as_seen("k", leases.read("k")), LeaseGranted)


@pytest.mark.parametrize("step", STEPS)
def test_a_grant_whose_reply_was_lost_is_still_a_grant(leases, dynamodb, monkeypatch, step):
    """The client sends such a write again, and its own token stands there by then."""
    if step in ("take_over", "adopt"):
        handed_over(leases)
    seen = leases.read("k")
    send = dynamodb.update_item

    def twice(**arguments):
        send(**arguments)
        return send(**arguments)

    monkeypatch.setattr(dynamodb, "update_item", twice)
    grant = STEPS[step](leases, seen)
    assert grant == LeaseGranted(leases.read("k").token, before=None)


@pytest.mark.parametrize("step", STEPS)
def test_a_grant_that_arrives_again_after_the_end_does_not_bring_the_lease_back(
    leases, dynamodb, monkeypatch, step
):
    if step in ("take_over", "adopt"):
        handed_over(leases)
    seen, sent = leases.read("k"), []
    send = dynamodb.update_item

    def record(**call):
        sent.append(call)
        return send(**call)

    monkeypatch.setattr(dynamodb, "update_item", record)
    leases.end("k", STEPS[step](leases, seen).token)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        send(**sent[0])
    assert leases.read("k").ended


def test_a_lease_tidies_itself_up_hours_later(leases, template):
    taken(leases)
    ttl = template["Resources"]["CacheTable"]["Properties"]["TimeToLiveSpecification"]
    assert item()[ttl["AttributeName"]] == {"N": str(1_000 + KEPT_SECONDS)}


def test_throttled_is_another_thing_than_unavailable(leases, dynamodb, monkeypatch):
    def refuse(code):
        def call(**_):
            raise ClientError({"Error": {"Code": code}}, "UpdateItem")

        monkeypatch.setattr(dynamodb, "update_item", call)
        return type(leases.acquire("k"))

    grants = [refuse("ThrottlingException"), refuse("AccessDeniedException")]
    assert grants == [LeaseThrottled, LeaseUnavailable]


def test_a_lease_that_cannot_be_read_is_unavailable(leases, without_table):
    assert isinstance(leases.read("k"), LeaseUnavailable)


@pytest.mark.parametrize(
    "failure",
    ["", "no JSON", "null", "[]", "{}", json.dumps({**FAILURE, "status": "x"}), "[" * 5000],
)
def test_a_failure_of_another_make_counts_as_none(leases, dynamodb, failure):
    values = {"pk": "k#lease", "holder": "h", "failure": failure}
    item = {name: {"S": text} for name, text in values.items()}
    numbers = {"beat": {"N": "0"}, "ended": {"BOOL": True}}
    dynamodb.put_item(TableName=TABLE, Item=item | numbers)
    assert leases.read("k") == Lease("h", ended=True)
