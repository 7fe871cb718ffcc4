"""A search over HTTP through the real stack: every way in, and what upstream receives."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any

import httpx
import pytest

from e2e.conftest import LocalStack

MAP = '{"dtype":"array","values":{"a,b":{"aggregation":"min","field":"data.price"}},"group_by":[]}'


def received(stack: LocalStack, client: httpx.Client) -> list[dict[str, Any]]:
    return list(client.get(f"{stack.upstream}/_control/requests").json())


def outcome(response: httpx.Response) -> str:
    return response.headers["Cache-Status"].split("; ")[1]


def test_a_photo_is_answered_with_upstreams_shape(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    response = client.post(stack.search_url, content=photo)
    assert (response.status_code, sorted(response.json())) == (
        200,
        ["request", "response", "result_id", "segmentation_used", "whole_image_search_fallback"],
    )
    assert response.json()["response"]["results"]


def test_curls_default_content_type_is_taken(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(stack.search_url, content=photo, headers=headers).status_code == 200


def test_the_same_photo_by_every_way_is_one_upstream_call(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    key = f"uploads/{hashlib.sha256(photo).hexdigest()}"
    stack.s3.put_object(Bucket=stack.bucket, Key=key, Body=photo)
    responses = [
        client.post(stack.search_url, content=photo),
        client.post(stack.search_url, json={"image": base64.b64encode(photo).decode()}),
        client.post(stack.search_url, json={"s3_uri": f"s3://{stack.bucket}/{key}"}),
    ]
    assert [outcome(response) for response in responses] == ["fwd=miss", "hit", "hit"]
    assert len({response.content for response in responses}) == 1
    assert len(received(stack, client)) == 1


def test_a_hit_says_how_old_it_is(stack: LocalStack, client: httpx.Client, photo: bytes) -> None:
    asked = time.monotonic()
    client.post(stack.search_url, content=photo)
    time.sleep(1)
    age = int(client.post(stack.search_url, content=photo).headers["Age"])
    assert 1 <= age <= time.monotonic() - asked + 1  # it counts whole seconds of the clock


def test_upstream_receives_the_photo_in_our_name_for_the_end_user(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    client.post(
        stack.search_url,
        params={"key": "evil", "c": "cio-js-1", "_dt": "1"},
        content=photo,
        headers={"User-Agent": "Shop/7.1", "X-Forwarded-For": "198.51.100.1, 198.51.100.2"},
    )
    secret = json.loads(
        stack.secretsmanager.get_secret_value(SecretId=stack.secret_arn)["SecretString"]
    )
    (request,) = received(stack, client)
    names = ("x-cnstrc-token", "x-forwarded-for", "user-agent", "content-type")
    assert (request["query"], [request["headers"][name] for name in names]) == (
        [["key", secret["key"]], ["c", "cio-be-lambda-local"]],
        [secret["token"], "127.0.0.1", "Shop/7.1", "application/octet-stream"],
    )
    assert request["body_sha256"] == hashlib.sha256(photo).hexdigest()


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("us=a,b&us=c", [["us", "a,b"], ["us", "c"]]),
        ("us=a+b", [["us", "a b"]]),
        ("us=a%2Bb", [["us", "a+b"]]),
        ("section=%C3%A9%F0%9F%91%9F", [["section", "é👟"]]),
        ("fmt_options[facet_options][color]=red", [["fmt_options[facet_options][color]", "red"]]),
        (
            "fmt_options%5Bfacet_options%5D%5Bcolor%5D=red",
            [["fmt_options[facet_options][color]", "red"]],
        ),
        (f"variations_map={MAP}", [["variations_map", MAP]]),
    ],
)
def test_parameters_arrive_as_upstreams_clients_send_them(
    stack: LocalStack, client: httpx.Client, photo: bytes, sent: str, arrives: list[list[str]]
) -> None:
    response = client.post(f"{stack.search_url}?{sent}", content=photo)
    (request,) = received(stack, client)
    assert (response.status_code, request["query"][2:]) == (200, arrives)


def test_gzip_is_served_to_those_who_take_it(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    response = client.post(stack.search_url, content=photo, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"


def test_health(stack: LocalStack, client: httpx.Client) -> None:
    response = client.get(f"{stack.endpoint}/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
