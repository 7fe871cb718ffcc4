"""An uploaded photo's answer is renewed after it was given: the queue and the other function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from e2e.phone import LIFETIME_SECONDS, Phone
from waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    """It has uploaded its photo, whose answer is in the last tenth of its life."""
    phone = Phone(client, stack, photo)
    phone.upload_and_wait(phone.get().json()["upload"])
    phone.age_answer(stack)
    return phone


def test_the_answer_is_given_at_once_and_renewed_behind_it(phone: Phone) -> None:
    ordered = phone.get().headers["Cache-Status"]
    wait_until(lambda: int(phone.get().headers["Age"]) < LIFETIME_SECONDS / 2)
    assert ordered.startswith("image-search-proxy; hit; ")
    assert ordered.endswith("; detail=refresh-ahead")
    assert len(phone.searches) == 2
