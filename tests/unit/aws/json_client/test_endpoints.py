"""A service's address is the one that botocore resolves."""

from typing import Any

import botocore.session
import pytest

from image_search.aws import clients
from image_search.aws.json_client import endpoints
from image_search.aws.json_client.connections import Timeouts

SERVICES = ("dynamodb", "secretsmanager")
TIMEOUTS = Timeouts(connect=1, read=1)
_KNOWN = botocore.session.Session()
REGIONS = [
    region
    for partition in _KNOWN.get_available_partitions()
    for region in _KNOWN.get_available_regions("dynamodb", partition)
]


def of_botocore(service):
    session = botocore.session.Session()
    # Without credentials: with an account's, DynamoDB may have an address for it alone.
    session.set_credentials("a", "b")
    return session.create_client(service).meta.endpoint_url


@pytest.fixture(scope="module")
def resolver():
    """botocore's rules for all regions, by a client of each service."""
    session = botocore.session.Session()
    session.set_credentials("a", "b")
    clients: dict[str, Any] = {each: session.create_client(each, "us-east-1") for each in SERVICES}

    def resolve(service, region):
        rules = clients[service]._ruleset_resolver._provider
        return rules.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False).url

    return resolve


@pytest.fixture(autouse=True)
def no_endpoints(environment, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_botocore_knows_many_regions():
    assert len(REGIONS) > 30


@pytest.mark.parametrize("service", SERVICES)
def test_each_region_has_botocores_endpoint(resolver, monkeypatch, service):
    found = {}
    for region in (*REGIONS, "eu-newest-7", "us-gov-south-9", "cn-south-3", "mars"):
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        found[region] = endpoints.endpoint(service)
    assert found == {region: resolver(service, region) for region in found}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"AWS_ENDPOINT_URL": "http://localhost:4566"},
        {"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:8000"},
        {"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://vpce-1.secrets.test"},
        {"AWS_ENDPOINT_URL": "http://localhost:4566", "AWS_ENDPOINT_URL_DYNAMODB": "http://d:1"},
        {"AWS_ENDPOINT_URL": "http://localhost:4566", "AWS_ENDPOINT_URL_DYNAMODB": ""},
    ],
    ids=str,
)
def test_the_environments_endpoint_goes_first_as_with_botocore(monkeypatch, service, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert endpoints.endpoint(service) == of_botocore(service)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("HTTPS_PROXY", "http://proxy.test:3128"),
        ("https_proxy", "http://proxy.test:3128"),
    ],
)
def test_what_only_botocore_knows_is_left_to_its_clients(aws, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    made = [clients.dynamodb(TIMEOUTS), clients.secrets_manager(TIMEOUTS)]
    assert [each.meta.service_model.service_name for each in made] == list(SERVICES)
