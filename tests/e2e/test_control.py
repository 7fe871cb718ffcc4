"""Operators' commands, as they are typed, on a stack with several sandboxes: no deployment is made.

Each step waits for the 15 s within which every sandbox applies what was changed, so that there are
few of them.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from e2e.conftest import PROJECT
from e2e.phone import Phone
from image_search.search.control_item import KEY, READ_SECONDS
from resilience.processes import sandboxes_of
from resilience.sandboxes import environment_kept, start_anew

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

SANDBOXES = 4
# A hit takes milliseconds: so many at once that each sandbox gets some.
REQUESTS = 10 * SANDBOXES
ITEM = {"pk": {"S": KEY}}
MALFORMED: dict[str, Any] = {
    **ITEM,
    "paused": {"S": "yes"},
    "calls_per_day": {"N": "0"},
    "generation": {"M": {}},
}


class Control:
    """The stack's control item, by the operator's commands and otherwise."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def make(self, *words: str) -> str:
        """What a command prints. The next request of every sandbox applies it, after the wait."""
        directory = f"LOCAL_DIR={os.environ['E2E_LOCAL_DIR']}"
        command = ["make", "--silent", *words, "ENV=local", directory]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def break_it(self) -> None:
        self._stack.dynamodb.put_item(TableName=self._stack.table, Item=MALFORMED)

    def lose_it(self) -> None:
        self._stack.dynamodb.delete_item(TableName=self._stack.table, Key=ITEM)


@pytest.fixture
def control(stack: LocalStack) -> Iterator[Control]:
    """Afterwards the item is gone, and so are the sandboxes that knew it."""
    control = Control(stack)
    with environment_kept(stack):
        start_anew(stack, {})
        yield control
        control.lose_it()


@pytest.fixture
def known(
    stack: LocalStack, client: httpx.Client, control: Control, photo: bytes
) -> Callable[[], Counter[str]]:
    """Asks for a photo that is cached, many times at once: how often it came from the cache, or
    with which code it was refused. Its answer was made by one of several sandboxes."""
    fault = {"delay_seconds": 3.0, "times": SANDBOXES}
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
    phones = [Phone(client, stack, photo) for _ in range(SANDBOXES)]
    with ThreadPoolExecutor(SANDBOXES) as pool:
        assert [each.status_code for each in pool.map(Phone.post, phones)] == [200] * SANDBOXES
    assert len(sandboxes_of(stack).running()) >= SANDBOXES

    def ask() -> Counter[str]:
        with ThreadPoolExecutor(SANDBOXES) as asking:
            asked = [asking.submit(phones[0].post) for _ in range(REQUESTS)]
            return Counter(outcome(each.result()) for each in asked)

    return ask


def outcome(answer: httpx.Response) -> str:
    if answer.status_code == 200:
        return "hit" if "; hit" in answer.headers["Cache-Status"] else "searched"
    return str(answer.json()["errors"][0]["code"])


def test_purge_pause_and_cap_hold_in_every_sandbox_within_15_s_and_are_undone(
    stack: LocalStack, client: httpx.Client, control: Control, known: Callable[[], Counter[str]]
) -> None:
    def new(number: int) -> str:
        photo = f"{stack.search_url}?us=new-{number}"
        return outcome(
            client.post(photo, content=client.get(f"{stack.upstream}/sample.jpg").content)
        )

    assert known() == {"hit": REQUESTS}

    said = control.make("purge")
    assert "Upstream calls: PAUSED" in control.make("pause")
    assert "local: stack image-search-proxy, region us-east-1, account 000000000000" in said
    time.sleep(READ_SECONDS)
    assert known() == {"upstream_paused": REQUESTS}

    control.make("purge", "UNDO=1")
    control.make("resume")
    control.make("cap", "CALLS=1")
    time.sleep(READ_SECONDS)
    assert known() == {"hit": REQUESTS}
    with ThreadPoolExecutor(SANDBOXES) as pool:
        assert set(pool.map(new, range(REQUESTS))) == {"upstream_unavailable"}

    control.break_it()
    time.sleep(READ_SECONDS)
    assert known() == {"hit": REQUESTS}
    assert new(REQUESTS) == "upstream_unavailable"  # as before: the last cap that was understood

    control.lose_it()
    time.sleep(READ_SECONDS)
    assert (known(), new(REQUESTS + 1)) == ({"hit": REQUESTS}, "searched")
    assert "ControlItemMalformed" in stack.log_text
