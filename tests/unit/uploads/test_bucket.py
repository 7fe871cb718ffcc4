import base64
import hashlib
import json

import boto3
import pytest
from botocore.config import Config

from image_search.errors import CorruptImage, ImageNotFound, WrongDigest
from image_search.images.image import read_image
from image_search.uploads.bucket import ImageBucket, StoredImage
from wire import JPEG, UPLOADS

SHA256 = hashlib.sha256(JPEG).hexdigest()


@pytest.fixture
def s3(aws):
    return boto3.client("s3", config=Config(signature_version="s3v4"))


@pytest.fixture
def store(s3):
    return ImageBucket(lambda: s3, UPLOADS, (), 9_000)


def test_an_upload_is_read_by_its_name(store, s3):
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    assert store.read_upload(SHA256) == read_image(JPEG, 9_000, store.upload_uri(SHA256))


def test_an_upload_that_is_not_there_is_not_found(store):
    with pytest.raises(ImageNotFound):
        store.read_upload(SHA256)


def test_an_upload_of_other_bytes_is_corrupt(store, s3):
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG + b"x")
    with pytest.raises(CorruptImage):
        store.read_upload(SHA256)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_what_else_is_wrong_with_an_upload_of_other_bytes_is_not_said(store, s3, content):
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=content)
    with pytest.raises(WrongDigest):
        store.read_upload(SHA256)


@pytest.mark.parametrize(("metadata", "ticket"), [({"ticket": "a1"}, "a1"), ({}, None)])
def test_an_upload_names_its_ticket(store, s3, metadata, ticket):
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG, Metadata=metadata)
    image = read_image(JPEG, 9_000, store.upload_uri(SHA256))
    assert store.find_upload(SHA256) == StoredImage(image, ticket)


def test_an_upload_is_deleted_whether_it_is_there_or_not(store, s3):
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    store.delete_upload(SHA256)
    store.delete_upload(SHA256)
    assert not store.has_upload(SHA256)


def test_whether_an_upload_is_there(store, s3):
    before = store.has_upload(SHA256)
    s3.put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    assert (before, store.has_upload(SHA256)) == (False, True)


def test_a_form_takes_this_image_and_no_other(store):
    form = store.upload_form(SHA256, size=7, content_type="image/jpeg")
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    checksum = base64.b64encode(hashlib.sha256(JPEG).digest()).decode()
    assert policy["conditions"][:6] == [
        {"Content-Type": "image/jpeg"},
        {"x-amz-checksum-algorithm": "SHA256"},
        {"x-amz-checksum-sha256": checksum},
        ["content-length-range", 7, 7],
        {"bucket": UPLOADS},
        {"key": f"uploads/{SHA256}"},
    ]


@pytest.mark.parametrize("ticket", [None, "a1"])
def test_a_forms_fields_are_all_that_its_policy_asks_for(store, ticket):
    form = store.upload_form(SHA256, content_type="image/jpeg", ticket=ticket)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    asked = {
        name
        for condition in policy["conditions"]
        if isinstance(condition, dict)
        for name in condition
    }
    assert set(form.fields) == asked - {"bucket"} | {"policy", "x-amz-signature"}


def test_a_form_is_for_one_ticket(store):
    form = store.upload_form(SHA256, content_type="image/jpeg", ticket="a1")
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert form.fields["x-amz-meta-ticket"] == "a1"
    assert {"x-amz-meta-ticket": "a1"} in policy["conditions"]


def test_a_form_expires_in_minutes(store):
    assert store.upload_form(SHA256, content_type="image/jpeg").expires_in == 300


def test_a_form_for_an_unknown_size_takes_up_to_the_limit(store):
    form = store.upload_form(SHA256, content_type="image/jpeg")
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert ["content-length-range", 1, 9_000] in policy["conditions"]
