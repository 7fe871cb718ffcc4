"""The handwritten Lambda, deployed to the emulator behind an HTTP API of its own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from benchmarks import places
from benchmarks.phones import Target
from benchmarks.stack import Stack
from benchmarks.variants import HANDWRITTEN

_NAME = "handwritten"
_PACKAGES = ("requests", "urllib3", "certifi", "idna", "charset_normalizer")
_PEERS = places.PROJECT / "benchmarks" / "peers"


def deploy(stack: Stack) -> Target:
    """Where it answers."""

    def client(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=stack.emulator,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    client("dynamodb").create_table(
        TableName=_NAME,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    client("secretsmanager").create_secret(
        Name=_NAME, SecretString=f'{{"key": "{stack.key}", "token": "{stack.token}"}}'
    )
    role = _create_role(client("iam"))
    arn = _create_function(client("lambda"), stack, role)
    return Target(f"{_create_api(client, arn, stack.emulator)}/v2/image_search?us=bench")


def _create_role(iam: Any) -> str:
    """May do what its file does; the emulator asks IAM as AWS would."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = iam.create_role(
        RoleName=_NAME, AssumeRolePolicyDocument=_policy({**trust, "Action": "sts:AssumeRole"})
    )
    actions = ["dynamodb:GetItem", "dynamodb:PutItem", "secretsmanager:GetSecretValue"]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_role_policy(RoleName=_NAME, PolicyName=_NAME, PolicyDocument=_policy(allowed))
    return str(role["Role"]["Arn"])


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_function(lambda_: Any, stack: Stack, role: str) -> str:
    made = lambda_.create_function(
        FunctionName=_NAME,
        Runtime=_runtime(),
        Role=role,
        Handler=HANDWRITTEN.handler,
        Code={"ZipFile": _archive()},
        MemorySize=512,
        Timeout=30,
        Environment={
            "Variables": {"CACHE_TABLE": _NAME, "SECRET": _NAME, "UPSTREAM_URL": stack.upstream}
        },
    )
    lambda_.add_permission(
        FunctionName=_NAME,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    return str(made["FunctionArn"])


def _create_api(client: Callable[[str], Any], arn: str, emulator: str) -> str:
    gateway = client("apigatewayv2")
    api = gateway.create_api(Name=_NAME, ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(
        ApiId=api, RouteKey="POST /v2/image_search", Target=f"integrations/{integration}"
    )
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return f"{emulator}/_aws/execute-api/{api}"


def _runtime() -> str:
    (library,) = (places.EMULATOR_PYTHON.parents[1] / "lib").iterdir()
    return library.name


def _archive() -> bytes:
    """Its file and the packages that the runtime does not bring, with their bytecode."""
    (packages,) = (places.PYTHON.parents[1] / "lib").glob("*/site-packages")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(_PEERS / "handwritten.py", "handwritten.py")
        for package in _PACKAGES:
            for path in _files(packages / package):
                archive.write(path, str(path.relative_to(packages)))
    return file.getvalue()


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
