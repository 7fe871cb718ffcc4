"""A stack with two functions and a bucket, whose versions a test publishes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import boto3
import pytest

from operations.environment import Environment
from operations.lifecycle.stack import Function, Stack

FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.13",
    },
}
TEMPLATE = {
    "Parameters": {"GradualDeployment": {"Type": "String", "Default": "false"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        },
        "PrefetchFunction": FUNCTION,
        "SearchFunction": FUNCTION,
        "UploadsBucket": {"Type": "AWS::S3::Bucket"},
    },
    "Outputs": {"SecretArn": {"Value": "arn:aws:secretsmanager:eu-west-1:1:secret:credentials"}},
}


@pytest.fixture(autouse=True)
def one_session(boto3_session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all tests: what a session costs is half a second."""
    monkeypatch.setattr(Environment, "session", lambda _: boto3_session)


@pytest.fixture
def create(aws: None) -> Callable[..., None]:
    def create(**parameters: str) -> None:
        boto3.client("cloudformation", "eu-west-1").create_stack(
            StackName="proxy",
            TemplateBody=json.dumps(TEMPLATE),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )

    return create


@pytest.fixture
def functions(create: Callable[..., None], dev: Environment) -> list[Function]:
    """The search function and the one that prefetches; neither has a version yet."""
    create()
    return Stack.find(dev, dev.session()).functions(dev.session())


def publish(function: Function, released: str, *, live: bool = True) -> None:
    """As a deployment does, which fails if it is not to be live."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", released)
    function.lambda_.update_function_code(FunctionName=function.name, ZipFile=code.getvalue())
    number = function.lambda_.publish_version(FunctionName=function.name, Description=released)[
        "Version"
    ]
    if not live:
        return
    if function.live() is None:
        function.lambda_.create_alias(
            FunctionName=function.name, Name="live", FunctionVersion=number
        )
    else:
        function.lambda_.update_alias(
            FunctionName=function.name, Name="live", FunctionVersion=number
        )
