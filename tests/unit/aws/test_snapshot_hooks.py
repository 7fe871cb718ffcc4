"""Sandboxes that start from one snapshot share neither connections nor secrets nor chance."""

import importlib
import random
import sys
from typing import Any

import pytest
import snapshot_restore_py

from image_search.aws.session import session


@pytest.fixture(params=["api", "prefetch"])
def hooks(request, aws):
    """What a function registers when Lambda loads it: before the snapshot, and after."""
    before, after = (
        snapshot_restore_py.get_before_snapshot(),
        snapshot_restore_py.get_after_restore(),
    )
    before.clear()
    after.clear()
    sys.modules.pop(f"{request.param}.app", None)
    importlib.import_module(f"{request.param}.app")
    return [call for call, _, _ in before], [call for call, _, _ in after]


def test_what_is_done_before_the_snapshot_sends_nothing(aws_events, hooks):
    sent = []
    aws_events.register("before-send", lambda **call: sent.append(call))
    (prime,) = hooks[0]
    prime()
    assert sent == []


def test_each_sandbox_has_chances_of_its_own(hooks):
    def restored():
        random.seed(7)  # as it was in the snapshot
        for restore in hooks[1]:
            restore()
        return random.random()

    assert restored() != restored()


def test_a_snapshot_holds_no_credentials(aws, hooks, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setattr(session(), "_credentials", None)
    (prime,) = hooks[0]
    prime()
    botocore: Any = session()
    assert botocore._credentials is None
