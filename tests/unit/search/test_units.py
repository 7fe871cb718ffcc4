"""DynamoDB's units of every way that a request can take.

The figures are in benchmarks/cost/units.py, for the bill is made of them.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from benchmarks.cost.units import ANSWER_BYTES, METERED, Metered
from image_search.cache.collapsed_forwarding import RENEW_SECONDS
from image_search.search.control_item import KEY as CONTROL
from metering.meter import Charge, Meter
from metering.units import Units
from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from waiting import PATIENCE_SECONDS, wait_until
from wire import JPEG, TABLE, UPLOADS, Context, Proxy, Reply, Upstream, answer_of

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
NO_IMAGE = b"%PDF-1.7"
UNUSABLE = hashlib.sha256(NO_IMAGE).hexdigest()
UPLOADED = {
    "Records": [{"s3": {"bucket": {"name": UPLOADS}, "object": {"key": f"uploads/{SHA256}"}}}]
}
IN_VAIN = Units(*METERED["waiter, each look in vain"])


def answer() -> httpx.Response:
    return answer_of(ANSWER_BYTES)


@dataclass
class Deployment:
    """Sandboxes on one table, whose calls are metered."""

    build: Callable[..., Proxy]
    upstream: Upstream
    meter: Meter
    orders: list[dict[str, Any]]
    environment: dict[str, str]

    def sandbox(self, **variables: str) -> Proxy:
        """A new one. What is charged from here on is looked at."""
        proxy = self.build(**variables)
        self.meter.reset()
        return proxy

    def with_answer(self, seconds_ago: int = 0) -> None:
        """An answer of so long ago to the uploaded photo; they are fresh for an hour."""
        boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
        assert self.build().get(PATH).status == 200
        dynamodb = boto3.client("dynamodb")
        (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
        for name in ("stored_at", "fresh_until"):
            item[name] = {"N": str(int(item[name]["N"]) - seconds_ago)}
        dynamodb.put_item(TableName=TABLE, Item=item)

    def upload(self, ticket: str | None, content: bytes = JPEG) -> None:
        name = hashlib.sha256(content).hexdigest()
        metadata = {"ticket": ticket} if ticket else {}
        boto3.client("s3").put_object(
            Bucket=UPLOADS, Key=f"uploads/{name}", Body=content, Metadata=metadata
        )

    def carry_out(self, *events: dict[str, Any]) -> None:
        """These, or what requests have ordered."""
        settings = PrefetchSettings.from_environment(self.environment)
        handler = build_prefetch(settings, httpx.MockTransport(self.upstream))
        context: Any = Context()
        for order in events or self.orders:
            handler(order, context)


@pytest.fixture
def deployment(build_proxy, upstream, metered, environment, aws_events) -> Deployment:
    orders: list[dict[str, Any]] = []

    def take(request, **_):
        orders.append(json.loads(request.body))
        return AWSResponse(request.url, 202, HTTPHeaders(), _Raw(b"{}"))

    aws_events.register_first("before-send.lambda.Invoke", take)
    upstream.answer = lambda _: answer()
    return Deployment(build_proxy, upstream, metered, orders, environment)


class _Raw(io.BytesIO):
    def stream(self, **_):
        return iter([self.getvalue()])


def expect(reply: Reply, status: int, cache_status: str = "") -> None:
    """That a way is the one that it is named for."""
    found = reply.headers.get("Cache-Status", "")
    assert (reply.status, cache_status in found, found) == (status, True, found)


def hit(deployment: Deployment) -> None:
    deployment.with_answer()
    expect(deployment.sandbox().post(), 200, "hit")


def hit_renewed_by_another(deployment: Deployment) -> None:
    """Asks while the other's search is under way."""
    deployment.with_answer(seconds_ago=3_500)
    one, other = deployment.build(), deployment.build()
    charges: list[Charge] = []

    def answer_while_another_asks(_: httpx.Request) -> httpx.Response:
        deployment.meter.reset()
        expect(other.post(), 200, "hit")
        charges.extend(deployment.meter.charges)
        return answer()

    deployment.upstream.answer = answer_while_another_asks
    expect(one.post(), 200, "refresh-ahead")
    deployment.meter.charges = charges


def new_miss(deployment: Deployment) -> None:
    expect(deployment.sandbox().post(), 200, "fwd=miss; stored")


def stale_miss(deployment: Deployment) -> None:
    deployment.with_answer(seconds_ago=3_700)
    expect(deployment.sandbox().post(), 200, "fwd=stale; stored")


def renewal(deployment: Deployment) -> None:
    deployment.with_answer(seconds_ago=3_500)
    expect(deployment.sandbox().post(), 200, "fwd=stale; stored")


def renewal_ordered(deployment: Deployment) -> None:
    deployment.with_answer(seconds_ago=3_500)
    expect(deployment.sandbox(REFRESH_FUNCTION="renewer").get(PATH), 200, "detail=refresh-ahead")
    assert len(deployment.orders) == 1


def renewal_carried_out(deployment: Deployment) -> None:
    renewal_ordered(deployment)
    deployment.meter.reset()
    deployment.carry_out()
    assert len(deployment.upstream.requests) == 2


def refused_by_quota(deployment: Deployment) -> None:
    quota = {"SEARCHES_PER_DAY": "1", "SEARCHES_PER_MINUTE": "1000"}
    deployment.build(**quota).post(query="us=first")
    expect(deployment.sandbox(**quota).post(), 429)


def refused_again(deployment: Deployment) -> None:
    quota = {"SEARCHES_PER_DAY": "1", "SEARCHES_PER_MINUTE": "1000"}
    deployment.build(**quota).post(query="us=first")
    sandbox = deployment.build(**quota)
    expect(sandbox.post(), 429)
    deployment.meter.reset()
    expect(sandbox.post(), 429)
    deployment.meter.charges = charged(deployment.meter, sandboxes=0)


def refused_by_cap(deployment: Deployment) -> None:
    deployment.build(UPSTREAM_CALLS_PER_DAY="1").post(query="us=first")
    expect(deployment.sandbox(UPSTREAM_CALLS_PER_DAY="1").post(), 503)


def refused_by_circuit(deployment: Deployment) -> None:
    deployment.upstream.answers(503, headers={"Retry-After": "60"})
    failing = deployment.build()
    for number in range(8):
        expect(failing.post(query=f"us={number}"), 503)
    asked = len(deployment.upstream.requests)
    expect(deployment.sandbox().post(), 503)
    assert len(deployment.upstream.requests) == asked


def upload_form(deployment: Deployment) -> None:
    wanted = {"sha256": SHA256, "content_type": "image/jpeg", "size": len(JPEG)}
    reply = deployment.sandbox(REFRESH_FUNCTION="prefetch").post(
        json.dumps(wanted).encode(),
        path="/v2/uploads",
        headers={"content-type": "application/json"},
    )
    expect(reply, 200)


def unknown_image(deployment: Deployment) -> None:
    expect(deployment.sandbox(REFRESH_FUNCTION="prefetch").get(PATH), 404)


def upload_searched_ahead(deployment: Deployment) -> None:
    form = deployment.sandbox(REFRESH_FUNCTION="prefetch").get(PATH).json["upload"]
    deployment.upload(form["fields"]["x-amz-meta-ticket"])
    deployment.meter.reset()
    deployment.carry_out(UPLOADED)
    assert len(deployment.upstream.requests) == 1


def form_posted_again(deployment: Deployment) -> None:
    upload_searched_ahead(deployment)
    deployment.meter.reset()
    deployment.carry_out(UPLOADED)
    assert len(deployment.upstream.requests) == 1


def unusable_upload(deployment: Deployment) -> None:
    deployment.upload(None, NO_IMAGE)
    about = {"bucket": {"name": UPLOADS}, "object": {"key": f"uploads/{UNUSABLE}"}}
    deployment.carry_out({"Records": [{"s3": about}]})


def unusable_upload_asked_for(deployment: Deployment) -> None:
    unusable_upload(deployment)
    sandbox = deployment.sandbox(REFRESH_FUNCTION="prefetch")
    expect(sandbox.get(f"/v2/image_search/{UNUSABLE}"), 415)


WAYS = {
    "hit": hit,
    "hit near its end, renewed by another": hit_renewed_by_another,
    "new miss": new_miss,
    "stale miss": stale_miss,
    "renewal by a request": renewal,
    "renewal ordered by a request": renewal_ordered,
    "renewal ordered, carried out": renewal_carried_out,
    "refused: the caller's quota": refused_by_quota,
    "refused again": refused_again,
    "refused: the daily cap": refused_by_cap,
    "refused: the circuit is open": refused_by_circuit,
    "upload form": upload_form,
    "unknown image, with an upload form": unknown_image,
    "upload searched ahead": upload_searched_ahead,
    "upload by a form that was used": form_posted_again,
    "upload that no search can use": unusable_upload,
    "unusable image asked for": unusable_upload_asked_for,
}


@pytest.mark.parametrize("way", WAYS)
def test_units_of(way, deployment):
    WAYS[way](deployment)
    charges = charged(deployment.meter)
    assert total(charges) == METERED[way], charges


def test_units_of_a_waiter(deployment):
    """What two who ask for the same are charged beyond one who asks alone. How often one looks
    in vain is chance, so those looks are a figure of their own."""
    new_miss(deployment)
    alone = Counter(charged(deployment.meter))
    together = ask_together(deployment)
    beyond = Counter(together) - alone
    in_vain = beyond.pop(Charge("GetItem", "lease", IN_VAIN, consistent=False))
    assert (total(beyond.elements()), in_vain >= 1) == (METERED["waiter"], True)


def ask_together(deployment: Deployment) -> list[Charge]:
    """Two sandboxes at once for the same; again where the machine took so long that the lease
    was renewed, which is no part of the way."""
    for attempt in range(10):
        started = time.monotonic()
        charges = _ask_together(deployment, f"us=both-{attempt}")
        if time.monotonic() - started < RENEW_SECONDS:
            break
    return charges


def _ask_together(deployment: Deployment, query: str) -> list[Charge]:
    two, release = [deployment.sandbox(), deployment.sandbox()], threading.Event()

    def answer_late(_: httpx.Request) -> httpx.Response:
        assert release.wait(PATIENCE_SECONDS)
        return answer()

    deployment.upstream.answer = answer_late
    asked = len(deployment.upstream.requests)
    with ThreadPoolExecutor() as pool:
        holder = pool.submit(two[0].post, query=query)
        wait_until(lambda: len(deployment.upstream.requests) > asked, pause=0.01)
        waiter = pool.submit(two[1].post, query=query)
        wait_until(lambda: looks_at_the_lease(deployment.meter) >= 3, pause=0.01)
        release.set()
        expect(holder.result(), 200, "fwd=miss; stored")
        expect(waiter.result(), 200, "fwd=miss; collapsed")
    return charged(deployment.meter, sandboxes=2)


def test_units_of_the_control_item(deployment):
    """A busy sandbox reads it once in 15 s, whatever it is asked."""
    sandbox = deployment.sandbox()
    for _ in range(3):
        sandbox.post()
    charges = [charge for charge in deployment.meter.charges if charge.item == CONTROL]
    assert total(charges) == METERED["control item, each 15 s of a sandbox"]


def test_every_figure_is_metered():
    others = {
        "waiter",
        "waiter, each look in vain",
        "control item, each 15 s of a sandbox",
    }
    assert set(METERED) == set(WAYS) | others


def charged(meter: Meter, sandboxes: int = 1) -> list[Charge]:
    """The circuit's item once for each sandbox, which reads it again after a second: on a slow
    machine within the request. Other items by what they are for, as two photos' differ, and without
    the control item."""
    circuit = [charge for charge in meter.charges if charge.item == "breaker"]
    others = [
        replace(charge, item=_kind(charge.item))
        for charge in meter.charges
        if charge not in circuit and charge.item != CONTROL
    ]
    return circuit[:sandboxes] + others


def _kind(item: str) -> str:
    if item.endswith("#lease"):
        return "lease"
    return item.partition("#")[0] if "#" in item else "answer"


def looks_at_the_lease(meter: Meter) -> int:
    charges = list(meter.charges)
    return sum(each.operation == "GetItem" and _kind(each.item) == "lease" for each in charges)


def total(charges: Iterable[Charge]) -> Metered:
    units = Units.sum(charge.units for charge in charges)
    return Metered(units.read, units.write)
