"""An upload is gone once it was searched, where the deployment keeps no photo."""

import hashlib
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from wire import ALLOWED, ANSWER, JPEG, TABLE, UPLOADS

SHA256 = hashlib.sha256(JPEG).hexdigest()
KEY = f"uploads/{SHA256}"
PATH = f"/v2/image_search/{SHA256}"
HIT = "image-search-proxy; hit; ttl=3600"


@pytest.fixture
def proxy(build_proxy):
    return build_proxy(DELETE_SEARCHED_UPLOADS="true", REFRESH_FUNCTION="renewer")


@pytest.fixture(autouse=True)
def uploaded(aws):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=KEY, Body=JPEG)


def kept():
    found = boto3.client("s3").list_objects_v2(Bucket=UPLOADS)
    return [each["Key"] for each in found.get("Contents", ())]


def age(seconds):
    """Makes the only answer so much older."""
    dynamodb = boto3.client("dynamodb")
    (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
    times: Any = {n: {"N": str(int(item[n]["N"]) - seconds)} for n in ("stored_at", "fresh_until")}
    dynamodb.put_item(TableName=TABLE, Item=item | times)


def test_a_searched_upload_is_deleted_and_its_answer_stays(proxy, upstream):
    replies = [proxy.get(PATH) for _ in range(2)]
    assert (kept(), [reply.json for reply in replies]) == ([], [ANSWER] * 2)
    assert (replies[1].cache_status, len(upstream.requests)) == (HIT, 1)


def test_so_is_one_that_is_named_by_its_uri(proxy):
    proxy.post_json({"s3_uri": f"s3://{UPLOADS}/{KEY}"})
    assert kept() == []


def test_an_image_in_another_bucket_is_not_deleted(proxy):
    boto3.client("s3").put_object(Bucket=ALLOWED, Key=KEY, Body=JPEG)
    assert proxy.post_json({"s3_uri": f"s3://{ALLOWED}/{KEY}"}).status == 200
    assert boto3.client("s3").get_object(Bucket=ALLOWED, Key=KEY)["Body"].read() == JPEG


def test_an_upload_whose_search_failed_stays_for_another_try(proxy, upstream):
    upstream.answers(500)
    assert (proxy.get(PATH).status, kept()) == (502, [KEY])


def test_unless_the_deployment_says_so_an_upload_stays(build_proxy):
    build_proxy().get(PATH)
    assert kept() == [KEY]


def test_what_cannot_be_deleted_is_answered_and_logged(proxy, monkeypatch, capsys):
    bucket = proxy.handler._bucket
    s3 = bucket._s3()
    monkeypatch.setattr(bucket, "_s3", lambda: s3)
    s3.meta.events.register("before-call.s3.DeleteObject", refused)
    reply = proxy.get(PATH)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = [(line["message"], line.get("error")) for line in lines]
    assert (reply.json, kept()) == (ANSWER, [KEY])
    assert said == [("upload not deleted", "upstream_unavailable"), ("request", None)]


def refused(**_):
    raise EndpointConnectionError(endpoint_url="https://s3")


def test_its_answer_is_not_renewed_as_the_image_is_gone(proxy, upstream):
    proxy.get(PATH)
    age(3_500)
    reply = proxy.get(PATH)
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert (reply.json, "hit" in reply.cache_status, len(upstream.requests)) == (ANSWER, True, 1)
    assert [item for item in items if item["pk"]["S"].startswith("ticket#")] == []


def test_a_request_with_the_image_renews_it(proxy, upstream):
    proxy.get(PATH)
    age(3_500)
    assert "refresh-ahead" in proxy.post().cache_status
    assert len(upstream.requests) == 2


def test_once_it_has_expired_the_phone_is_asked_to_upload_again(proxy):
    proxy.get(PATH)
    age(3_700)
    reply = proxy.get(PATH)
    assert (reply.status, reply.json["upload"]["fields"]["key"]) == (404, KEY)
