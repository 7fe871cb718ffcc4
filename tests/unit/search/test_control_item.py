"""What an operator changes is applied within 15 s by every sandbox, and loses or breaks nothing."""

import hashlib
import json
import time
from typing import Any

import boto3
import httpx
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ReadTimeoutError

from clock import Clock
from image_search.aws.table import Item, Table
from image_search.search.control_item import (
    KEY,
    MOST_CALLS_PER_DAY,
    READ_SECONDS,
    RETRY_SECONDS,
    Control,
    ControlItem,
    parse,
)
from image_search.telemetry.measurements import Measurements
from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from wire import JPEG, TABLE, UPLOADS, Context

SHA256 = hashlib.sha256(JPEG).hexdigest()
PAUSED = {"paused": {"BOOL": True}}
ODD = {
    "text": {"S": "7"},
    "a fraction": {"N": "1.5"},
    "below zero": {"N": "-1"},
    "a huge number": {"N": "9" * 38},
    "null": {"NULL": True},
    "a flag": {"BOOL": True},
    "a list": {"L": [{"N": "1"}]},
    "a map": {"M": {"N": {"N": "1"}}},
    "bytes": {"B": b"\x00"},
    "numbers": {"NS": ["1", "2"]},
}
MALFORMED = [
    *(("calls_per_day", name) for name in ODD),
    *(("generation", name) for name in ODD if name not in ("below zero", "a huge number")),
    *(("paused", name) for name in ODD if name != "a flag"),
]


def put(**attributes):
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={"pk": {"S": KEY}, **attributes})


def lose():
    boto3.client("dynamodb").delete_item(TableName=TABLE, Key={"pk": {"S": KEY}})


def items():
    return [item["pk"]["S"] for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The process's wall clock."""
    clock = Clock(int(time.time()))
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def sandboxes(clock, build_proxy):
    """That all have answered one photo, at different moments of the last 14 s."""
    found = []
    for _ in range(3):
        found.append(build_proxy())
        found[-1].post()
        clock.forward(READ_SECONDS / 3 - 0.5)
    return found


def is_hit(reply):
    return reply.cache_status.startswith("image-search-proxy; hit")


def test_a_purge_is_seen_by_every_sandbox_within_15_s(sandboxes, clock, upstream):
    put(generation={"N": "7"})
    clock.forward(READ_SECONDS)
    answered = [is_hit(sandbox.post()) for sandbox in sandboxes]
    assert (answered, len(upstream.requests)) == ([False, True, True], 2)


def test_a_sandbox_reads_no_more_often(proxy, clock, metered):
    for _ in range(5):
        proxy.post()
        clock.forward(READ_SECONDS / 4)
    reads = [charge for charge in metered.charges if charge.item == KEY]
    assert [(charge.operation, charge.units.read) for charge in reads] == [("GetItem", 1)] * 2


def test_a_frozen_sandbox_applies_it_to_the_first_request(proxy, clock, upstream):
    proxy.post()
    put(generation={"N": "7"}, **PAUSED)
    clock.forward(1200)
    assert (proxy.post().code, len(upstream.requests)) == ("upstream_paused", 1)


def test_a_new_sandbox_applies_it_to_the_first_request(proxy, build_proxy, upstream):
    proxy.post()
    put(generation={"N": "7"})
    assert (is_hit(build_proxy().post()), is_hit(build_proxy().post())) == (False, True)


def test_a_clock_that_was_set_back_makes_no_copy_younger(proxy, clock):
    proxy.post()
    put(**PAUSED)
    clock.forward(-600)
    assert proxy.post(query="us=1").code == "upstream_paused"


def test_a_purge_and_a_deployments_generation_do_not_undo_each_other(build_proxy):
    def ask(generation):
        return is_hit(build_proxy(CACHE_GENERATION=generation).post())

    found = [ask("0"), ask("0")]
    put(generation={"N": "7"})
    found += [ask("0"), ask("0"), ask("1"), ask("1")]
    put(generation={"N": "8"})
    found += [ask("1"), ask("1")]
    put()  # undone
    found += [ask("0"), ask("1")]
    assert found == [False, True, False, True, False, True, False, True, True, False]


# --- paused ---------------------------------------------------------------------------------------


def test_what_is_cached_is_answered_while_paused(sandboxes, clock, upstream):
    put(**PAUSED)
    clock.forward(READ_SECONDS)
    assert (is_hit(sandboxes[0].post()), len(upstream.requests)) == (True, 1)


def test_so_is_what_is_stale(proxy, clock, upstream):
    proxy.post()
    put(**PAUSED)
    clock.forward(3700)
    reply = proxy.post()
    assert (
        reply.headers["Cache-Status"] == "image-search-proxy; hit; ttl=-100; detail=stale-if-error"
    )
    assert len(upstream.requests) == 1


def test_new_photos_are_refused_and_count_for_nothing(proxy, upstream, capsys):
    put(**PAUSED)
    reply = proxy.post()
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (
        503,
        "upstream_paused",
        "60",
    )
    assert "RateLimit" not in reply.headers
    assert (len(upstream.requests), items()) == (0, [KEY])
    (line,) = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert (line["error"], line["PausedRefusals"]) == ("upstream_paused", [1.0])


def test_a_photo_that_nobody_has_sent_gets_no_form(proxy):
    put(**PAUSED)
    reply = proxy.get(f"/v2/image_search/{SHA256}")
    assert (reply.status, reply.code) == (503, "upstream_paused")


def test_an_answer_near_its_end_is_not_renewed(proxy, clock, upstream):
    proxy.post()
    put(**PAUSED)
    clock.forward(3500)
    assert (is_hit(proxy.post()), len(upstream.requests)) == (True, 1)


def test_nothing_is_searched_where_nothing_is_cached(build_proxy):
    put(**PAUSED)
    assert build_proxy(CACHE_SCOPE="off").post().code == "upstream_paused"


def test_a_request_that_was_under_way_makes_no_call(proxy, clock, upstream, aws_events):
    """It took 15 s to read its image."""
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)

    def pause_meanwhile(**_):
        put(**PAUSED)
        clock.forward(READ_SECONDS)

    aws_events.register_first("before-send.s3.GetObject", pause_meanwhile)
    reply = proxy.get(f"/v2/image_search/{SHA256}")
    assert (reply.code, len(upstream.requests)) == ("upstream_paused", 0)


def test_it_ends_when_searches_are_resumed(proxy, clock):
    put(**PAUSED)
    statuses = [proxy.post().status]
    put()
    clock.forward(READ_SECONDS)
    assert [*statuses, proxy.post().status] == [503, 200]


def test_the_prefetch_applies_it(aws, environment, upstream, build_proxy):
    form = build_proxy(REFRESH_FUNCTION="prefetch").get(f"/v2/image_search/{SHA256}").json["upload"]
    ticket = form["fields"]["x-amz-meta-ticket"]
    boto3.client("s3").put_object(
        Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG, Metadata={"ticket": ticket}
    )
    put(**PAUSED)
    settings = PrefetchSettings.from_environment(environment)
    handler = build_prefetch(settings, httpx.MockTransport(upstream))
    about = {"bucket": {"name": UPLOADS}, "object": {"key": f"uploads/{SHA256}"}}
    context: Any = Context()
    handler({"Records": [{"s3": about}]}, context)
    assert len(upstream.requests) == 0


# --- the daily cap --------------------------------------------------------------------------------


def ask_for(proxy, *photos):
    return [proxy.post(query=f"us={photo}").status for photo in photos]


def test_a_raised_cap_ends_the_refusals(build_proxy, clock):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1")
    statuses = ask_for(proxy, 1, 2)
    put(calls_per_day={"N": "2"})
    clock.forward(READ_SECONDS)
    assert statuses + ask_for(proxy, 3, 4) == [200, 503, 200, 503]


def test_a_lowered_cap_holds_for_calls_that_were_taken_in_advance(build_proxy, clock):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1000000")
    statuses = ask_for(proxy, 1)
    put(calls_per_day={"N": "5"})
    clock.forward(READ_SECONDS)
    assert statuses + ask_for(proxy, 2) == [200, 503]


def test_without_it_the_cap_is_the_templates_again(build_proxy, clock):
    put(calls_per_day={"N": "1"})
    proxy = build_proxy()
    statuses = ask_for(proxy, 1, 2)
    put()
    clock.forward(READ_SECONDS)
    assert statuses + ask_for(proxy, 3) == [200, 503, 200]


# --- lost, malformed, or out of reach -------------------------------------------------------------


def test_a_lost_item_means_the_templates_values(proxy, clock):
    put(calls_per_day={"N": "1"}, **PAUSED)
    statuses = ask_for(proxy, 1)
    lose()
    clock.forward(READ_SECONDS)
    assert statuses + ask_for(proxy, 2, 3) == [503, 200, 200]


@pytest.mark.parametrize(("attribute", "odd"), MALFORMED)
def test_a_malformed_item_changes_nothing(aws, clock, capsys, attribute, odd):
    put(calls_per_day={"N": "5"}, generation={"N": "7"}, **PAUSED)
    control = ControlItem(Table(boto3.client("dynamodb"), TABLE, logger(), clock), logger())
    control.refresh(Measurements())
    put(**{attribute: ODD[odd]})
    measured = []
    for _ in range(2):
        clock.forward(READ_SECONDS)
        measured.append(Measurements())
        control.refresh(measured[-1])
    assert control.latest == Control(5, 7, paused=True)
    assert [each.control_malformed for each in measured] == [True, True]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["control item malformed"]


def logger():
    return Logger(service="image-search-proxy")


def test_a_malformed_item_is_the_templates_values_to_a_new_sandbox(proxy, capsys):
    put(paused={"S": "yes"})
    assert proxy.post().status == 200
    *_, line = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert line["ControlItemMalformed"] == [1.0]


@pytest.mark.parametrize(
    ("attributes", "control"),
    [
        ({}, Control()),
        ({"calls_per_day": {"N": str(MOST_CALLS_PER_DAY)}}, Control(MOST_CALLS_PER_DAY)),
        ({"calls_per_day": {"N": str(MOST_CALLS_PER_DAY + 1)}}, None),
        ({"calls_per_day": {"N": "0"}}, None),
        ({"paused": {"BOOL": False}}, Control()),
        ({"another": {"S": "of a later version"}}, Control()),
    ],
)
def test_what_is_understood(attributes, control):
    assert parse(Item(attributes)) == control


def test_an_item_that_cannot_be_read_changes_nothing(proxy, clock, aws_events, upstream):
    put(**PAUSED)
    statuses = ask_for(proxy, 1)
    lose()
    clock.forward(READ_SECONDS)

    def fail(request, **_):
        raise ReadTimeoutError(endpoint_url=request.url, error="slow")

    aws_events.register_first("before-send.dynamodb.GetItem", fail)
    assert (statuses + ask_for(proxy, 2), len(upstream.requests)) == ([503, 503], 0)


def test_a_read_that_failed_is_tried_again_after_a_second(aws, clock):
    class Failing:
        reads = 0
        exceptions = boto3.client("dynamodb").exceptions

        def get_item(self, **_):
            self.reads += 1
            raise self.exceptions.ProvisionedThroughputExceededException(
                {"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem"
            )

    dynamodb: Any = Failing()
    control = ControlItem(Table(dynamodb, TABLE, logger(), clock), logger())
    for seconds in (0, RETRY_SECONDS / 2, RETRY_SECONDS / 2):
        clock.forward(seconds)
        control.refresh(Measurements())
    assert dynamodb.reads == 2
