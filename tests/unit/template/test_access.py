"""Who may call: the template's rules, its authorizer and its throttles."""

from typing import Any

import pytest

PROTECTED = ("ImageSearchRoute", "SearchByHashRoute", "HeadByHashRoute", "UploadsRoute")
OPEN = (
    "HealthRoute",
    "HeadHealthRoute",
    "OpenapiRoute",
    "HeadOpenapiRoute",
    "DefaultRoute",
    "OptionsRoute",
)


def holds(condition: Any, parameters: dict[str, str]) -> bool:
    """Whether a rule's function is true, as CloudFormation evaluates it."""
    ((name, arguments),) = condition.items()
    if name == "Fn::Equals":
        left, right = (
            parameters[each["Ref"]] if isinstance(each, dict) else each for each in arguments
        )
        return bool(left == right)
    if name == "Fn::Not":
        return not holds(arguments[0], parameters)
    return {"Fn::Or": any, "Fn::And": all}[name](holds(each, parameters) for each in arguments)


def deploys(template: dict[str, Any], **given: str) -> bool:
    defaults = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    parameters = defaults | given
    return all(
        holds(assertion["Assert"], parameters)
        for rule in template["Rules"].values()
        if holds(rule.get("RuleCondition", {"Fn::Equals": ["", ""]}), parameters)
        for assertion in rule["Assertions"]
    )


ISSUER = {"JwtIssuer": "https://issuer.test", "JwtAudience": "shop"}


@pytest.mark.parametrize(
    ("given", "deploying"),
    [
        ({}, False),
        ({"AllowAnonymous": "true"}, True),
        ({"RequireApiKey": "true"}, True),
        (ISSUER, True),
        ({"JwtIssuer": "https://issuer.test"}, False),
        ({**ISSUER, "AllowAnonymous": "true"}, False),
        ({**ISSUER, "RequireApiKey": "true"}, True),
        ({"AllowAnonymous": "true", "DomainName": "api.shop.test"}, False),
        (
            {
                "AllowAnonymous": "true",
                "DomainName": "api.shop.test",
                "CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/c",
            },
            True,
        ),
    ],
)
def test_nothing_deploys_before_a_choice_of_authentication(
    template: dict[str, Any], given: dict[str, str], deploying: bool
) -> None:
    assert deploys(template, **given) is deploying


@pytest.mark.parametrize("route", PROTECTED)
def test_routes_that_cost_ask_for_a_token_where_there_is_an_issuer(
    template: dict[str, Any], route: str
) -> None:
    properties = template["Resources"][route]["Properties"]
    assert (properties["AuthorizationType"], properties["AuthorizerId"]) == (
        {"Fn::If": ["UseJwt", "JWT", "NONE"]},
        {"Fn::If": ["UseJwt", {"Ref": "JwtAuthorizer"}, {"Ref": "AWS::NoValue"}]},
    )


@pytest.mark.parametrize("route", OPEN)
def test_routes_that_cost_nothing_are_open(template: dict[str, Any], route: str) -> None:
    assert "AuthorizationType" not in template["Resources"][route]["Properties"]


def test_these_are_all_the_routes(template: dict[str, Any]) -> None:
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}
    assert {name for name, kind in kinds.items() if kind == "AWS::ApiGatewayV2::Route"} == {
        *PROTECTED,
        *OPEN,
    }


def test_tokens_are_checked_for_their_issuer_and_audience(template: dict[str, Any]) -> None:
    assert template["Resources"]["JwtAuthorizer"]["Properties"] == {
        "ApiId": {"Ref": "Api"},
        "Name": "jwt",
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {
            "Issuer": {"Ref": "JwtIssuer"},
            "Audience": {"Fn::Split": [",", {"Ref": "JwtAudience"}]},
        },
    }


def test_the_gateway_throttles_all_routes_and_uploads_and_wrong_urls_more(
    template: dict[str, Any],
) -> None:
    stage = template["Resources"]["ApiStage"]["Properties"]
    assert (stage["DefaultRouteSettings"], stage["RouteSettings"]) == (
        {
            "ThrottlingRateLimit": {"Ref": "ThrottleRate"},
            "ThrottlingBurstLimit": {"Ref": "ThrottleBurst"},
        },
        {
            "POST /v2/uploads": {
                "ThrottlingRateLimit": {"Ref": "UploadsThrottleRate"},
                "ThrottlingBurstLimit": {"Ref": "UploadsThrottleBurst"},
            },
            "$default": {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20},
        },
    )


def test_only_x_ray_which_knows_no_resources_is_allowed_on_all(template: dict[str, Any]) -> None:
    """In the role itself: Lambda checks it when tracing is switched on, and CloudFormation finishes
    a function's role before the function, but no policy that is apart."""
    everything = [
        (name, condition, policy["PolicyName"], statement["Action"])
        for name, each in template["Resources"].items()
        if each["Type"] in ("AWS::IAM::Role", "AWS::IAM::Policy")
        for either in each["Properties"].get("Policies", [each["Properties"]])
        for condition, policy, _ in [either.get("Fn::If", (None, either, None))]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Resource"] == "*"
    ]
    sent = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    assert everything == [
        ("SearchRole", "UseTracing", "traces", sent),
        ("PrefetchRole", "UseTracing", "traces", sent),
    ]
    assert template["Parameters"]["Tracing"]["Default"] == "off"


@pytest.mark.parametrize(
    ("given", "disabled"),
    [
        ({}, False),
        ({"DomainName": "search.example.com"}, True),
        ({"DomainName": "search.example.com", "KeepExecuteApi": "true"}, False),
    ],
)
def test_next_to_a_domain_the_gateways_own_address_is_closed(
    template: dict[str, Any], given: dict[str, str], disabled: bool
) -> None:
    defaults = {name: each.get("Default") for name, each in template["Parameters"].items()}
    condition, yes, no = template["Resources"]["Api"]["Properties"]["DisableExecuteApiEndpoint"][
        "Fn::If"
    ]
    held = holds(template["Conditions"][condition], {**defaults, **given})
    assert (yes if held else no) is disabled
