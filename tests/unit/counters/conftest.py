"""Sandboxes that count in one table, from noon on."""

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from counting_table import NOON, CountingTable
from image_search.counters import Counters
from image_search.table_health import TableHealth
from wire import TABLE


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def table(aws):
    return CountingTable(boto3.client("dynamodb"))


@pytest.fixture
def health(clock):
    return TableHealth(clock)


@pytest.fixture
def build_counters(table, health):
    return lambda: Counters(table, TABLE, health, Logger(service="image-search-proxy"))
