"""What goes wrong during a soak, one after the other."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle

from resilience.conftest import Crowd, new_segment
from resilience.dynamodb_proxy import DynamoDbProxy, TableFault
from resilience.processes import Sandboxes

FAULT_SECONDS = 5.0
RECOVERY_SECONDS = 20.0
"""The circuit's ten seconds, and a probe's."""


@dataclass
class Faults:
    """Each takes ``FAULT_SECONDS``. ``windows``: when errors are excused; ``kills``: how many."""

    crowd: Crowd
    table: DynamoDbProxy
    sandboxes: Sandboxes
    windows: list[tuple[float, float]] = field(default_factory=list)
    kills: int = 0

    def in_turn(self) -> Iterator[Callable[[], None]]:
        return cycle(
            [
                self.upstream_fails,
                self.table_is_throttled,
                self.a_sandbox_is_killed,
                self.upstream_is_slow,
                self.table_is_slow,
                self.the_token_is_rotated,
                self.upstream_drops_connections,
                self.table_is_refused,
            ]
        )

    def upstream_fails(self) -> None:
        self._upstream(status=500)

    def upstream_is_slow(self) -> None:
        self._upstream(delay_seconds=2)

    def upstream_drops_connections(self) -> None:
        self._upstream(drop=True)

    def table_is_throttled(self) -> None:
        self._table(TableFault.THROTTLED)

    def table_is_slow(self) -> None:
        self._table(TableFault.SLOW)

    def table_is_refused(self) -> None:
        self._table(TableFault.REFUSED)

    def a_sandbox_is_killed(self) -> None:
        running = self.sandboxes.running()
        with suppress(ProcessLookupError):
            os.kill(random.choice(running), signal.SIGKILL)
            self.kills += 1

    def the_token_is_rotated(self) -> None:
        stack = self.crowd.stack
        known = stack.secretsmanager.get_secret_value(SecretId=stack.secret_arn)["SecretString"]
        rotated = {**json.loads(known), "token": f"tok_{new_segment()}"}
        stack.secretsmanager.put_secret_value(
            SecretId=stack.secret_arn, SecretString=json.dumps(rotated)
        )
        url = f"{stack.upstream}/_control/access"
        self.crowd.client.put(url, json=rotated).raise_for_status()

    def excuse(self, moment: float) -> bool:
        return any(start <= moment <= end for start, end in self.windows)

    def _upstream(self, **fault: object) -> None:
        with self._window():
            self.crowd.faults(**fault, times=100_000)
            time.sleep(FAULT_SECONDS)
            self.crowd.client.delete(f"{self.crowd.stack.upstream}/_control/faults")

    def _table(self, fault: TableFault) -> None:
        self.table.start_failing(fault, after=0)
        time.sleep(FAULT_SECONDS)
        self.table.recover()

    @contextmanager
    def _window(self) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.windows.append((start, time.monotonic() + RECOVERY_SECONDS))
