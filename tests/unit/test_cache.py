import os

import boto3
import pytest
from aws_lambda_powertools import Logger

from image_search.answers import Answer
from image_search.cache import MAX_BODY_BYTES, Hit, Miss, ResponseCache, StoreResult
from image_search.cache_status import Forwarded
from wire import TABLE

ANSWER = Answer.from_json(b'{"a":1}', 1000, 60)


@pytest.fixture
def dynamodb(aws):
    return boto3.client("dynamodb")


@pytest.fixture
def cache(dynamodb):
    return ResponseCache(dynamodb, TABLE, Logger(service="image-search-proxy"))


def test_what_was_put_is_a_hit(cache):
    stored = cache.put("k", ANSWER)
    assert (stored, cache.get("k", 1059)) == (StoreResult.STORED, Hit(ANSWER))


def test_what_was_never_put_is_a_miss(cache):
    assert cache.get("k", 1000) == Miss()


def test_an_expired_item_is_a_miss_before_dynamodb_deletes_it(cache):
    cache.put("k", ANSWER)
    assert cache.get("k", 1060) == Miss(Forwarded.STALE)


def test_the_ttl_attribute_is_the_end_of_freshness(cache, dynamodb, template):
    cache.put("k", ANSWER)
    ttl = template["Resources"]["CacheTable"]["Properties"]["TimeToLiveSpecification"]
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "k"}})["Item"]
    assert item[ttl["AttributeName"]] == {"N": "1060"}


def test_a_body_that_fits_no_item_is_not_stored(cache):
    answer = Answer(os.urandom(MAX_BODY_BYTES + 1), "tag", 1000, 1060)
    assert cache.put("k", answer) is StoreResult.TOO_LARGE


def test_the_largest_body_that_is_stored_fits_an_item(cache):
    answer = Answer(os.urandom(MAX_BODY_BYTES), "tag", 1000, 1060)
    cache.put("k" * 64, answer)
    assert cache.get("k" * 64, 1000) == Hit(answer)


def test_an_item_that_is_no_answer_is_a_miss(cache, dynamodb):
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "k"}, "body": {"S": "x"}})
    assert cache.get("k", 1000) == Miss()


def test_a_table_that_cannot_be_read_is_a_miss_with_a_reason(cache, dynamodb):
    dynamodb.delete_table(TableName=TABLE)
    assert cache.get("k", 1000) == Miss(detail="cache-unavailable")


def test_a_table_that_cannot_be_written_is_not_an_error(cache, dynamodb):
    dynamodb.delete_table(TableName=TABLE)
    assert cache.put("k", ANSWER) is StoreResult.FAILED
