"""Sandboxes that count in one table, from noon on."""

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from counting_table import NOON, CountingTable
from image_search.aws.table import Table
from image_search.limits.counters import Counters
from wire import TABLE


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def table(aws):
    return CountingTable(boto3.client("dynamodb"))


@pytest.fixture
def build_counters(table, clock):
    logger = Logger(service="image-search-proxy")
    return lambda: Counters(Table(table, TABLE, logger, clock))
