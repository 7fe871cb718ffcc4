"""The try-it page of a local stack, in a real browser that starts with nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from browser.try_it_page import TryItPage
from e2e.conftest import (
    client,
    forgetful_stand_in,
    parameters,
    photo,
    sample_photo,
    stack,
    without_prefetch,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

    from e2e.conftest import LocalStack

__all__ = [
    "client",
    "forgetful_stand_in",
    "parameters",
    "photo",
    "sample_photo",
    "stack",
    "without_prefetch",
]

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",  # root in a container has none; the page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def scene(stack: LocalStack, client: httpx.Client) -> str:
    """The title of a sample."""
    scenes = client.get(f"{stack.upstream}/scenes.json").json()
    return str(scenes[0]["title"])


@pytest.fixture(autouse=True)
def forgetful_stack(stack: LocalStack) -> None:
    """Nobody has uploaded or asked anything yet."""
    uploads = stack.s3.list_objects_v2(Bucket=stack.bucket).get("Contents", [])
    for upload in uploads:
        stack.s3.delete_object(Bucket=stack.bucket, Key=upload["Key"])
    keys = [part["AttributeName"] for part in _key_schema(stack)]
    for item in stack.dynamodb.scan(TableName=stack.table)["Items"]:
        stack.dynamodb.delete_item(TableName=stack.table, Key={key: item[key] for key in keys})


@pytest.fixture
def try_it(stack: LocalStack, chromium: Browser) -> Iterator[TryItPage]:
    """The page, just opened."""
    context = chromium.new_context(viewport=DESKTOP, permissions=["clipboard-write"])
    yield TryItPage.open(context, stack.page)
    context.close()


def _key_schema(stack: LocalStack) -> Sequence[KeySchemaElementTypeDef]:
    return stack.dynamodb.describe_table(TableName=stack.table)["Table"]["KeySchema"]
