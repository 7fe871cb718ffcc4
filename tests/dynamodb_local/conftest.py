from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from dynamodb_local.amazon import Amazon, dynamodb_local
from metering.meter import Meter
from resilience.dynamodb_proxy import dynamodb_proxy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def amazon() -> Iterator[Amazon]:
    with dynamodb_local() as amazon:
        yield amazon


@dataclass(frozen=True)
class MeteredTable:
    """A table of Amazon's, behind the proxy of the stack tests and its meter."""

    name: str
    client: DynamoDBClient
    meter: Meter


@pytest.fixture(scope="session")
def table(amazon: Amazon) -> Iterator[MeteredTable]:
    name = f"table-{uuid.uuid4().hex}"
    amazon.client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    meter = Meter()
    with dynamodb_proxy(amazon.url) as proxy:
        proxy.attach(meter, amazon.client)
        yield MeteredTable(name, amazon.client_of(proxy.url), meter)
