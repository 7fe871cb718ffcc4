"""A table of moto's with the guard before it, for answers and leases, and a clock."""

from __future__ import annotations

import threading

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from image_search.aws.table import Table
from image_search.cache.lease import Leases
from image_search.cache.store import ResponseCache
from wire import TABLE

STALE_SECONDS = 600


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dynamodb(aws, monkeypatch):
    """One write at a time: moto's conditional writes are not atomic among threads."""
    client = boto3.client("dynamodb")
    lock = threading.Lock()

    def atomic(operation):
        send = getattr(client, operation)

        def call(**arguments):
            with lock:
                return send(**arguments)

        return call

    for operation in ("update_item", "put_item"):
        monkeypatch.setattr(client, operation, atomic(operation))
    return client


@pytest.fixture
def table(dynamodb, clock):
    return Table(dynamodb, TABLE, Logger(service="image-search-proxy"), clock)


@pytest.fixture
def cache(table):
    return ResponseCache(table, STALE_SECONDS, Logger(service="image-search-proxy"))


@pytest.fixture
def leases(table):
    return Leases(table)


@pytest.fixture
def without_table(dynamodb):
    dynamodb.delete_table(TableName=TABLE)
