"""Whatever lies in the table where counters and the circuit are kept, a search is answered."""

import time

import boto3
import pytest

from wire import ANSWER, TABLE

ODD = {
    "text": {"S": "many"},
    "a fraction": {"N": "1.5"},
    "a huge number": {"N": "9" * 38},
    "below zero": {"N": "-" + "9" * 38},
    "null": {"NULL": True},
    "a list": {"L": [{"N": "1"}]},
    "a map": {"M": {"N": {"N": "1"}}},
    "bytes": {"B": b"\x00"},
    "numbers": {"NS": ["1", "2"]},
}


def put(key, **attributes):
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={"pk": {"S": key}, **attributes})


@pytest.mark.parametrize("names", [["failures"], ["probe", "probe_until"], ["failures", "probe"]])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_circuit_counts_as_closed(proxy, odd, names):
    put("breaker", **dict.fromkeys(names, ODD[odd]))
    assert (proxy.post().status, proxy.post(query="us=1").json) == (200, ANSWER)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_circuit_stops_no_failure_from_being_reported(proxy, upstream, odd):
    put("breaker", **dict.fromkeys(("failures", "open_until", "probe"), ODD[odd]))
    upstream.answers(500)
    assert proxy.post().status in (502, 503)


# moto compares no other types, which DynamoDB does not find equal, smaller or larger.
@pytest.mark.parametrize("odd", ["a fraction", "a huge number", "below zero", "null"])
def test_an_odd_counter_is_no_error_of_ours(proxy, odd):
    proxy.post()
    found = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    for item in found:
        if item["pk"]["S"].startswith("limit#"):
            minute = f"m{int(time.time()) % 86_400 // 60}"
            put(item["pk"]["S"], **{"used": ODD[odd], minute: ODD[odd]})
    assert proxy.post(query="us=1").status in (200, 429, 503)
