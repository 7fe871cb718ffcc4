"""One image is forgotten, in every index, and nothing else is."""

import hashlib
import json

import boto3
import pytest

from image_search.composition import build_core
from image_search.errors import CorruptImage
from image_search.uploads.tickets import Ticket
from operations.purge import purge
from prefetch.settings import PrefetchSettings
from wire import INDEX_KEY, JPEG, TABLE, UPLOADS

SHA256 = hashlib.sha256(JPEG).hexdigest()
OTHER = JPEG[:-2] + b"another" + JPEG[-2:]


@pytest.fixture
def deployed(stack, environment):
    secret = {"key": INDEX_KEY, "sites": {"uk": {"key": "key_of_the_uk"}}}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )


@pytest.fixture
def purge_image(dev):
    return lambda: purge(dev.session(), dev, SHA256)


def test_an_images_answers_are_forgotten_in_every_index(deployed, proxy, upstream, purge_image):
    for query in ("", "us=web", "site=uk"):
        proxy.post(query=query)
    forgotten = purge_image()
    again = [proxy.post(query=query).cache_status for query in ("", "us=web", "site=uk")]
    assert (forgotten, ["hit" in status for status in again]) == (3, [False] * 3)


def test_other_images_answers_stay(deployed, proxy, purge_image):
    proxy.post(OTHER)
    assert (purge_image(), "hit" in proxy.post(OTHER).cache_status) == (0, True)


def test_its_upload_is_deleted_and_no_other(deployed, purge_image):
    s3 = boto3.client("s3")
    for name in (SHA256, "b" * 64):
        s3.put_object(Bucket=UPLOADS, Key=f"uploads/{name}", Body=JPEG)
    purge_image()
    kept = [each["Key"] for each in s3.list_objects_v2(Bucket=UPLOADS)["Contents"]]
    assert kept == [f"uploads/{'b' * 64}"]


def test_its_tickets_and_what_came_of_its_upload_are_forgotten(deployed, environment, purge_image):
    settings = PrefetchSettings.from_environment(environment)
    core = build_core(settings)
    core.outcomes.record(SHA256, CorruptImage())
    for image in (SHA256, "b" * 64):
        core.tickets.write(Ticket(image, "", "203.0.113.9", "Shop/7.1"))
    forgotten = purge_image()
    left = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    kept = [item["sha256"]["B"].hex() for item in left]
    assert (forgotten, kept) == (0, ["b" * 64])


def test_quotas_and_the_circuit_stay(deployed, proxy, upstream, purge_image):
    proxy.post()
    upstream.answers(500)
    proxy.post(OTHER)
    forgotten = purge_image()
    left = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    names = {item["pk"]["S"] for item in left}
    kept = {name.partition("#")[0] for name in names if not name.endswith("#lease")}
    assert (forgotten, kept) == (1, {"limit", "breaker"})


def test_another_generation_finds_nothing_that_was_stored(build_proxy, upstream):
    build_proxy().post()
    upstream.requests.clear()
    reply = build_proxy(CACHE_GENERATION="1").post()
    assert ("fwd=miss" in reply.cache_status, len(upstream.requests)) == (True, 1)
