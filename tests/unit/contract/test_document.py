"""The OpenAPI document: valid, complete and the one that is committed."""

import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.unrouted import CATCH_ALL
from contract.document import build, to_text
from contract.error_answers import UNROUTED, every
from image_search.parameters.fmt_options import FmtOptions
from image_search.parameters.search_parameters import DROPPED, SearchParameters

FUNCTIONS = Path(__file__).parents[3] / "functions"
DOCUMENT = build()
METHODS = ("get", "head", "post")


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def examples():
    """Every example of a response, with where it stands and its schema."""
    for route, operation in operations():
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                for name, example in content.get("examples", {}).items():
                    yield f"{route} {status} {name}", content["schema"], example["value"]


def conforms(value, schema):
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole).is_valid(value)


def component(name):
    return DOCUMENT["components"]["parameters"][name]["schema"]


def test_the_committed_document_is_the_one_that_the_code_makes():
    committed = (FUNCTIONS / "api" / "openapi.json").read_text(encoding="utf-8")
    assert committed == to_text(DOCUMENT), "the contract has changed: run `make openapi`"


def test_the_document_is_valid():
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_routes_are_those_of_the_template(template):
    routes = {
        resource["Properties"]["RouteKey"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert {route for route, _ in operations()} == routes - CATCH_ALL


def test_every_operation_has_an_id_of_its_own():
    assert sorted(operation["operationId"] for _, operation in operations()) == [
        "createUpload",
        "getHealth",
        "getOpenapi",
        "headByHash",
        "headHealth",
        "headOpenapi",
        "searchByHash",
        "searchByImage",
    ]


def test_every_parameter_of_a_search_is_documented():
    expected = {
        *(SearchParameters.model_fields.keys() - {"fmt_options"}),
        *(f"fmt_options[{name}]" for name in FmtOptions.model_fields),
        *DROPPED,
    }
    documented = DOCUMENT["components"]["parameters"].values()
    assert {one["name"] for one in documented if one["in"] == "query"} == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("section", ""),
        ("section", "x" * 101),
        ("search_crop_type", "circle"),
        ("s", 0),
        ("s", 10**18),
        ("us", [""]),
        ("fmt_options.fields", ["x"] * 21),
        ("fmt_options.hidden_fields", ["x" * 301]),
        ("fmt_options.groups_max_depth", -(10**18)),
        ("fmt_options.groups_start", "bottom"),
        ("fmt_options.facet_groups_limit", -1),
        ("fmt_options.facet_options", {"color": ["x"] * 16}),
        ("fmt_options.facet_options", {name: ["x"] for name in "abcdef"}),
        ("fmt_options.facet_options", {"[color]": ["x"]}),
    ],
)
def test_a_parameters_schema_has_its_limit(name, value):
    assert not conforms(value, component(name))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("section", "x" * 100),
        ("s", 10**18 - 1),
        ("fmt_options.fields", ["x"] * 20),
        ("fmt_options.facet_options", {"color": ["x"] * 15}),
    ],
)
def test_a_parameters_schema_takes_what_is_just_within_its_limit(name, value):
    assert conforms(value, component(name))


def test_every_error_has_an_example_with_its_status():
    shown = {
        (status, name)
        for _, operation in operations()
        for status, response in operation["responses"].items()
        for name in response.get("content", {}).get("application/json", {}).get("examples", {})
    }
    expected = {(str(kind.status), kind.code) for kind in every() - UNROUTED}
    problems = {("400", "unknown_parameter"), ("403", "parameter_not_allowed")}
    assert {one for one in shown if int(one[0]) >= 400} == expected | problems


def test_every_example_conforms_to_its_schema():
    assert [where for where, schema, value in examples() if not conforms(value, schema)] == []


def test_an_error_that_is_too_large_says_what_to_do_instead():
    examples = DOCUMENT["paths"]["/v2/image_search"]["post"]["responses"]["413"]["content"]
    message = examples["application/json"]["examples"]["image_too_large"]["value"]["message"]
    assert ("4500000" in message, "POST /v2/uploads" in message) == (True, True)


def test_each_status_has_the_name_of_its_rfc():
    """RFC 9110 §15, and RFC 6585 §4: Python's own names differ by version."""
    descriptions = {
        status: response["description"].partition(":")[0]
        for _, operation in operations()
        for status, response in operation["responses"].items()
        if status >= "4"
    }
    assert descriptions == {
        "400": "Bad Request",
        "401": "Unauthorized",
        "403": "Forbidden",
        "404": "Not Found",
        "413": "Content Too Large",
        "415": "Unsupported Media Type",
        "422": "Unprocessable Content",
        "429": "Too Many Requests",
        "500": "Internal Server Error",
        "502": "Bad Gateway",
        "503": "Service Unavailable",
        "504": "Gateway Timeout",
    }


def test_no_request_imports_what_makes_the_document():
    program = "import sys, api.routes; print('contract' in sys.modules)"
    reported = subprocess.run(
        [sys.executable, "-c", program], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    )
    assert reported.stdout == "False\n"
