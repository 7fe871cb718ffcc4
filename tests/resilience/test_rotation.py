"""Upstream's token is rotated while many search: nobody notices."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from resilience.conftest import Crowd, Timed, new_segment
from resilience.processes import sandboxes_of
from resilience.sandboxes import environment_kept, start_anew
from waiting import wait_until

SANDBOXES = 8
SEARCHES = 10 * SANDBOXES
"""How many there are before the rotation, and after it."""


@pytest.fixture
def secret(crowd: Crowd) -> Iterator[dict[str, str]]:
    """The credentials as they are deployed, and put back; in sandboxes that no other test meets."""
    client, arn = crowd.stack.secretsmanager, crowd.stack.secret_arn
    deployed = client.get_secret_value(SecretId=arn)["SecretString"]
    with environment_kept(crowd.stack):
        start_anew(crowd.stack, {})
        yield json.loads(deployed)
    client.put_secret_value(SecretId=arn, SecretString=deployed)


def rotate(crowd: Crowd, secret: dict[str, str]) -> dict[str, str]:
    """As an operator does: the new token into the secret, then the old one out of service."""
    rotated = {**secret, "token": f"tok_{new_segment()}"}
    crowd.stack.secretsmanager.put_secret_value(
        SecretId=crowd.stack.secret_arn, SecretString=json.dumps(rotated)
    )
    url = f"{crowd.stack.upstream}/_control/access"
    crowd.client.put(url, json=rotated).raise_for_status()
    return rotated


def search_until(crowd: Crowd, done: threading.Event) -> list[Timed]:
    found = []
    while not done.is_set():
        found.append(crowd.search(new_segment()))
    return found


def tokens(crowd: Crowd) -> list[str]:
    """Those that upstream received."""
    return [call["headers"]["x-cnstrc-token"] for call in crowd.all_calls()]


def test_a_rotation_under_load_is_picked_up_without_an_error(
    crowd: Crowd, secret: dict[str, str]
) -> None:
    crowd.warm(SANDBOXES)
    done = threading.Event()
    with ThreadPoolExecutor(SANDBOXES) as pool:
        phones = [pool.submit(search_until, crowd, done) for _ in range(SANDBOXES)]
        try:
            wait_until(lambda: len(tokens(crowd)) >= SEARCHES)
            rotated = rotate(crowd, secret)
            wait_until(lambda: tokens(crowd).count(rotated["token"]) >= SEARCHES)
        finally:
            done.set()
        found = [each for phone in phones for each in phone.result()]
    assert {each.response.status_code for each in found} == {200}
    extra = len(tokens(crowd)) - len(found)
    running = sandboxes_of(crowd.stack).running()
    assert (extra > 0, extra <= len(running)) == (True, True)
