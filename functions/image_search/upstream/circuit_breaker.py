"""Keeps searches from an upstream that is down, so that each costs milliseconds and not seconds.

The circuit is closed while upstream answers, and opens after ``THRESHOLD`` failures in a row.
After ``OPEN_SECONDS`` one search probes: the circuit closes if that succeeds, and opens again if it
fails. Only calls that were sent and had a fair time count. A 4xx proves that upstream is up, but
for 408 and 429: these, and a search that had no time left, prove nothing and count for neither.

All sandboxes share the circuit, as one item of the cache table; each reads it at most once a
second, and only on its way upstream. Without the table the circuit counts as closed, and so does
one that another wrote in another form: the next failure replaces it. Sandboxes' clocks may differ
by minutes: one that is ahead keeps the circuit open for no longer than any, as a sandbox believes
at most ``OPEN_SECONDS`` from when it first saw an opening; one that is behind has it probed at
once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from image_search.aws.table import (
    ConditionFailed,
    Done,
    Item,
    Table,
    TableRejected,
    TableUnavailable,
    TableUse,
    Value,
)
from image_search.errors import (
    CircuitOpen,
    ImageSearchError,
    NotAsked,
    RequestTimedOut,
    TooManyCalls,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# Failures in a row that open the circuit: more than chance makes of an upstream that fails one call
# in three (1 in 6,561), and few enough that an outage is noticed within seconds under load.
THRESHOLD = 8
OPEN_SECONDS = 10
# A probe's own time, upstream's longest time-out; another is sent if it ended unheard.
PROBE_SECONDS = 25
# For how long a sandbox trusts what it has read: a read for each miss would cost 0.7 ms of its CPU.
READ_SECONDS = 1.0
# After which the item is deleted, if no success has done so.
FORGET_SECONDS = 3600

_KEY = "breaker"
# Equals no probe's name.
_NONE = "-"

T = TypeVar("T")


@dataclass(frozen=True)
class _Circuit:
    """``failures`` in a row; times in milliseconds since the epoch, 0 for none.

    The times are those of the clocks that wrote them. ``probe``: names the last one.
    """

    failures: int = 0
    open_until: int = 0
    probe: str = ""
    probe_until: int = 0


class CircuitBreaker:
    """Stands between a search and upstream: ``call`` for the call, ``refuse_if_open`` before it."""

    def __init__(self, table: Table, logger: Logger) -> None:
        self._table = table
        self._logger = logger
        self._circuit = _Circuit()
        self._read_again_at = 0
        # The opening and the probe that it saw last, which may be seen again long afterwards, and
        # when they are over by this sandbox's clock.
        self._opening, self._open_until = 0, 0
        self._probe, self._probe_until = "", 0

    def call(self, ask_upstream: Callable[[], T]) -> T:
        """The result of ``ask_upstream``, whose failure or success is counted.

        Raises ``CircuitOpen`` instead of calling while the circuit is open, or is being probed by
        another, and what ``ask_upstream`` raises.
        """
        self.refuse_if_open()
        probe = self._start_probe() if self._circuit.open_until else None
        try:
            result = ask_upstream()
        except (NotAsked, RequestTimedOut, TooManyCalls):
            self._end_probe(probe)
            raise
        except (UpstreamFailed, UpstreamTimeout, UpstreamUnavailable):
            self._record_failure(probe)
            raise
        except ImageSearchError:
            self._record_success()  # what rejects a request is up
            raise
        self._record_success()
        return result

    def refuse_if_known_open(self) -> bool:
        """As ``refuse_if_open``, but asks nothing: False if what was read is too old to rely on."""
        if self._table.now() >= self._read_again_at:
            return False
        self._refuse_if_open(self._circuit)
        return True

    def refuse_if_open(self) -> None:
        """Raises ``CircuitOpen`` while there is no use in calling upstream."""
        self._refuse_if_open(self._read())

    def _refuse_if_open(self, circuit: _Circuit) -> None:
        now = self._table.now()
        if circuit.open_until and now < self._open_until:
            raise _refusal(self._open_until - now)
        if circuit.open_until and circuit.probe and now <= self._probe_until:
            raise _refusal()

    def _read(self) -> _Circuit:
        if self._table.is_backing_off(TableUse.CIRCUIT):
            self._circuit = _Circuit()
        elif self._table.now() >= self._read_again_at:
            found = self._table.get(TableUse.CIRCUIT, _KEY)
            self._know(_circuit(found.item) if isinstance(found, Done) else _Circuit())
        return self._circuit

    def _start_probe(self) -> str | None:
        """The probe's name; None when the table cannot be asked.

        Raises ``CircuitOpen`` when another probes.
        """
        seen, probe = self._circuit, uuid4().hex
        result = self._table.update(
            TableUse.CIRCUIT,
            _KEY,
            "SET probe = :probe, probe_until = :until",
            {
                "probe": probe,
                "until": self._table.now() + PROBE_SECONDS * 1000,
                "open": seen.open_until,
                "seen": seen.probe or _NONE,
            },
            # Nothing has happened since this sandbox read the circuit; or this very write was
            # done before, and its reply lost.
            condition="open_until = :open"
            " AND (attribute_not_exists(probe) OR probe = :seen OR probe = :probe)",
        )
        match result:
            case Done():
                # Its own is not one to wait for, should its end not be written.
                self._probe, self._probe_until = probe, 0
                return probe
            case ConditionFailed(item):
                self._know(_circuit(item))
                self.refuse_if_open()  # unless a success has deleted the item by now
            case _:
                self._circuit = _Circuit()
        return None

    def _end_probe(self, probe: str | None) -> None:
        """Without a result: the next search may probe at once."""
        if probe is not None:
            self._table.update(
                TableUse.CIRCUIT,
                _KEY,
                "REMOVE probe, probe_until",
                {"probe": probe},
                condition="probe = :probe",
            )
            self._read_again_at = 0

    def _record_success(self) -> None:
        if self._circuit == _Circuit():
            return
        self._logger.info("circuit closed", failures=self._circuit.failures)
        self._know(_Circuit())
        self._table.delete(TableUse.CIRCUIT, _KEY)

    def _record_failure(self, probe: str | None) -> None:
        forget = self._table.now() // 1000 + FORGET_SECONDS
        counted = self._table.update(
            TableUse.CIRCUIT,
            _KEY,
            "ADD failures :one SET expires_at = :forget",
            {"one": 1, "forget": forget},
            returns="ALL_NEW",
        )
        if isinstance(counted, TableRejected) or (
            isinstance(counted, Done) and _is_damaged(counted.item)
        ):
            self._replace_damaged(forget)
            return
        if isinstance(counted, TableUnavailable):
            self._circuit = _Circuit()
            return
        self._know(_circuit(counted.item))
        if self._circuit.failures >= THRESHOLD:
            self._open(probe)

    def _replace_damaged(self, expires_at: int) -> None:
        """A circuit that could never open, or be probed, by one with this failure alone."""
        self._table.report_damage(TableUse.CIRCUIT, _KEY)
        item: dict[str, Value] = {"pk": _KEY, "failures": 1, "expires_at": expires_at}
        self._table.put(TableUse.CIRCUIT, item, insist=False)
        self._know(_Circuit(failures=1))

    def _open(self, probe: str | None) -> None:
        """Opens it for the failure that completes the row, and for the probe's own.

        A search that was already under way when the circuit opened says nothing new by failing.
        """
        until = self._table.now() + OPEN_SECONDS * 1000
        result = self._table.update(
            TableUse.CIRCUIT,
            _KEY,
            "SET open_until = :until REMOVE probe, probe_until",
            {"until": until, "threshold": THRESHOLD, "probe": probe or _NONE},
            condition="failures >= :threshold"
            " AND (attribute_not_exists(open_until) OR probe = :probe)",
        )
        if isinstance(result, Done):
            self._know(_Circuit(self._circuit.failures, open_until=until))
            self._logger.warning("circuit opened", failures=self._circuit.failures)

    def _know(self, circuit: _Circuit) -> None:
        now = self._table.now()
        if circuit.open_until not in (0, self._opening):
            self._opening = circuit.open_until
            self._open_until = min(circuit.open_until, now + OPEN_SECONDS * 1000)
        if circuit.probe not in ("", self._probe):
            self._probe = circuit.probe
            self._probe_until = min(circuit.probe_until, now + PROBE_SECONDS * 1000)
        self._circuit = circuit
        self._read_again_at = now + int(READ_SECONDS * 1000)


def _refusal(milliseconds: int = 0) -> CircuitOpen:
    seconds = max(1, math.ceil(milliseconds / 1000))
    return CircuitOpen(retry_after=seconds, detail="circuit open")


def _is_damaged(item: Item) -> bool:
    """Whether it is another's: of a failed search, all numbers are above 0."""
    numbers = [name for name in ("failures", "open_until", "probe_until") if name in item]
    if any((item.number(name) or 0) < 1 for name in numbers):
        return True
    return "probe" in item and not item.text("probe")


def _circuit(item: Item) -> _Circuit:
    return _Circuit(
        failures=item.number("failures") or 0,
        open_until=item.number("open_until") or 0,
        probe=item.text("probe") or "",
        probe_until=item.number("probe_until") or 0,
    )
