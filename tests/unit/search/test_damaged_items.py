"""Whatever lies in the table under an answer's name, a search is answered, and anew if need be."""

import base64
import gzip
import json
import time
from typing import Any

import boto3
import pytest

from image_search.errors import SharedError
from wire import ANSWER, JPEG, TABLE, Context, http_event

NOW = int(time.time())
GOOD: dict[str, Any] = {
    "body": {"B": gzip.compress(json.dumps(ANSWER).encode())},
    "tag": {"B": bytes.fromhex("a" * 32)},
    "rev": {"S": "0" * 16},
    "stored_at": {"N": str(NOW)},
    "fresh_until": {"N": str(NOW + 3600)},
    "expires_at": {"N": str(NOW + 7200)},
}
DAMAGE: dict[str, dict[str, Any]] = {
    "a body of text": {"body": {"S": "{}"}},
    "a body that is no gzip": {"body": {"B": b"hello"}},
    "an empty body": {"body": {"B": b""}},
    "gzip of nothing": {"body": {"B": gzip.compress(b"")}},
    "the start of gzip": {"body": {"B": b"\x1f\x8b\x08"}},
    "gzip and then noise": {"body": {"B": gzip.compress(b"{}")[:10] + b"\xff" * 40}},
    "a body that is a list": {"body": {"L": [{"B": b"x"}]}},
    "a body that is null": {"body": {"NULL": True}},
    "a set of bodies": {"body": {"BS": [b"a", b"b"]}},
    "no body": {"body": None},
    "no tag": {"tag": None},
    "a tag of text": {"tag": {"S": "a\r\nSet-Cookie: b=c" + "d" * 15}},
    "a long tag": {"tag": {"B": b"a" * 100_000}},
    "a tag that is a number": {"tag": {"N": "7"}},
    "a time that is text": {"stored_at": {"S": "now"}},
    "a time with a fraction": {"fresh_until": {"N": str(NOW + 0.5)}},
    "a time beyond all": {"fresh_until": {"N": "9" * 37}},
    "a time below zero": {"stored_at": {"N": "-1"}},
    "an end before the start": {"stored_at": {"N": str(NOW + 9000)}},
    "maps for times": {"stored_at": {"M": {}}, "fresh_until": {"M": {"N": {"N": "1"}}}},
    "a failure that is no JSON": {"body": None, "fresh_until": None, "failure": {"S": "{"}},
    "a failure nested too deeply": {"body": None, "failure": {"S": "[" * 100_000}},
    "a failure of another shape": {
        **dict.fromkeys(("body", "fresh_until", "stored_at")),
        "failure": {"S": '{"status": "x", "code": 1, "headers": [], "body": null}'},
        "lease": {"N": "1"},
    },
}
CUT_OFF = {
    "a part of an answer": GOOD["body"]["B"][:-20],
    "an answer of another length than it says": GOOD["body"]["B"][:-1] + b"\x7f",
    "gigabytes": gzip.compress(bytes(200_000_000), 1)[:390_000],
}
GZIP = {"accept-encoding": "gzip"}


@pytest.fixture
def damage(proxy):
    """Puts another item in the place of the answer."""

    def change(attributes):
        proxy.post()
        (item,) = [
            item
            for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
            if "body" in item
        ]
        changed = {"pk": item["pk"], **GOOD, **attributes}
        kept = {name: value for name, value in changed.items() if value is not None}
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=kept)

    return change


def test_an_item_as_it_should_be_is_a_hit(proxy, damage, upstream):
    damage({})
    assert (proxy.post().json, len(upstream.requests)) == (ANSWER, 1)


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_item_is_searched_for_anew_and_replaced(proxy, damage, upstream, name, headers):
    damage(DAMAGE[name])
    replies = [proxy.post(JPEG, headers=headers) for _ in range(2)]
    assert [(reply.status, reply.json) for reply in replies] == [(200, ANSWER)] * 2
    assert len(upstream.requests) == 2
    assert "hit" in replies[1].cache_status


def test_a_recorded_500_is_none_of_ours():
    record = {"status": 500, "code": "internal_error", "headers": {}, "body": {}}
    assert SharedError.parse(json.dumps(record)) is None
    assert SharedError.parse(json.dumps({**record, "status": 502})) is not None


@pytest.mark.parametrize("name", CUT_OFF)
def test_what_cannot_be_decompressed_is_searched_for_anew_by_those_who_need_it_to(
    proxy, damage, upstream, name
):
    damage({"body": {"B": CUT_OFF[name]}})
    replies = [proxy.post(), proxy.post()]
    assert [(reply.status, reply.json) for reply in replies] == [(200, ANSWER)] * 2
    assert len(upstream.requests) == 2
    assert "hit" in replies[1].cache_status


@pytest.mark.parametrize("name", CUT_OFF)
def test_and_it_is_no_answer_to_them_while_upstream_fails(proxy, damage, upstream, name):
    damage({"body": {"B": CUT_OFF[name]}})
    upstream.answers(500)
    reply = proxy.post()
    assert (reply.status, reply.code) == (502, "upstream_error")


def test_those_who_take_gzip_get_it_as_it_is(proxy, damage, upstream):
    """To look at all of each answer is not worth it: what is stored was whole when it was."""
    damage({"body": {"B": CUT_OFF["a part of an answer"]}})
    event = http_event("POST", "/v2/image_search", "", GZIP, JPEG)
    response = proxy.handler(event, Context())
    assert (response["statusCode"], base64.b64decode(response["body"])) == (
        200,
        CUT_OFF["a part of an answer"],
    )
    assert len(upstream.requests) == 1
