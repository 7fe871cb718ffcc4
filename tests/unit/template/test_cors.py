"""What web pages may send and read: what the API page and the contract promise."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stack.cors import cors_configuration

ROOT = Path(__file__).parents[3]
API_PAGE = (ROOT / "docs" / "api.md").read_text()
CONTRACT = json.loads((ROOT / "functions" / "api" / "openapi.json").read_text())

# Of any answer (Fetch, "CORS-safelisted response-header name").
READ_ANYWAY = {
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
}
OWN_HEADERS = [
    "authorization",
    "cache-control",
    "content-type",
    "if-none-match",
    "x-api-key",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "x-amzn-trace-id",
]


@pytest.fixture
def cors(template: dict[str, Any]) -> dict[str, Any]:
    """The API's, as it is where there are origins."""
    condition, configuration, off = template["Resources"]["Api"]["Properties"]["CorsConfiguration"][
        "Fn::If"
    ]
    assert (condition, off) == ("HasCorsOrigins", {"Ref": "AWS::NoValue"})
    return dict(configuration)


def promised_by_the_page() -> set[str]:
    """The first column of its table of headers."""
    table = API_PAGE[API_PAGE.index("| header |") :].partition("\n\n")[0]
    return {name.lower() for name in re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)}


def promised_by_the_contract() -> set[str]:
    return {
        name.lower()
        for path in CONTRACT["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for name in answer.get("headers", {})
    }


def test_a_page_may_read_every_header_that_the_api_page_lists(cors: dict[str, Any]) -> None:
    gateways = {"apigw-requestid"}
    assert set(cors["ExposeHeaders"]) == promised_by_the_page() - READ_ANYWAY | gateways


def test_a_page_may_read_every_header_of_the_contract(cors: dict[str, Any]) -> None:
    readable = READ_ANYWAY | set(cors["ExposeHeaders"])
    assert promised_by_the_contract() - readable == set()


def test_a_page_may_use_every_method_of_the_contract(cors: dict[str, Any]) -> None:
    methods = {method.upper() for path in CONTRACT["paths"].values() for method in path}
    assert set(cors["AllowMethods"]) == methods | {"OPTIONS"}


@pytest.mark.parametrize(
    ("parameters", "headers"),
    [
        ({}, OWN_HEADERS),
        ({"CorsAllowHeaders": ""}, OWN_HEADERS),
        ({"CorsAllowHeaders": "x-b3-traceid,x-shop"}, [*OWN_HEADERS, "x-b3-traceid", "x-shop"]),
    ],
)
def test_a_page_may_send_these_headers_and_those_of_the_deployment(
    parameters: dict[str, str], headers: list[str]
) -> None:
    configuration = cors_configuration({"CorsAllowOrigins": "https://shop.test", **parameters})
    assert configuration is not None
    assert configuration["AllowHeaders"] == headers


def test_the_deployments_headers_are_added_where_there_are_any(
    cors: dict[str, Any], template: dict[str, Any]
) -> None:
    comma, joined = cors["AllowHeaders"]["Fn::Split"]
    glue, names = joined["Fn::Join"]
    added = {"Fn::If": ["HasCorsHeaders", {"Ref": "CorsAllowHeaders"}, {"Ref": "AWS::NoValue"}]}
    assert (comma, glue, names) == (",", ",", [*OWN_HEADERS, added])
    assert template["Conditions"]["HasCorsHeaders"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "CorsAllowHeaders"}, ""]}]
    }


@pytest.mark.parametrize(
    ("text", "taken"),
    [("", True), ("*", True), ("x-a,X-B", True), ("x-a, x-b", False), ("x-a,", False)],
)
def test_the_deployments_headers_are_names(
    template: dict[str, Any], text: str, *, taken: bool
) -> None:
    pattern = template["Parameters"]["CorsAllowHeaders"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, text)) is taken


def test_without_origins_no_page_may_call() -> None:
    assert cors_configuration({"CorsAllowOrigins": ""}) is None


def test_a_page_may_upload_and_read_what_finds_its_request(template: dict[str, Any]) -> None:
    bucket = template["Resources"]["UploadsBucket"]["Properties"]
    assert bucket["CorsConfiguration"]["Fn::If"] == [
        "HasCorsOrigins",
        {
            "CorsRules": [
                {
                    "AllowedOrigins": {"Fn::Split": [",", {"Ref": "CorsAllowOrigins"}]},
                    "AllowedMethods": ["POST"],
                    "AllowedHeaders": ["*"],
                    "ExposedHeaders": ["x-amz-request-id", "x-amz-id-2"],
                    "MaxAge": 86400,
                }
            ]
        },
        {"Ref": "AWS::NoValue"},
    ]


def test_preflights_need_no_token_and_are_not_throttled_as_wrong_urls_are(
    template: dict[str, Any],
) -> None:
    """A $default route takes them from the gateway, which gives this one precedence."""
    route = template["Resources"]["OptionsRoute"]["Properties"]
    throttled = template["Resources"]["ApiStage"]["Properties"]["RouteSettings"]
    assert (route["RouteKey"], "AuthorizationType" in route, route["RouteKey"] in throttled) == (
        "OPTIONS /{proxy+}",
        False,
        False,
    )
