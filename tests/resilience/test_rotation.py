"""The vendor's token is rotated while many search: nobody notices."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from resilience.conftest import Crowd, Timed, new_segment
from resilience.sandboxes import environment_kept, start_anew

SANDBOXES = 8
SECONDS = 6.0


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


def search_until(crowd: Crowd, end: float) -> list[Timed]:
    found = []
    while time.monotonic() < end:
        found.append(crowd.search(new_segment()))
    return found


def test_a_rotation_under_load_is_picked_up_without_an_error(
    crowd: Crowd, secret: dict[str, str]
) -> None:
    crowd.warm(SANDBOXES)
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(SANDBOXES) as pool:
        phones = [pool.submit(search_until, crowd, end) for _ in range(SANDBOXES)]
        time.sleep(SECONDS / 3)
        rotated = rotate(crowd, secret)
        found = [each for phone in phones for each in phone.result()]
    assert {each.response.status_code for each in found} == {200}
    tokens = [call["headers"]["x-cnstrc-token"] for call in crowd.all_calls()]
    extra = len(tokens) - len(found)
    assert (tokens.count(rotated["token"]) > 0, 0 < extra <= SANDBOXES) == (True, True)
