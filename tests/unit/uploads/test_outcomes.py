"""What came of an upload that no search can use, and for how long it counts."""

import json

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.config import Config

from clock import Clock
from image_search.aws.table import Table
from image_search.errors import CorruptImage, UnsupportedMediaType
from image_search.uploads.outcomes import OUTCOME_SECONDS, Outcomes
from metering.meter import Throttling
from metering.units import Units
from wire import TABLE

SHA256, OTHER = "a" * 64, "b" * 64
ERROR = UnsupportedMediaType("It is a PDF.")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outcomes(aws, clock):
    logger = Logger(service="image-search-proxy")
    once = Config(retries={"total_max_attempts": 1})
    table = Table(boto3.client("dynamodb", config=once), TABLE, logger, clock)
    return Outcomes(table, lambda sha256: f"of-{sha256[:4]}.upload")


def test_the_error_is_answered_as_it_was_met(outcomes):
    outcomes.record(SHA256, ERROR)
    found = outcomes.error_of(SHA256)
    assert (found.status, found.code, found.to_json("t")) == (415, ERROR.code, ERROR.to_json("t"))


def test_it_concerns_no_other_image(outcomes):
    outcomes.record(SHA256, ERROR)
    assert outcomes.error_of(OTHER) is None


def test_it_holds_neither_image_nor_hash(outcomes):
    outcomes.record(SHA256, ERROR)
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert (sorted(item), SHA256 in str(item)) == (["expires_at", "pk", "unusable"], False)


@pytest.mark.parametrize(
    ("seconds", "known"), [(OUTCOME_SECONDS - 1, True), (OUTCOME_SECONDS, False)]
)
def test_it_counts_for_minutes_whether_dynamodb_deletes_it_or_not(outcomes, clock, seconds, known):
    outcomes.record(SHA256, ERROR)
    clock.forward(seconds)
    assert (outcomes.error_of(SHA256) is not None) == known


def test_the_last_one_counts(outcomes):
    for error in (ERROR, CorruptImage()):
        outcomes.record(SHA256, error)
    assert outcomes.error_of(SHA256).code == "corrupt_image"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", json.dumps({"status": 415, "code": "x"})]
)
def test_an_item_of_another_make_counts_as_none(outcomes, text):
    outcomes.record(SHA256, ERROR)
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item | {"unusable": {"S": text}})
    assert outcomes.error_of(SHA256) is None


def test_it_costs_a_write_and_half_a_read(outcomes, metered):
    outcomes.record(SHA256, ERROR)
    outcomes.error_of(SHA256)
    assert metered.total() == Units(read=0.5, write=1)


def test_a_throttled_table_is_no_error(outcomes, metered):
    metered.throttle(Throttling(reads=1, writes=1))
    outcomes.record(SHA256, ERROR)
    assert outcomes.error_of(SHA256) is None
