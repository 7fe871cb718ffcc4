"""What must hold in every schedule, checked where it happens.

Everything is judged by what the table and upstream see, not by what the code thinks.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from image_search.aws.table import BACKOFF_SECONDS
from image_search.cache.collapsed_forwarding import (
    ANSWER_SECONDS,
    FAILED_RENEWAL_SECONDS,
    HANDED_OVER_SECONDS,
    PATIENCE_SECONDS,
    SEARCH_SECONDS,
)
from image_search.cache.lease import LEASE_SUFFIX
from image_search.errors import DailyCapExceeded, ImageSearchError, SharedError, StillSearching
from image_search.limits.counters import DAY
from image_search.limits.daily_cap import ALLOWANCE, ALLOWANCE_SECONDS
from image_search.upstream.circuit_breaker import OPEN_SECONDS, PROBE_SECONDS, READ_SECONDS
from schedules.limits import Limits
from schedules.work import UpstreamCall, Work
from schedules.world import Host, Task, World

if TYPE_CHECKING:
    from schedules.expressions import Attributes
    from schedules.table import Call

_TINY = 1e-6
# How far in the past a read may look: a copy that lags, and the read itself with its retry.
_READ_AGE = 3.0
# A waiter's longest pause between two looks, and the calls of the table in between.
_LOOK_SECONDS = 2.0
# For an image to be read from S3, which a request without time left may still do.
_LOADING_SECONDS = 0.05
# The pauses between the tries to read an answer whose item is throttled, which end at no deadline.
_READING_SECONDS = 2.5
# After a fault: for how long its sandbox may leave the table alone, and what a slow one takes then.
_RECOVERY_SECONDS = BACKOFF_SECONDS + 3
_EVENTS_SHOWN = 60


@dataclass
class _LeaseState:
    changed: float = -math.inf
    ended: float = -math.inf
    owner: dict[str, Work] = field(default_factory=dict)


class Observer:
    """Told by the wires what passes; it keeps what has been violated."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self.violations: list[str] = []
        self._leases: dict[str, _LeaseState] = {}
        self._lease_items: dict[str, Attributes] = {}
        self._counters: dict[str, Attributes] = {}
        # Whether a minute was, at some time: a clock that is ahead removes counters of the past.
        self._used_up: dict[tuple[str, str], bool] = {}
        self._active: list[UpstreamCall] = []
        self._began: dict[int, float] = {}
        self._calls: Counter[Host] = Counter()
        self._counted: Counter[Host] = Counter()
        self._uncountable: dict[Host, dict[int, None]] = {}
        self._failures: dict[Host, list[tuple[float, str, bool]]] = {}
        self._circuit: list[tuple[float, Attributes]] = [(-math.inf, {})]
        self._searched_with: dict[str, Work] = {}  # by a ticket's id
        self._sightings: dict[tuple[Host, str, str], float] = {}

    def violated(self, what: str) -> None:
        self._world.note(f"!!! {what}")
        self.violations.append(f"{what}\n{self._world.last_events(_EVENTS_SHOWN)}")

    # The table.

    def placed(self, key: str, item: Attributes) -> None:
        """What was there before anything began."""
        self._counters[key] = item

    def begins(self) -> None:
        self._work.began = self._world.now

    def took(self, began: float) -> None:
        if not self._world.is_over:
            work = self._work
            work.after_deadline += max(0.0, self._world.now - max(began, work.deadline))

    def failed(self, call: Call, error: Exception) -> None:
        """A call, for all that the client tried."""
        work, now = self._work, self._world.now
        work.failures.append((now, call.use))
        slow = not isinstance(error, ClientError)
        self._failures.setdefault(work.host, []).append((now, call.use, slow))
        if slow or call.use == "limits":
            windows = self._uncountable.setdefault(work.host, {})
            for at in (self._world.time(), self._world.time() + BACKOFF_SECONDS):
                windows[int(at // ALLOWANCE_SECONDS)] = None

    def answered(self, call: Call, status: int, answer: Mapping[str, Any]) -> None:
        item = answer.get("Item") or answer.get("Attributes") or {}
        match call.use:
            case "answers":
                self._has_read(item)
            case "lease" if not call.is_write or status != 200:
                self._work.lease = item
                if "unstored" in item and not call.is_write:
                    self._work.saw_unstored = True
            case "circuit":
                self._has_seen_circuit(call, item)

    def _has_read(self, item: Attributes) -> None:
        work = self._work
        if "rev" in item:
            work.reads.setdefault(item["rev"]["S"], self._world.now)
        if work.is_hit is None:
            work.is_hit = self._is_hit(item)

    def _is_hit(self, item: Attributes) -> bool:
        control, now = self._work.control, int(self._world.time())
        if not item or control.skips_lookup or _number(item, "fresh_until") <= now:
            return False
        return control.accepts(max(0, now - _number(item, "stored_at")))

    def _has_seen_circuit(self, call: Call, item: Attributes) -> None:
        set_to = call.arguments.get("ExpressionAttributeValues", {})
        seen = {**item, **({"open_until": set_to[":until"]} if ":threshold" in set_to else {})}
        for name in ("open_until", "probe"):
            if name in seen:
                value = next(iter(seen[name].values()))
                self._sightings.setdefault((self._work.host, name, value), self._world.now)

    def written(self, call: Call, before: Attributes, after: Attributes, by: Task) -> None:
        match call.use:
            case "answers":
                self._check_fence(before, after, by.work)
            case "lease":
                self._check_lease(call, before, after, by.work)
            case "limits":
                self._check_counter(call.key, before, after, by.host)
            case "tickets":
                self._note_ticket(call.key.removeprefix("ticket#"), is_written=bool(after))
            case "circuit":
                self._circuit.append((self._world.now, after))
                if "open_until" in after and "open_until" not in before:
                    self._world.count("circuit opened")
                elif after.get("probe", before.get("probe")) != before.get("probe"):
                    self._world.count("circuit probed")

    def _note_ticket(self, ticket: str, *, is_written: bool) -> None:
        """One whose first writing arrives late, when the second is used up, has a search more."""
        self._world.count("ticket written" if is_written else "ticket taken")
        if is_written:
            self._searched_with.pop(ticket, None)

    def _check_fence(self, before: Attributes, after: Attributes, by: Work) -> None:
        if before.get("rev") == after.get("rev"):
            return
        self._world.count("answer stored")
        number = json.loads(gzip.decompress(base64.b64decode(after["body"]["B"])))["result_id"]
        began = self._began[number]
        if not before:
            return
        self._world.count("answer replaced")
        read_at = by.reads.get(before["rev"]["S"])
        if read_at is None or read_at > began + _TINY:
            self.violated("an answer was replaced by one whose search had begun before it was read")

    # The lease.

    def _check_lease(self, call: Call, before: Attributes, after: Attributes, by: Work) -> None:
        key, now = call.key.removesuffix(LEASE_SUFFIX), self._world.now
        state = self._leases.setdefault(key, _LeaseState())
        held_by, held_before = (_text(item, "holder") for item in (after, before))
        if held_by != held_before:
            self._check_grant(state, before, after, by)
            state.owner[held_by] = by
            by.granted.append(held_by)
        elif state.owner.get(held_by) is not by and held_by:
            self.violated("a lease was changed by another than its holder")
        if held_by == held_before and _number(after, "beat") < _number(before, "beat"):
            # A grant that arrived twice, the second time after a sign of life, which it undid.
            self._world.count("sign of life undone")
            state.changed = -math.inf
        elif any(before.get(name) != after.get(name) for name in ("holder", "beat", "ended")):
            state.changed = now
        if "ended" in after and "ended" not in before:
            state.ended = now
        self._lease_items[key] = after

    def _check_grant(
        self, state: _LeaseState, before: Attributes, after: Attributes, by: Work
    ) -> None:
        if by.token is not None:
            self._world.count("adopted")
            if "handed_over" not in before or _text(before, "holder") != by.token:
                self.violated("a message took a lease that was not, or no longer, handed over")
        elif not before or "ended" in before:
            self._world.count("lease taken")
            self._check_renewal(state, before, by)
        else:
            self._world.count("lease taken over")
            self._check_takeover(state, before, by)
        if "handed_over" in after:
            self._world.count("handed over")
            by.hands_over = True

    def _check_renewal(self, state: _LeaseState, before: Attributes, by: Work) -> None:
        failed = "failure" in before or _text(before, "unstored") in ("too-large", "failed")
        too_soon = self._world.now - state.ended < FAILED_RENEWAL_SECONDS - _TINY
        if by.is_hit and failed and too_soon:
            self.violated("a renewal that had failed was tried again too soon")

    def _check_takeover(self, state: _LeaseState, before: Attributes, by: Work) -> None:
        handed_over = by.is_hit and "handed_over" in before
        silent = self._world.now - state.changed
        if silent < (HANDED_OVER_SECONDS if handed_over else PATIENCE_SECONDS) - _TINY:
            self.violated(f"a lease was taken over after {silent:.2f} s")
        if self._is_alive(state.owner[_text(before, "holder")], state):
            self.violated("a lease was taken over from a living holder")
        if self._is_short_of_time(by):
            self.violated("a lease was taken over with too little time left")

    def _is_short_of_time(self, by: Work) -> bool:
        """One that stood still after it had looked at its time cannot be blamed."""
        left = by.deadline - by.began
        return not by.is_hit and not by.stood_still and left < SEARCH_SECONDS - _TINY

    def _is_alive(self, holder: Work, state: _LeaseState) -> bool:
        """Whether nothing kept the holder from giving signs of life, or from ending its lease."""
        host = holder.host
        if host.is_dead or holder.stood_still or holder.hands_over:
            return False
        return host.faulted_at < state.changed - _RECOVERY_SECONDS

    # Counters.

    def _check_counter(self, key: str, before: Attributes, after: Attributes, by: Host) -> None:
        used, used_before = (_number(item, "used") for item in (after, before))
        if key.startswith("limit#deployment#"):
            self._counted[by] += used - used_before
            if used > self._limits.cap:
                self.violated(f"{used} calls were counted, of {self._limits.cap} a day")
        else:
            minutes = {name: _number(after, name) for name in after if name.startswith("m")}
            if used > self._limits.per_day or max(minutes.values()) > self._limits.per_minute:
                self.violated("a caller was granted more than their quota")
            for name, count in minutes.items():
                self._used_up[key, name] = (
                    self._used_up.get((key, name), False) or count >= self._limits.per_minute
                )
        self._counters[key] = after

    # Upstream.

    def begins_upstream(self, number: int) -> UpstreamCall:
        work, host = self._work, self._work.host
        work.calls += 1
        token = work.granted[-1] if work.granted else None
        self._check_overlap(token)
        if work.calls > 2:
            self.violated("more than two calls were made for one request")
        if work.ticket is not None:
            if token is None:
                self.violated("a background search was made without a lease")
            if self._searched_with.setdefault(work.ticket, work) is not work:
                self.violated("two searches were made with one ticket")
        self._calls[host] += 1
        uncounted = self._calls[host] - self._counted[host]
        allowed = ALLOWANCE * len(self._uncountable.get(host, {}))
        if uncounted > 0:
            self._world.count("call within the allowance")
        if uncounted > allowed:
            self.violated(f"{uncounted} calls were not counted, where {allowed} may be")
        call = UpstreamCall(work, number, self._world.now, token)
        self._began[number] = self._world.now
        self._active.append(call)
        self._world.count("upstream call")
        return call

    def ends_upstream(self, call: UpstreamCall) -> None:
        self._active.remove(call)

    def _check_overlap(self, token: str | None) -> None:
        work = self._work
        lease = self._lease_items.get(work.key, {})
        holder = "" if "ended" in lease else _text(lease, "holder")
        for other in self._active:
            if other.work.key != work.key or other.work is work or other.work.host.is_dead:
                continue
            self._world.count("calls that overlap")
            silent = work.stood_still or work.host.faulted_at > work.started - _RECOVERY_SECONDS
            if token is not None and other.token == holder and not silent:
                self.violated("two searched with a lease at once")
        if token is not None:
            return
        self._world.count("call without a lease")
        if not self._may_search_alone():
            self.violated("a search was made without a lease, and without a reason")
        waited = work.lease and not self._table_failed_since(self._world.now - BACKOFF_SECONDS)
        if holder and waited and work.deadline - self._world.now <= ANSWER_SECONDS:
            self.violated("a waiter made a call at its deadline, while another's lease lived")

    def _may_search_alone(self) -> bool:
        work = self._work
        if work.control.no_store or work.saw_unstored:
            return True
        if any(use in ("lease", "answers") for _, use in work.failures):
            return True
        return self._table_failed_since(work.started - BACKOFF_SECONDS)

    def _table_failed_since(self, since: float) -> bool:
        """So that this sandbox could not ask for leases and answers, or did not try."""
        return any(
            at >= since and (slow or use in ("lease", "answers"))
            for at, use, slow in self._failures.get(self._work.host, [])
        )

    # Refusals.

    def refused_by_circuit(self) -> None:
        """While it was open, or being probed, as this sandbox saw it: no longer than is stated."""
        self._world.count("refused: circuit")
        if self._work.stood_still:
            return  # it refuses as it was to before
        now, host = self._world.now, self._work.host
        since = now - READ_SECONDS - _READ_AGE
        recent = [item for at, item in self._circuit if at >= since]
        recent += [item for at, item in self._circuit if at < since][-1:]
        for name, longest in (("open_until", OPEN_SECONDS), ("probe", PROBE_SECONDS)):
            for item in recent:
                value = next(iter(item.get(name, {"": ""}).values()))
                seen = self._sightings.get((host, name, value), -math.inf)
                if now - seen <= longest + 0.002:
                    return
        self.violated("the circuit refused a request for longer than stated")

    def refused_by_cap(self, error: DailyCapExceeded) -> None:
        self._world.count("refused: daily cap")
        now, host = self._world.now, self._work.host
        if "allowance" in error.detail:
            self._world.count("refused: allowance")
            failures = self._failures.get(host, [])
            lately = (
                now - at <= BACKOFF_SECONDS + _TINY
                for at, use, slow in failures
                if slow or use == "limits"
            )
            if not any(lately):
                self.violated("the allowance was used although calls can be counted")
            if self._calls[host] < ALLOWANCE:
                self.violated("the allowance was refused before it was used up")
            return
        day = int(self._world.time()) // DAY * DAY
        counter = self._counters.get(f"limit#deployment#upstream-calls#{day}", {})
        if _number(counter, "used") < self._limits.cap:
            self.violated("the daily cap refused a call that it had left")

    def refused_by_quota(self, pseudonym: str) -> None:
        self._world.count("refused: quota")
        asked_ago = self._world.now - self._work.began  # the minute may have passed meanwhile
        if not any(self._is_used_up(pseudonym, ago) for ago in (0.0, asked_ago)):
            self.violated("a caller was refused who had something left")

    def _is_used_up(self, pseudonym: str, ago: float) -> bool:
        second = int(self._world.time() - ago)
        key = f"limit#{pseudonym}#day#{second // DAY * DAY}"
        if self._used_up.get((key, f"m{second % DAY // 60}")):
            return True
        return _number(self._counters.get(key, {}), "used") >= self._limits.per_day

    # The end of a request.

    def finished(self, work: Work, error: BaseException | None) -> None:
        """``error``: what was answered, or would have been but for a stale answer."""
        if error is not None and not isinstance(error, ImageSearchError):
            shown = "".join(traceback.format_exception(error))
            self.violated(f"an unexpected exception: {shown}")
            return
        late = self._world.now - work.deadline - work.after_deadline
        answers_failed = any(use == "answers" for _, use in work.failures)
        allowed = _READING_SECONDS if answers_failed else _LOADING_SECONDS
        if late > allowed and not work.stood_still:
            self.violated(f"a request ended {late:.2f} s after its deadline")
        if work.is_hit and error is not None and work.ticket is None:
            self.violated("a hit was answered with an error")
        if isinstance(error, StillSearching):
            self._check_still_searching(work)
        if isinstance(error, SharedError):
            self._world.count("shared error")
            if self._leases[work.key].ended < work.started - _READ_AGE:
                self.violated("an error was shared that was there before the request came")

    def _check_still_searching(self, work: Work) -> None:
        self._world.count("refused: still searching")
        if work.deadline - self._world.now > ANSWER_SECONDS + _TINY:
            self.violated("a waiter gave up before its deadline")
        can_read = not self._table_failed_since(work.started - BACKOFF_SECONDS)
        if can_read and ("ended" in work.lease or not work.lease):
            self.violated("a waiter gave up although the lease was free")
        silent_since = max(work.started, self._leases[work.key].changed)
        could = silent_since + PATIENCE_SECONDS + _LOOK_SECONDS <= work.deadline - SEARCH_SECONDS
        if could and not work.failures and not work.stood_still:
            self.violated("a waiter did not take over from a silent holder")

    @property
    def _work(self) -> Work:
        assert self._world.current is not None
        work = self._world.current.work
        assert isinstance(work, Work)
        return work


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


def _number(item: Mapping[str, Any], name: str) -> int:
    return int(item.get(name, {}).get("N", 0))
