"""How long clients' caches use our answers, by npm's http-cache-semantics: as long as our own."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from wire import ANSWER, JPEG, TABLE, UPLOADS, Proxy, Reply, Upstream, http_event

SCRIPT = Path(__file__).with_name("cache.mjs")
SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
LIFE = 3600
OURS, ANOTHERS = {"authorization": "Bearer me"}, {"authorization": "Bearer you"}

Case = dict[str, Any]


def played(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What http-cache-semantics makes of them."""
    done = subprocess.run(
        ["node", SCRIPT], input=json.dumps(cases), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def asked(method: str = "GET", headers: Mapping[str, str] | None = None) -> Case:
    path = "/v2/image_search" if method == "POST" else PATH
    return {"method": method, "url": path, "headers": dict(headers or {})}


def answered(reply: Reply) -> Case:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    return {"status": reply.status, "headers": headers}


def case(reply: Reply, request: Case, *steps: Case, shared: bool = False) -> Case:
    return {"shared": shared, "request": request, "response": answered(reply), "steps": steps}


def at(seconds: float, request: Case, reply: Reply | None = None) -> Case:
    """A request that many seconds after the answer, and what a revalidation was answered with."""
    return {"after": seconds, "request": request, "response": reply and answered(reply)}


def left(reply: Reply) -> int:
    """Seconds that our own cache goes on using it."""
    (ttl,) = re.findall(r"ttl=(-?\d+)", reply.headers["Cache-Status"])
    return int(ttl)


def age(seconds: int) -> None:
    """Brings the stored answer to an age."""
    client = boto3.client("dynamodb")
    for item in client.scan(TableName=TABLE)["Items"]:
        if "fresh_until" in item:
            for name in ("stored_at", "fresh_until"):
                item[name] = {"N": str(int(item[name]["N"]) - seconds)}
            client.put_item(TableName=TABLE, Item=item)


def upload() -> None:
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)


def signed_in(request: Case) -> dict[str, Any]:
    """The event of a user whose token the gateway has verified."""
    event = http_event("GET", PATH, "", request["headers"], b"")
    event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "me"}, "scopes": None}}
    return event


MOMENTS = (0, 1, 600, 1799, 1801, 3000, 3590)


def new(reply: Reply, method: str = "GET") -> tuple[Reply, Case]:
    """An answer that a cache has just got."""
    return reply, case(reply, asked(method), at(0, asked(method)))


def life_of(proxy: Proxy) -> list[tuple[Reply, Case]]:
    """Each kind of answer at many moments of one life, and how a client's cache comes by it."""
    replies = [new(proxy.post(), "POST")]
    passed = 0
    for moment in MOMENTS:
        age(moment - passed)
        passed = moment
        found = proxy.get(PATH)
        unchanged = proxy.get(PATH, {"if-none-match": found.headers["ETag"]})
        replies += [
            new(found),
            new(proxy.get(PATH, {"accept-encoding": "gzip"})),
            new(proxy.get(PATH, method="HEAD"), "HEAD"),
            (unchanged, case(found, asked(), at(0, asked(), unchanged))),
            new(proxy.post(), "POST"),
        ]
    return replies


def test_a_client_uses_an_answer_as_long_as_our_cache_does(proxy: Proxy) -> None:
    life = life_of(proxy)
    outcomes = played([each for _, each in life])
    assert [outcome["steps"][0]["seconds"] for outcome in outcomes] == [
        left(reply) for reply, _ in life
    ]


def test_it_is_used_to_the_last_second_and_then_asked_for_again(proxy: Proxy) -> None:
    proxy.post()
    age(1800)
    reply = proxy.get(PATH)
    rest = left(reply)
    (outcome,) = played([case(reply, asked(), at(rest - 0.5, asked()), at(rest + 0.5, asked()))])
    tag = reply.headers["ETag"]
    assert [(step["usable"], step["condition"]) for step in outcome["steps"]] == [
        (True, tag),
        (False, tag),
    ]
    assert LIFE - 1830 <= rest <= LIFE - 1800


def test_a_304_begins_the_rest_of_our_life_or_a_new_one(proxy: Proxy) -> None:
    """Whatever age the client's cache holds from before."""
    upload()
    proxy.post()
    age(1000)
    first = proxy.get(PATH)
    tag = {"if-none-match": first.headers["ETag"]}
    age(1000)
    second = proxy.get(PATH, tag)
    age(LIFE)
    third = proxy.get(PATH, tag)
    (outcome,) = played(
        [case(first, asked(), at(1000, asked(), second), at(1000 + LIFE, asked(), third))]
    )
    assert [(step["unchanged"], step["seconds"]) for step in outcome["steps"]] == [
        (True, left(second)),
        (True, left(third)),
    ]
    assert (left(second) < LIFE / 2, left(third) > LIFE - 30) == (True, True)


def test_a_degraded_answer_is_used_for_its_minute(proxy: Proxy, upstream: Upstream) -> None:
    upstream.answers(200, json={**ANSWER, "whole_image_search_fallback": True})
    proxy.post()
    age(40)
    reply = proxy.get(PATH)
    (outcome,) = played([case(reply, asked(), at(0, asked()))])
    assert 0 < left(reply) <= 20
    assert outcome["steps"][0]["seconds"] == left(reply)


@pytest.mark.parametrize("late", [1, LIFE])
def test_a_stale_answer_is_used_once(proxy: Proxy, upstream: Upstream, late: int) -> None:
    upload()
    proxy.post()
    age(LIFE + late)
    upstream.answers(500)
    reply = proxy.get(PATH)
    (outcome,) = played([case(reply, asked(), at(0, asked()))])
    assert "detail=stale-if-error" in reply.headers["Cache-Status"]
    assert (outcome["steps"][0]["seconds"], outcome["steps"][0]["usable"]) == (0, False)


def test_no_shared_cache_keeps_an_answer_and_none_keeps_an_error(
    proxy: Proxy, upstream: Upstream
) -> None:
    found = proxy.post()
    missing = proxy.get(f"/v2/image_search/{'0' * 64}")
    wrong = proxy.get("/nothing")
    upstream.answers(500)
    failed = proxy.post(query="us=another")
    cases = [case(found, asked("POST"), shared=shared) for shared in (False, True)]
    cases += [case(reply, asked()) for reply in (missing, wrong, failed)]
    assert [outcome["storable"] for outcome in played(cases)] == [True, False, False, False, False]


@pytest.mark.parametrize("by_token", [True, False])
def test_an_answer_is_the_users_own_where_users_sign_in(
    build_proxy: Callable[..., Proxy], *, by_token: bool
) -> None:
    proxy = build_proxy()
    proxy.post()
    mine, yours = asked(headers=OURS), asked(headers=ANOTHERS)
    reply = proxy.send(signed_in(mine)) if by_token else proxy.get(PATH, OURS)
    (outcome,) = played([case(reply, mine, at(1, mine), at(1, yours))])
    assert [step["usable"] for step in outcome["steps"]] == [True, not by_token]


def test_another_coding_is_asked_for(proxy: Proxy) -> None:
    proxy.post()
    gzip, plain = ({"accept-encoding": coding} for coding in ("gzip", "identity"))
    reply = proxy.get(PATH, gzip)
    steps = [at(1, asked(headers=each)) for each in (gzip, plain)]
    (outcome,) = played([case(reply, asked(headers=gzip), *steps)])
    assert [step["usable"] for step in outcome["steps"]] == [True, False]
