"""Bad input and a failing world, over HTTP through the real stack."""

from __future__ import annotations

import json
import os
from typing import Any

import httpx
import pytest

from e2e.conftest import LocalStack
from resilience.sandboxes import environment_kept, start_anew


def code_of(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    return str(error["code"])


def inline(text: str) -> dict[str, Any]:
    return {"content": text, "headers": {"Content-Type": "application/json"}}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"content": b""}, 400, "empty_image"),
        (inline('{"image":"@@"}'), 400, "invalid_base64"),
        (inline('{"image":'), 400, "invalid_json"),
        ({"content": b"a text"}, 415, "unsupported_media_type"),
        ({"content": b"\xff\xd8\xff" + os.urandom(4_600_000)}, 413, "image_too_large"),
        (inline('{"s3_uri":"s3://a-foreign-bucket/photo.jpg"}'), 403, "s3_uri_not_allowed"),
    ],
)
def test_a_bad_body_has_its_status_and_code(
    stack: LocalStack, client: httpx.Client, body: dict[str, Any], status: int, code: str
) -> None:
    response = client.post(stack.search_url, **body)
    assert (response.status_code, code_of(response)) == (status, code)


def test_a_missing_object_is_not_found(stack: LocalStack, client: httpx.Client) -> None:
    response = client.post(stack.search_url, json={"s3_uri": f"s3://{stack.bucket}/uploads/none"})
    assert (response.status_code, code_of(response)) == (404, "image_not_found")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (f"section={'x' * 101}", 400, "invalid_parameter"),
        ("search_crop_type=circle", 400, "invalid_parameter"),
        ("s=0", 400, "invalid_parameter"),
        ("page=2", 400, "unknown_parameter"),
        ("fmt_options[show_protected_facets]=true", 403, "parameter_not_allowed"),
    ],
)
def test_a_bad_parameter_has_its_status_and_code(
    stack: LocalStack, client: httpx.Client, photo: bytes, query: str, status: int, code: str
) -> None:
    response = client.post(f"{stack.search_url}?{query}", content=photo)
    assert (response.status_code, code_of(response)) == (status, code)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"status": 500}, 502, "upstream_error"),
        ({"status": 429}, 503, "upstream_unavailable"),
        ({"status": 401}, 502, "upstream_rejected_credentials"),
        # Twice, as a search over a connection that was used before is repeated on a new one.
        ({"drop": True, "times": 2}, 502, "upstream_error"),
        (
            {
                "status": 200,
                "body": "<h1>maintenance</h1>",
                "headers": {"Content-Type": "text/html"},
            },
            502,
            "upstream_error",
        ),
    ],
)
def test_a_failing_upstream_is_a_mapped_error_and_nothing_is_stored(
    stack: LocalStack,
    client: httpx.Client,
    photo: bytes,
    fault: dict[str, Any],
    status: int,
    code: str,
) -> None:
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
    failed = client.post(stack.search_url, content=photo)
    client.delete(f"{stack.upstream}/_control")
    recovered = client.post(stack.search_url, content=photo)
    assert (failed.status_code, code_of(failed)) == (status, code)
    assert "fwd=miss" in recovered.headers["Cache-Status"]


def test_an_upstream_that_does_not_answer_is_a_timeout_and_nothing_is_stored(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    with environment_kept(stack):
        start_anew(stack, {"UPSTREAM_TIMEOUT_SECONDS": "2"})
        fault = {"hold": True, "times": 9}
        client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
        failed = client.post(stack.search_url, content=photo)
    client.delete(f"{stack.upstream}/_control")
    recovered = client.post(stack.search_url, content=photo)
    assert (failed.status_code, code_of(failed)) == (504, "upstream_timeout")
    assert "fwd=miss" in recovered.headers["Cache-Status"]


def test_the_secret_is_in_no_answer_log_line_or_item(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    secret = json.loads(
        stack.secretsmanager.get_secret_value(SecretId=stack.secret_arn)["SecretString"]
    )
    answers = [client.post(stack.search_url, content=photo)]
    for fault in ({"status": 400, "body": {"message": json.dumps(secret)}}, {"status": 500}):
        client.post(f"{stack.upstream}/_control/faults", json=fault)
        answers.append(client.post(f"{stack.search_url}?us=x", content=photo))
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    reported = [f"{answer.headers} {answer.text}" for answer in answers]
    assert (answers[1].status_code, bool(items), '"request"' in stack.log_text) == (400, True, True)
    for value in secret.values():
        assert value not in "".join(reported) + repr(items) + stack.log_text


def test_without_its_table_the_proxy_still_searches(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    table = stack.dynamodb.describe_table(TableName=stack.table)["Table"]
    # In a sandbox of its own: it leaves the table alone for a while after this.
    with environment_kept(stack):
        start_anew(stack, {})
        stack.dynamodb.delete_table(TableName=stack.table)
        try:
            response = client.post(stack.search_url, content=photo)
        finally:
            stack.dynamodb.create_table(
                TableName=stack.table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=table["KeySchema"],
                AttributeDefinitions=table["AttributeDefinitions"],
            )
    assert (response.status_code, response.headers["Cache-Status"]) == (
        200,
        "image-search-proxy; fwd=miss; detail=cache-unavailable",
    )
