"""A stack is deleted with what its bucket holds."""

import io
import sys

import boto3
import pytest

from operations import environment
from operations.lifecycle import deletion
from operations.lifecycle.deletion import empty, main


@pytest.fixture
def configured(sam_config, monkeypatch):
    monkeypatch.setattr(environment, "SAM_CONFIG", sam_config)


@pytest.fixture
def bucket(create, configured):
    create()
    (bucket,) = boto3.client("s3").list_buckets()["Buckets"][-1:]
    return bucket["Name"]


def upload(bucket, *names):
    for name in names:
        boto3.client("s3", "eu-west-1").put_object(Bucket=bucket, Key=name, Body=b"photo")


def statuses():
    found = boto3.client("cloudformation", "eu-west-1").list_stacks()["StackSummaries"]
    return [each["StackStatus"] for each in found]


def test_a_bucket_is_emptied_of_what_was_deleted_or_replaced_too(bucket):
    s3 = boto3.client("s3", "eu-west-1")
    upload(bucket, "uploads/plain")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    upload(bucket, "uploads/twice", "uploads/twice", "uploads/deleted")
    s3.delete_object(Bucket=bucket, Key="uploads/deleted")
    assert empty(s3, bucket) == 5
    s3.delete_bucket(Bucket=bucket)


def test_a_stack_is_deleted_with_its_uploads_and_what_is_left_is_said(bucket, capsys):
    upload(bucket, "uploads/one", "uploads/two")
    assert main(["--environment", "dev", "--yes"]) == 0
    said = capsys.readouterr().out
    assert f"{bucket}: 2 uploads deleted." in said
    assert "aws secretsmanager delete-secret --secret-id" in said
    assert statuses() == ["DELETE_COMPLETE"]


def test_it_asks_in_every_environment(bucket, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["--environment", "dev"]) == 1
    assert "add YES=1" in capsys.readouterr().err
    assert statuses() == ["CREATE_COMPLETE"]


def test_what_is_not_there_is_not_deleted(aws, configured, capsys):
    assert main(["--environment", "dev", "--yes"]) == 1
    assert "There is no stack proxy." in capsys.readouterr().err


def test_the_bucket_of_sams_packages_is_named(bucket, monkeypatch, capsys):
    boto3.client("cloudformation", "eu-west-1").create_stack(
        StackName=deletion.SAM_STACK,
        TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},'
        ' "Outputs": {"SourceBucket": {"Value": "packages"}}}',
    )
    assert main(["--environment", "dev", "--yes"]) == 0
    assert "aws s3 rm --recursive s3://packages/proxy" in capsys.readouterr().out
