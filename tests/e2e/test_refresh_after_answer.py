"""An uploaded photo's answer is renewed after it was given: the queue and the other function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from e2e.phone import Phone, wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

LIFETIME_SECONDS = 3_600


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    """It has uploaded its photo, whose answer is in the last tenth of its life."""
    phone = Phone(client, stack, photo)
    phone.upload_and_wait(phone.get().json()["upload"])
    age(stack, phone.get().headers["ETag"])
    return phone


def age(stack: LocalStack, entity_tag: str) -> None:
    """Makes the answer of that tag older than nine tenths of its lifetime."""
    pages = stack.dynamodb.get_paginator("scan").paginate(TableName=stack.table)
    (item,) = [
        item
        for page in pages
        for item in page["Items"]
        if "entity_tag" in item and item["entity_tag"]["S"] in entity_tag
    ]
    stored_at = int(item["stored_at"]["N"]) - LIFETIME_SECONDS * 95 // 100
    item["stored_at"] = {"N": str(stored_at)}
    item["fresh_until"] = {"N": str(stored_at + LIFETIME_SECONDS)}
    stack.dynamodb.put_item(TableName=stack.table, Item=item)


def test_the_answer_is_given_at_once_and_renewed_behind_it(phone: Phone) -> None:
    ordered = phone.get().headers["Cache-Status"]
    wait_until(lambda: int(phone.get().headers["Age"]) < LIFETIME_SECONDS / 2)
    assert ordered.startswith("image-search-proxy; hit; ")
    assert ordered.endswith("; detail=refresh-ahead")
    assert len(phone.searches) == 2
