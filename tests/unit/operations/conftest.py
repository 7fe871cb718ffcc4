"""A stack as operators' commands find it, and a samconfig.toml that names it."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

from operations.environment import Environment
from wire import TABLE, UPLOADS

SAM_CONFIG = """
version = 0.1
[local.global.parameters]
stack_name = "proxy-local"
[dev.global.parameters]
stack_name = "proxy"
[dev.deploy.parameters]
region = "eu-west-1"
confirm_changeset = false
[live.global.parameters]
stack_name = "proxy"
[live.deploy.parameters]
confirm_changeset = true
[prod.global.parameters]
stack_name = "proxy"
"""
TEMPLATE = {
    "Parameters": {"UpstreamCallsPerDay": {"Type": "Number", "Default": 1_000_000}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {
        "TableName": {"Value": TABLE},
        "BucketName": {"Value": UPLOADS},
        "SecretArn": {"Value": "image-search-credentials"},
    },
}


@pytest.fixture
def sam_config(tmp_path: Path) -> Path:
    path = tmp_path / "samconfig.toml"
    path.write_text(SAM_CONFIG)
    return path


@pytest.fixture
def dev(sam_config: Path) -> Environment:
    return Environment.read("dev", "make pause", sam_config)


@pytest.fixture
def stack(aws: None) -> None:
    boto3.client("cloudformation").create_stack(
        StackName="proxy", TemplateBody=json.dumps(TEMPLATE)
    )
