"""What the template promises; the emulator keeps only part of it, so it is read here.

An intrinsic function is a dict such as `{"Ref": "Api"}`.
"""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from image_search.search.control_item import KEY
from image_search.settings import Settings
from image_search.uploads.tickets import TICKET_SECONDS
from operations.release import stamp

ROOT = Path(__file__).parents[3]

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> Resources:
    return dict(template["Resources"])


def properties(resources: Resources, name: str) -> dict[str, Any]:
    return dict(resources[name]["Properties"])


def allowed_by(resources: Resources, role: str) -> Iterator[dict[str, Any]]:
    """Without what it denies itself."""
    for policy in properties(resources, role)["Policies"]:
        if "Fn::If" in policy:  # tracing
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                yield statement


def statements(resources: Resources) -> Iterator[dict[str, Any]]:
    """What the function may do."""
    yield from allowed_by(resources, "SearchRole")
    for name in ("RefreshPolicy", "AllowedBucketsPolicy"):
        yield from properties(resources, name)["PolicyDocument"]["Statement"]


def prefetch_statements(resources: Resources) -> Iterator[dict[str, Any]]:
    yield from allowed_by(resources, "PrefetchRole")
    yield from properties(resources, "PrefetchUploadsPolicy")["PolicyDocument"]["Statement"]


def references(value: object) -> set[str]:
    """The names in every `Ref` and `Sub` below `value`."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if isinstance(value, str):
        return set(re.findall(r"\$\{([\w:]+)\}", value))
    if not isinstance(value, dict):
        return set()
    here = {value["Ref"]} if isinstance(value.get("Ref"), str) else set()
    return here.union(*map(references, value.values()))


def test_the_function_may_do_this_and_no_more(resources: Resources) -> None:
    allowed = [(each["Action"], each["Resource"]) for each in statements(resources)]
    assert allowed[:-1] == [
        (
            [
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
            ],
            {"Fn::GetAtt": ["CacheTable", "Arn"]},
        ),
        (
            {
                "Fn::If": [
                    "UseDeletion",
                    ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                    ["s3:GetObject", "s3:PutObject"],
                ]
            },
            {"Fn::Sub": "${UploadsBucket.Arn}/uploads/*"},
        ),
        ("secretsmanager:GetSecretValue", {"Fn::GetAtt": ["UpstreamCredentials", "Id"]}),
        (["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": ["SearchLogGroup", "Arn"]}),
        (
            "lambda:InvokeFunction",
            [
                {"Fn::GetAtt": ["PrefetchFunction", "Arn"]},
                {"Fn::Sub": "${PrefetchFunction.Arn}:live"},
            ],
        ),
    ]
    assert allowed[-1][0] == "s3:GetObject"


def test_a_prefetch_may_do_this_and_no_more(resources: Resources) -> None:
    allowed = [(each["Action"], each["Resource"]) for each in prefetch_statements(resources)]
    assert allowed == [
        (
            [
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
            ],
            {"Fn::GetAtt": ["CacheTable", "Arn"]},
        ),
        ("secretsmanager:GetSecretValue", {"Fn::GetAtt": ["UpstreamCredentials", "Id"]}),
        ("sqs:SendMessage", {"Fn::GetAtt": ["PrefetchFailures", "Arn"]}),
        (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            {"Fn::GetAtt": ["PrefetchLogGroup", "Arn"]},
        ),
        (["s3:GetObject", "s3:DeleteObject"], {"Fn::Sub": "${UploadsBucket.Arn}/uploads/*"}),
    ]


def test_no_statement_is_about_everything(resources: Resources) -> None:
    every = [*statements(resources), *prefetch_statements(resources)]
    written = [json.dumps(each["Resource"]) for each in every]
    assert [text for text in written if '"*"' in text] == []


def test_further_buckets_are_readable_only_when_named(resources: Resources) -> None:
    assert resources["AllowedBucketsPolicy"]["Condition"] == "HasAllowedBuckets"


def test_further_buckets_are_readable_in_each_partition(template: dict[str, Any]) -> None:
    (statement,) = template["Resources"]["AllowedBucketsPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    condition, china, elsewhere = statement["Resource"]["Fn::If"]
    other_condition, gov_cloud, aws = elsewhere["Fn::If"]
    asked = [template["Conditions"][name]["Fn::Equals"] for name in (condition, other_condition)]
    assert asked == [[{"Ref": "AWS::Partition"}, name] for name in ("aws-cn", "aws-us-gov")]
    assert [china, gov_cloud, aws] == [
        further_buckets(name) for name in ("aws-cn", "aws-us-gov", "aws")
    ]


def further_buckets(partition: str) -> dict[str, Any]:
    names = {"Fn::Split": [",", {"Ref": "AllowedBuckets"}]}
    joined = {"Fn::Join": [f"/*,arn:{partition}:s3:::", names]}
    return {
        "Fn::Split": [",", {"Fn::Sub": [f"arn:{partition}:s3:::${{Names}}/*", {"Names": joined}]}]
    }


def test_all_other_arns_name_the_partition_they_are_in(resources: Resources) -> None:
    texts = json.dumps({**resources, "AllowedBucketsPolicy": {}})
    assert set(re.findall(r"arn:(\$\{.*?\}|[^:]*):", texts)) == {"${AWS::Partition}"}


def test_the_cache_is_on_demand_encrypted_and_expires(resources: Resources) -> None:
    assert properties(resources, "CacheTable") == {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "SSESpecification": {"SSEEnabled": False},  # the key that AWS owns, which is free
        "WarmThroughput": {
            "Fn::If": [
                "HasWarmTable",
                {
                    "ReadUnitsPerSecond": {"Ref": "TableWarmReads"},
                    "WriteUnitsPerSecond": {"Ref": "TableWarmWrites"},
                },
                {"Ref": "AWS::NoValue"},
            ]
        },
    }


def test_a_table_is_warmed_only_where_more_is_asked_for(template: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    as_new = [
        {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, str(parameters[name]["Default"])]}]}
        for name in ("TableWarmReads", "TableWarmWrites")
    ]
    assert template["Conditions"]["HasWarmTable"] == {"Fn::Or": as_new}


@pytest.mark.parametrize(
    ("function", "parameter"),
    [
        ("SearchFunction", "ReservedConcurrency"),
        ("PrefetchFunction", "PrefetchReservedConcurrency"),
    ],
)
def test_concurrency_is_reserved_only_when_named(
    template: dict[str, Any], function: str, parameter: str
) -> None:
    """By default none is: accounts with ten sandboxes cannot reserve any."""
    condition = template["Conditions"][f"Has{parameter}"]
    reserved = properties(template["Resources"], function)["ReservedConcurrentExecutions"]
    assert (template["Parameters"][parameter]["Default"], condition, reserved) == (
        0,
        {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, "0"]}]},
        {"Fn::If": [f"Has{parameter}", {"Ref": parameter}, {"Ref": "AWS::NoValue"}]},
    )


def test_an_event_is_kept_no_longer_than_its_ticket(resources: Resources) -> None:
    kept = properties(resources, "PrefetchFunction")["EventInvokeConfig"]
    assert kept["MaximumEventAgeInSeconds"] <= TICKET_SECONDS


def test_the_daily_cap_goes_up_to_what_the_gateway_takes(template: dict[str, Any]) -> None:
    a_day = 10_000 * 86_400
    assert template["Parameters"]["UpstreamCallsPerDay"]["MaxValue"] >= a_day


def test_uploads_are_private_encrypted_and_expire_at_the_second_midnight(
    resources: Resources,
) -> None:
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    one_day = {
        "Id": "one-day",
        "Status": "Enabled",
        "ExpirationInDays": 1,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    bucket = properties(resources, "UploadsBucket")
    for elsewhere in ("CorsConfiguration", "NotificationConfiguration"):
        del bucket[elsewhere]
    assert bucket == {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "LifecycleConfiguration": {"Rules": [one_day]},
    }


def test_uploads_are_reached_over_tls_only(resources: Resources) -> None:
    (statement,) = properties(resources, "UploadsBucketPolicy")["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [
            {"Fn::GetAtt": ["UploadsBucket", "Arn"]},
            {"Fn::Sub": "${UploadsBucket.Arn}/*"},
        ],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_tls_is_required_unless_a_deployment_says_otherwise(template: dict[str, Any]) -> None:
    assert template["Parameters"]["RequireTls"]["Default"] == "true"


def test_every_log_group_has_a_retention(resources: Resources) -> None:
    groups = {
        name: each["Properties"]["RetentionInDays"]
        for name, each in resources.items()
        if each["Type"] == "AWS::Logs::LogGroup"
    }
    retention = {"Ref": "LogRetentionDays"}
    assert groups == dict.fromkeys(["SearchLogGroup", "PrefetchLogGroup", "ApiLogGroup"], retention)


def test_the_access_log_cannot_identify_an_end_user(resources: Resources) -> None:
    logged = json.loads(properties(resources, "ApiStage")["AccessLogSettings"]["Format"])
    assert sorted(logged.values()) == [
        "$context.authorizer.error",
        "$context.error.message",
        "$context.httpMethod",
        "$context.integrationErrorMessage",
        "$context.integrationLatency",
        "$context.requestId",
        "$context.requestTime",
        "$context.responseLatency",
        "$context.responseLength",
        "$context.routeKey",
        "$context.status",
    ]


def test_these_are_the_routes(resources: Resources) -> None:
    routes = {
        each["Properties"]["RouteKey"]
        for each in resources.values()
        if each["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert routes == {
        "POST /v2/image_search",
        "GET /v2/image_search/{sha256}",
        "HEAD /v2/image_search/{sha256}",
        "POST /v2/uploads",
        "GET /health",
        "HEAD /health",
        "GET /openapi.json",
        "HEAD /openapi.json",
        "$default",
        "OPTIONS /{proxy+}",
    }


def test_the_api_calls_the_alias_and_outlasts_the_function(resources: Resources) -> None:
    integration = properties(resources, "SearchIntegration")
    assert integration["IntegrationUri"] == {"Ref": "SearchFunction.Alias"}
    assert integration["PayloadFormatVersion"] == "2.0"
    assert (
        integration["TimeoutInMillis"] >= properties(resources, "SearchFunction")["Timeout"] * 1000
    )


@pytest.mark.parametrize("role", ["SearchRole", "PrefetchRole"])
def test_functions_may_read_the_control_item_and_not_write_it(
    resources: Resources, role: str
) -> None:
    (cache,) = [
        policy["PolicyDocument"]["Statement"]
        for policy in properties(resources, role)["Policies"]
        if policy.get("PolicyName") == "cache"
    ]
    allowed, denied = cache
    assert denied == {
        "Effect": "Deny",
        "Action": [each for each in allowed["Action"] if each != "dynamodb:GetItem"],
        "Resource": allowed["Resource"],
        "Condition": {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": [KEY]}},
    }


def test_every_deployment_publishes_a_version_which_its_time_describes(
    resources: Resources, tmp_path: Path
) -> None:
    """In a property, so that the version has another logical id, and the one before is retained;
    and no parameter's value, as Lambda takes 256 characters."""
    built = tmp_path / "template.yaml"
    shutil.copy(ROOT / "template.yaml", built)
    now = datetime(2026, 11, 28, 2, 45, 1, tzinfo=UTC)
    released = stamp(built, now)
    assert released == "2026-11-28T02.45.01Z"
    for name in ("SearchFunction", "PrefetchFunction"):
        function = properties(yaml_parse(built.read_text())["Resources"], name)
        assert function["VersionDescription"] == released
        assert function["Description"].endswith(f" ({released})")
        assert len(function["Description"]) <= 256
        assert properties(resources, name)["AutoPublishAliasAllProperties"] is True
        assert properties(resources, name)["AutoPublishAlias"] == "live"


def test_a_search_renews_by_the_alias_that_rolls_back_with_it(resources: Resources) -> None:
    variables = properties(resources, "SearchFunction")["Environment"]["Variables"]
    assert variables["REFRESH_FUNCTION"] == {
        "Fn::If": ["UsePrefetch", {"Ref": "PrefetchFunction.Alias"}, ""]
    }


def test_a_build_is_stamped_once(tmp_path: Path) -> None:
    built = tmp_path / "template.yaml"
    shutil.copy(ROOT / "template.yaml", built)
    stamp(built)
    with pytest.raises(ValueError, match="was it built anew"):
        stamp(built)


def test_every_setting_has_its_variable(resources: Resources) -> None:
    variables = properties(resources, "SearchFunction")["Environment"]["Variables"]
    settings = {name.upper() for name in Settings.model_fields}
    settings.remove("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")  # Lambda sets it
    others = {
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_LOG_LEVEL",
        "AWS_DATA_PATH",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
    }
    assert variables.keys() - others == settings


def test_a_prefetch_is_set_up_as_the_search_is(resources: Resources) -> None:
    search, prefetch = (
        properties(resources, name)["Environment"]["Variables"]
        for name in ("SearchFunction", "PrefetchFunction")
    )
    # Each event names the bucket, and no phone asks.
    unused = {
        "UPLOADS_BUCKET",
        "REFRESH_FUNCTION",
        "REQUIRE_API_KEY",
        "ALLOW_CACHE_BYPASS",
        "SEARCHES_PER_MINUTE",
        "SEARCHES_PER_DAY",
        "SERVER_SEARCHES_PER_MINUTE",
        "SERVER_SEARCHES_PER_DAY",
    }
    assert prefetch == {name: value for name, value in search.items() if name not in unused}


def test_a_prefetch_runs_on_what_the_search_runs_on(resources: Resources) -> None:
    names = ("CodeUri", "Runtime", "Architectures", "MemorySize", "Layers")
    search, prefetch = (
        [properties(resources, function)[name] for name in names]
        for function in ("SearchFunction", "PrefetchFunction")
    )
    assert prefetch == search


def test_uploads_are_reported_to_the_prefetch_once_it_may_be_told(resources: Resources) -> None:
    function = {"Ref": "PrefetchFunction.Alias"}
    reported = {
        "Event": "s3:ObjectCreated:*",
        "Function": {"Fn::Select": [0, [function, {"Ref": "UploadsMayInvokePrefetch"}]]},
        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}]}},
    }
    assert properties(resources, "UploadsBucket")["NotificationConfiguration"] == {
        "Fn::If": ["UsePrefetch", {"LambdaConfigurations": [reported]}, {"Ref": "AWS::NoValue"}]
    }


def test_only_this_account_may_tell_the_prefetch(resources: Resources) -> None:
    assert properties(resources, "UploadsMayInvokePrefetch") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "PrefetchFunction.Alias"},
        "Principal": "s3.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }


def test_a_failed_prefetch_is_tried_twice_more_then_kept_encrypted(resources: Resources) -> None:
    queue = {"Type": "SQS", "Destination": {"Fn::GetAtt": ["PrefetchFailures", "Arn"]}}
    assert properties(resources, "PrefetchFunction")["EventInvokeConfig"] == {
        "MaximumRetryAttempts": 2,
        "MaximumEventAgeInSeconds": 600,
        "DestinationConfig": {"OnFailure": queue},
    }
    assert properties(resources, "PrefetchFailures")["SqsManagedSseEnabled"] is True


def test_without_prefetch_nothing_of_it_is_there(resources: Resources) -> None:
    conditional = {
        name for name, each in resources.items() if each.get("Condition") == "UsePrefetch"
    }
    assert conditional == {name for name in resources if "Prefetch" in name} | {"RefreshPolicy"}


def test_only_what_everyone_may_share_is_prefetched(template: dict[str, Any]) -> None:
    assert template["Parameters"]["Prefetch"]["Default"] == "on"
    assert template["Conditions"]["UsePrefetch"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "Prefetch"}, "on"]},
            {"Fn::Equals": [{"Ref": "CacheScope"}, "shared"]},
        ]
    }


@pytest.mark.parametrize("name", ["ConstructorKey", "ConstructorToken"])
def test_credentials_are_not_echoed(template: dict[str, Any], name: str) -> None:
    assert template["Parameters"][name]["NoEcho"] is True


@pytest.mark.parametrize("name", ["ConstructorKey", "ConstructorToken"])
@pytest.mark.parametrize(
    "value", [f"canary-{wrong}-canary" for wrong in ('"', "\\", " ", "'", "\n", "ä")] + ["Metrics"]
)
def test_credentials_that_would_break_the_secret_are_refused(
    template: dict[str, Any], name: str, value: str
) -> None:
    assert re.fullmatch(template["Parameters"][name]["AllowedPattern"], value) is None


@pytest.mark.parametrize("name", ["ConstructorKey", "ConstructorToken"])
def test_any_other_visible_ascii_is_a_credential(template: dict[str, Any], name: str) -> None:
    visible = "".join(map(chr, range(0x21, 0x7F)))
    value = re.sub(r"""["'\\]""", "", visible)
    assert re.fullmatch(template["Parameters"][name]["AllowedPattern"], value)


def test_python_3_11_has_no_snapstart(template: dict[str, Any]) -> None:
    assert template["Conditions"]["UseSnapStart"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "SnapStart"}, "on"]},
            {"Fn::Not": [{"Fn::Equals": [{"Ref": "PythonRuntime"}, "python3.11"]}]},
        ]
    }
