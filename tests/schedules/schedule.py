"""One schedule: made of a seed, and run to its end."""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx
from pydantic import SecretStr

from image_search import deadline, side_by_side
from image_search.aws.json_client import client as json_client
from image_search.cache.key import cache_key
from image_search.cache.request_directives import RequestCacheControl
from image_search.deadline import Deadline
from image_search.errors import DailyCapExceeded, ImageNotFound, RateLimited
from image_search.images.image import Image, read_image
from image_search.limits.caller import Caller
from image_search.limits.counters import DAY
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.refresh_message import RefreshMessage
from image_search.search.request import SearchRequest
from image_search.telemetry.measurements import Measurements
from image_search.uploads.tickets import NoTicket, Ticket
from image_search.upstream.circuit_breaker import PROBE_SECONDS
from image_search.upstream.end_user import EndUser
from prefetch.background_request import background_request
from schedules.faults import EPISODE_SECONDS, Faults
from schedules.observer import Observer
from schedules.plan import PHOTOS, draw
from schedules.sandbox import (
    Lambda,
    Sandbox,
    Surroundings,
    build,
    credentials_store,
    shared_policy,
)
from schedules.table import ServedTable, Wire
from schedules.upstream import ServedUpstream
from schedules.work import Work
from schedules.world import NOON, Host, Task, World
from wire import ANSWER, JPEG

TTL_SECONDS, STALE_SECONDS = 600, 86_400
# After all that goes wrong has ended: when a lease that was handed over and forgotten, a renewal
# that failed and a minute's quota must be over.
RECOVERY_SECONDS = 130.0
_API_SECONDS = 28.5
_PARAMETERS = SearchParameters.parse("")
_PHOTOS = [read_image(JPEG[:-3] + bytes([i]) + JPEG[-2:], 10_000_000) for i in range(PHOTOS)]


@dataclass(frozen=True)
class Outcome:
    """``counts``: of events; ``judged``: writes on which moto agreed."""

    counts: dict[str, int]
    violations: list[str]
    judged: int = field(compare=False)


class _VirtualFuture(Future[Any]):
    """Of a greenlet, which is waited for in virtual time."""

    task: Task

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._world.join(self.task)
        return super().exception(timeout)


class _Threads:
    """An executor of virtual threads: each of its calls is a greenlet of the sandbox that asks."""

    def __init__(self, world: World) -> None:
        self._world = world

    def submit(self, call: Any) -> Future[Any]:
        future = _VirtualFuture(self._world)
        asking = self._world.current
        assert asking is not None

        def run() -> None:
            try:
                future.set_result(call())
            except Exception as error:
                future.set_exception(error)

        future.task = self._world.spawn(asking.host, asking.work, run)
        return future


@contextmanager
def _virtual(world: World) -> Iterator[None]:
    """The modules that ask the process's clock, or sleep, or start threads, do so in the world."""
    clock = SimpleNamespace(monotonic=world.monotonic, sleep=world.sleep, time=world.time)
    state = random.getstate()
    random.seed(world.random.random())
    threads = _Threads(world)
    with (
        patch.object(deadline, "time", clock),
        patch.object(json_client, "time", clock),
        patch.object(side_by_side, "_POOL", threads),
    ):
        yield
    random.setstate(state)


class Schedule:
    """A seed always makes the same one."""

    def __init__(self, seed: object) -> None:
        self.world = world = World(seed)
        self._plan = plan = draw(world.random)
        world.count(f"schedule: {plan.kind}")
        self._sandboxes: dict[str, list[tuple[Host, Sandbox]]] = {"api": [], "prefetch": []}
        self._numbers = count(1)
        self.observer = observer = Observer(world, plan.limits)
        self._table = ServedTable(world, observer)
        upstream = ServedUpstream(
            world, observer, plan.longest_search, plan.upstream_faults, plan.outages
        )
        faults = Faults(world, plan.table_faults, plan.episodes)
        self._around = Surroundings(
            world,
            observer,
            Wire(world, self._table, faults, observer),
            httpx.MockTransport(upstream),
            shared_policy(TTL_SECONDS, STALE_SECONDS),
            plan.limits,
            Lambda(world, self._deliver),
        )
        credentials = credentials_store().get()
        query = query_string.encode(_PARAMETERS.canonical_pairs())
        self._query = query
        self._keys = [cache_key(credentials, "0", query, photo.sha256) for photo in _PHOTOS]
        self._begin()

    def run(self) -> Outcome:
        with _virtual(self.world):
            self.world.run()
        return Outcome(self.world.counts, self.observer.violations, self._table.judged)

    def _begin(self) -> None:
        for key, age in zip(self._keys, self._plan.ages, strict=False):
            if age is not None:
                self._table.put(_stored(key, NOON - age))
        if self._plan.calls_counted:
            key = f"limit#deployment#upstream-calls#{NOON // DAY * DAY}"
            used = {"N": str(self._plan.calls_counted)}
            self._table.put({"pk": {"S": key}, "used": used})
        for at, photo in self._plan.arrivals:
            self.world.at(at, partial(self._request, photo))
        for at, photo in self._plan.uploads:
            self.world.at(at, partial(self._upload, photo))
        self.world.at(self._plan.horizon + EPISODE_SECONDS, self._calm_down)

    # Requests.

    def _request(self, photo: int) -> None:
        chance = self.world.random
        host, sandbox = self._sandbox("api")
        seconds = _API_SECONDS if chance.random() < 0.8 else chance.uniform(1, 12)
        directives = ""
        if chance.random() < 0.1:
            directives = chance.choice(("no-cache", "no-store", "only-if-cached", "max-age=60"))
        control = RequestCacheControl.parse(directives, allow_bypass=True)
        uri = f"s3://uploads/{photo}" if chance.random() < self._plan.by_name else None
        self._search(host, sandbox, photo, seconds, control, uri)

    def _search(
        self,
        host: Host,
        sandbox: Sandbox,
        photo: int,
        seconds: float,
        control: RequestCacheControl,
        uri: str | None,
    ) -> Work:
        work = self._work(f"request {next(self._numbers)}", host, photo, seconds)
        work.control = control
        caller = f"ip:{self.world.random.randrange(3)}"

        def run() -> None:
            request = SearchRequest(
                sha256=_PHOTOS[photo].sha256,
                load=self._loading(photo, uri),
                parameters=_PARAMETERS,
                end_user=EndUser("", ""),
                caller=Caller(SecretStr(caller)),
                deadline=Deadline.after(seconds),
                cache_control=control,
                measurements=Measurements(),
                image_uri=uri,
            )
            self._answer(work, request, lambda: sandbox.search.search(request))

        self.world.count("request")
        self.world.spawn(host, work, run)
        return work

    # Afterwards.

    def _calm_down(self) -> None:
        """From now on nothing fails: after a while, every sandbox must answer again."""
        self.world.is_calm = True
        living = [each for each in self._sandboxes["api"] if not each[0].is_dead]
        asked = self.world.random.sample(living, min(4, len(living)))
        for number, (host, sandbox) in enumerate(asked):
            start = RECOVERY_SECONDS + number * 3 * PROBE_SECONDS
            works: list[Work] = []
            for attempt in range(3):
                ask = partial(self._ask_in_calm, host, sandbox, works)
                self.world.at(start + attempt * (PROBE_SECONDS + 1), ask)
            self.world.at(start + 3 * PROBE_SECONDS + 30, partial(self._check_calm, works))

    def _ask_in_calm(self, host: Host, sandbox: Sandbox, works: list[Work]) -> None:
        photo = self.world.random.randrange(len(self._plan.ages))
        control = RequestCacheControl(no_cache=True)  # so that all that a search needs is asked
        works.append(self._search(host, sandbox, photo, _API_SECONDS, control, None))

    def _check_calm(self, works: list[Work]) -> None:
        """A sandbox may see an opening of the circuit for the first time, and believe it for a
        while, but no longer than a probe may take."""
        self.world.count("asked in calm")
        error = works[-1].error
        if error is not None and not isinstance(error, DailyCapExceeded | RateLimited):
            self.observer.violated(
                f"{works[-1].name} was refused long after all went well: {error!r}"
            )

    # Background searches.

    def _deliver(self, payload: str) -> None:
        """Lambda brings an asynchronous invocation once or twice, soon or late."""
        message = RefreshMessage.from_event(json.loads(payload))
        assert message is not None
        self._search_later("message", message.ticket, None)

    def _upload(self, photo: int) -> None:
        """A form is handed out, and used once or more often: each time, an event comes of it."""
        host, sandbox = self._sandbox("api")
        work = self._work(f"form {next(self._numbers)}", host, photo, _API_SECONDS)
        ticket = Ticket(_PHOTOS[photo].sha256, self._query, "192.0.2.1", "app")

        def run() -> None:
            ticket_id = sandbox.tickets.write(ticket)
            host.is_busy = False
            for _ in range(self.world.random.randint(1, 3) if ticket_id else 0):
                self._search_later("upload", ticket_id, photo)

        self.world.count("form")
        self.world.spawn(host, work, run)

    def _search_later(self, name: str, ticket: str | None, photo: int | None) -> None:
        chance = self.world.random
        for _ in range(chance.choice((1, 1, 2))):
            delay = chance.choice((0.1, 1, 5, 70)) * chance.uniform(0.5, 1.5)
            self.world.at(delay, partial(self._search_ahead, name, ticket, photo))

    def _search_ahead(self, name: str, ticket_id: str | None, uploaded: int | None) -> None:
        """As the prefetch does it: of an upload, or of an answer to renew."""
        host, sandbox = self._sandbox("prefetch")
        work = self._work(f"{name} {next(self._numbers)}", host, uploaded or 0, _API_SECONDS)
        work.ticket = ticket_id
        sha256 = None if uploaded is None else _PHOTOS[uploaded].sha256

        def run() -> None:
            ticket = sandbox.tickets.take(ticket_id, sha256)
            if isinstance(ticket, NoTicket):
                self.world.count(f"no search: {ticket}")
                host.is_busy = False
                return
            photo = [each.sha256 for each in _PHOTOS].index(ticket.sha256)
            work.photo, work.key, work.token = photo, self._keys[photo], ticket.lease
            request = background_request(
                ticket,
                self._loading(photo, "s3://uploads/"),
                SearchParameters.parse(ticket.query),
                Deadline.after(_API_SECONDS),
                Measurements(),
            )
            if ticket.lease is None:
                self._answer(work, request, lambda: sandbox.search.search_ahead(request))
            else:
                lease = ticket.lease
                self._answer(work, request, lambda: sandbox.search.refresh(request, lease))

        self.world.count(name)
        self.world.spawn(host, work, run)

    def _answer(self, work: Work, request: SearchRequest, search: Any) -> None:
        error: Exception | None = None
        try:
            outcome = search()
        except Exception as raised:
            error = raised
        else:
            if getattr(getattr(outcome, "cache_status", None), "detail", "") == "stale-if-error":
                self.world.count("stale answer")
                error = request.measurements.errors[-1]
            elif getattr(outcome, "cache_status", None) is not None:
                self._count(outcome.cache_status)
        if self.world.is_over or work.host.is_dead:
            return  # an error of before the crash, found while what is left is cleared away
        code = getattr(error, "code", type(error).__name__) if error else "answered"
        self.world.note(f"ENDS: {code} {getattr(error, 'detail', '')}")
        self.observer.finished(work, error)
        work.error = error
        work.host.is_busy = False

    def _count(self, status: Any) -> None:
        if status.is_hit:
            self.world.count("hit")
        elif status.collapsed:
            self.world.count("collapsed")

    def _loading(self, photo: int, uri: str | None) -> Any:
        gone = uri is not None and not self.world.is_calm and self.world.random.random() < 0.1

        def load() -> Image:
            if uri is None:
                return _PHOTOS[photo]
            self.world.sleep(0.03)
            if gone:
                self.world.count("image gone")
                raise ImageNotFound
            return _PHOTOS[photo]

        return load

    def _work(self, name: str, host: Host, photo: int, seconds: float) -> Work:
        now = self.world.now
        return Work(name, host, photo, self._keys[photo], now, now + seconds)

    # Sandboxes: each has one request at a time.

    def _sandbox(self, function: str) -> tuple[Host, Sandbox]:
        chance = self.world.random
        idle = [s for s in self._sandboxes[function] if not s[0].is_dead and not s[0].is_busy]
        if idle and chance.random() < 0.9:
            found = chance.choice(idle)
        else:
            found = self._new_sandbox(function)
        found[0].is_busy = True
        return found

    def _new_sandbox(self, function: str) -> tuple[Host, Sandbox]:
        chance = self.world.random
        host = Host(
            f"{function}-{len(self._sandboxes[function]) + 1}",
            chance.uniform(-300, 300) if self._plan.skewed else 0.0,
            chance.uniform(0, 100_000),
            self._plan.sandbox_faults,
        )
        self.world.count("sandbox")
        found = host, build(self._around)
        self._sandboxes[function].append(found)
        return found


def _stored(key: str, at: float) -> dict[str, Any]:
    body = gzip.compress(json.dumps({**ANSWER, "result_id": 0}).encode(), mtime=0)
    return {
        "pk": {"S": key},
        "body": {"B": base64.b64encode(body).decode()},
        "tag": {"B": base64.b64encode(bytes(16)).decode()},
        "rev": {"S": "first"},
        "stored_at": {"N": str(int(at))},
        "fresh_until": {"N": str(int(at) + TTL_SECONDS)},
    }
