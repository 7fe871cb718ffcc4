"""What unit and integration tests share: the proxy with the network replaced at the wire."""

from __future__ import annotations

import copy
import http.client
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from botocore.hooks import BaseEventHooks
from hypothesis import HealthCheck, settings
from moto import mock_aws
from samcli.yamlhelper import yaml_parse

import emulated_aws
from api.composition import build
from api.routes import Routes
from image_search.aws.session import session
from image_search.settings import Settings
from logs import another_process, logging_to_current_output
from wire import ALLOWED, ENVIRONMENT, INDEX_KEY, TABLE, TOKEN, UPLOADS, Proxy, Upstream

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

ROOT = Path(__file__).parent.parent

# How fast an example is made or tried says more about the machine than about the code.
# Continuous integration tries the same examples each time; developers' machines look for new ones.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return dict(yaml_parse((ROOT / "template.yaml").read_text()))


@pytest.fixture(autouse=True)
def fresh_logger() -> Iterator[None]:
    yield
    another_process()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A deployment's environment; AWS calls cannot leave the process."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    variables = dict(ENVIRONMENT)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture(scope="session")
def boto3_session() -> boto3.Session:
    """The one session of all tests, as the function keeps one: what a session costs is reading
    the services' descriptions, half a second for a test that takes milliseconds."""
    with mock_aws():
        return boto3.Session(region_name="eu-west-1")


@pytest.fixture
def aws(
    environment: dict[str, str],
    template: dict[str, Any],
    boto3_session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """The template's table, the buckets and the secret, in moto."""
    with mock_aws():
        monkeypatch.setattr(http.client.HTTPSConnection, "connect", emulated_aws.connect)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3_session)
        table = template["Resources"]["CacheTable"]["Properties"]
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode=table["BillingMode"],
            KeySchema=table["KeySchema"],
            AttributeDefinitions=table["AttributeDefinitions"],
        )
        where: CreateBucketConfigurationTypeDef = {"LocationConstraint": "eu-west-1"}
        for bucket in (UPLOADS, ALLOWED, "foreign-bucket"):
            boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        boto3.client("secretsmanager").create_secret(
            Name=environment["CREDENTIALS_SECRET_ARN"],
            SecretString=json.dumps({"key": INDEX_KEY, "token": TOKEN}),
        )
        yield


@pytest.fixture
def aws_events(aws: None) -> Iterator[BaseEventHooks]:
    """Those of the function's own calls to AWS, for clients that are made in this test."""
    events: BaseEventHooks = session().get_component("event_emitter")
    of_this_test = copy.copy(events)
    session().register_component("event_emitter", of_this_test)
    yield of_this_test
    session().register_component("event_emitter", events)


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def build_proxy(aws: None, environment: dict[str, str], upstream: Upstream) -> Callable[..., Proxy]:
    """Builds a proxy; keyword arguments override environment variables."""

    def build_one(**overrides: str) -> Proxy:
        deployment = Settings.from_environment({**environment, **overrides})
        with logging_to_current_output():
            routes: Routes = build(deployment, httpx.MockTransport(upstream))
        return Proxy(routes)

    return build_one


@pytest.fixture
def proxy(build_proxy: Callable[..., Proxy]) -> Proxy:
    return build_proxy()
