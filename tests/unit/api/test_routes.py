"""The whole handler, with moto behind it and upstream at the wire."""

import base64
import gzip
import json
from typing import Any

import boto3
import httpx
import pytest

from image_search.upstream.circuit_breaker import THRESHOLD
from wire import ANSWER, INDEX_KEY, JPEG, TABLE, TOKEN, UPLOADS, full_minutes


def test_a_search_answers_with_upstreams_body(proxy):
    reply = proxy.post()
    assert (reply.status, reply.headers["Content-Type"], reply.json) == (
        200,
        "application/json",
        ANSWER,
    )


def test_the_first_search_is_a_miss_that_is_stored(proxy):
    assert proxy.post().cache_status == "image-search-proxy; fwd=miss; stored; ttl=3600"


def test_the_second_search_is_a_hit_with_an_age(proxy):
    proxy.post()
    reply = proxy.post()
    assert reply.cache_status.startswith("image-search-proxy; hit; ttl=")
    assert int(reply.headers["Age"]) <= 1


def test_a_hit_has_the_same_body_as_the_miss(proxy):
    assert proxy.post().body == proxy.post().body


def test_the_same_image_by_any_way_in_is_one_upstream_call(proxy, upstream):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key="uploads/a", Body=JPEG)
    proxy.post()
    proxy.post_json({"image": base64.b64encode(JPEG).decode()})
    reply = proxy.post_json({"s3_uri": f"s3://{UPLOADS}/uploads/a"})
    assert (len(upstream.requests), "hit" in reply.cache_status) == (1, True)


def test_a_client_that_takes_gzip_gets_gzip(proxy):
    reply = proxy.post(headers={"accept-encoding": "gzip, br"})
    assert (reply.headers["Content-Encoding"], reply.json) == ("gzip", ANSWER)


def test_a_client_that_does_not_gets_the_plain_body(proxy):
    reply = proxy.post(headers={"accept-encoding": "gzip;q=0"})
    assert ("Content-Encoding" in reply.headers, reply.json) == (False, ANSWER)


def test_an_answer_may_be_cached_by_its_owner_only(proxy):
    assert full_minutes(proxy.post().headers["Cache-Control"]) == "private, max-age=3600"


def test_a_clients_own_key_is_replaced(proxy, upstream):
    proxy.post(query="key=evil&c=cio-js-1&_dt=1&_=1&ef-ranking=b")
    assert upstream.query == [("key", INDEX_KEY), ("c", "cio-be-lambda-acme")]


def test_parameters_reach_upstream_as_upstreams_clients_send_them(proxy, upstream):
    text = '{"dtype":"array","values":{"a,b":{"aggregation":"min","field":"data.é+1"}}}'
    proxy.post(
        query=f"us=a,b&us=c&us=d+e&us=f%2Bg&fmt_options[facet_options][color]=red"
        f"&variations_map={text.replace('+', '%2B')}"
    )
    assert sorted(upstream.query[2:]) == [
        ("fmt_options[facet_options][color]", "red"),
        ("us", "a,b"),
        ("us", "c"),
        ("us", "d e"),
        ("us", "f+g"),
        ("variations_map", text),
    ]


def test_the_end_user_is_passed_on_as_one_address_and_a_browser(proxy, upstream):
    proxy.post(headers={"x-forwarded-for": "198.51.100.1, 198.51.100.2"})
    headers = upstream.requests[0].headers
    assert (headers["x-forwarded-for"], headers["user-agent"]) == (
        "203.0.113.9",
        "Shop/7.1 (iPhone)",
    )


def test_a_shared_answer_does_not_depend_on_who_asks(proxy, upstream):
    proxy.post(query="i=device&s=1&ui=user")
    reply = proxy.post(query="i=other")
    assert ("hit" in reply.cache_status, upstream.query[2:]) == (True, [])


def test_in_user_scope_each_end_user_has_an_answer_of_their_own(build_proxy, upstream):
    proxy = build_proxy(CACHE_SCOPE="user")
    replies = [proxy.post(query=query) for query in ("i=a", "i=b", "i=a")]
    assert ["hit" in reply.cache_status for reply in replies] == [False, False, True]
    assert [dict(r.url.params)["i"] for r in upstream.requests] == ["a", "b"]


def test_with_the_cache_off_every_request_is_a_search(build_proxy, upstream):
    proxy = build_proxy(CACHE_SCOPE="off")
    replies = [proxy.post() for _ in range(2)]
    assert [reply.cache_status for reply in replies] == [
        "image-search-proxy; fwd=bypass",
        "image-search-proxy; fwd=bypass",
    ]
    assert len(upstream.requests) == 2


@pytest.mark.parametrize(
    "change", [{"whole_image_search_fallback": True}, {"response": {"results": []}}]
)
def test_a_degraded_answer_is_fresh_for_a_minute(proxy, upstream, change):
    upstream.answers(200, json={**ANSWER, **change})
    assert proxy.post().cache_status == "image-search-proxy; fwd=miss; stored; ttl=60"


def test_without_its_table_the_proxy_still_searches(proxy):
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    reply = proxy.post()
    assert (reply.status, reply.cache_status) == (
        200,
        "image-search-proxy; fwd=miss; detail=cache-unavailable",
    )


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ({"status": 401}, 502, "upstream_rejected_credentials"),
        ({"status": 403}, 502, "upstream_rejected_credentials"),
        ({"status": 404}, 502, "upstream_error"),
        ({"status": 408}, 502, "upstream_error"),
        ({"status": 413}, 413, "image_too_large"),
        ({"status": 415}, 415, "unsupported_media_type"),
        ({"status": 422}, 422, "corrupt_image"),
        ({"status": 429}, 503, "upstream_unavailable"),
        ({"status": 500}, 502, "upstream_error"),
        ({"status": 503}, 503, "upstream_unavailable"),
        ({"status": 200, "html": "<p>hello</p>"}, 502, "upstream_error"),
    ],
)
def test_a_failing_upstream_is_answered_in_its_own_error_shape(
    proxy, upstream, answer, status, code
):
    upstream.answers(**answer)
    reply = proxy.post()
    assert (reply.status, reply.code, reply.json["trace_id"]) == (status, code, "request-1")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (httpx.ReadTimeout("slow"), 504, "upstream_timeout"),
        (httpx.RemoteProtocolError("closed"), 502, "upstream_error"),
    ],
)
def test_a_failing_connection_is_answered_in_the_error_shape(proxy, upstream, error, status, code):
    upstream.raises(error)
    reply = proxy.post()
    assert (reply.status, reply.code) == (status, code)


def test_an_error_is_never_stored(proxy, upstream):
    upstream.answers(500)
    proxy.post()
    upstream.answers(200, json=ANSWER)
    assert "fwd=miss" in proxy.post().cache_status


def test_an_unavailable_upstream_says_when_to_come_back(proxy, upstream):
    upstream.answers(429, headers={"Retry-After": "9"})
    assert proxy.post().headers["Retry-After"] == "9"


@pytest.fixture
def rotate(upstream, environment):
    """Replaces the key, at upstream and in the secret."""

    def rotate_to(key):
        boto3.client("secretsmanager").put_secret_value(
            SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps({"key": key})
        )
        upstream.answer = lambda request: (
            httpx.Response(200, json=ANSWER)
            if request.url.params["key"] == key
            else httpx.Response(401)
        )

    return rotate_to


def test_no_client_notices_that_the_secret_was_rotated(proxy, upstream, rotate):
    proxy.post()
    rotate("key-rotated-1")
    statuses = [proxy.post(query=f"section={n}").status for n in range(3)]
    keys = [request.url.params["key"] for request in upstream.requests[1:]]
    assert (statuses, keys) == ([200] * 3, [INDEX_KEY] + ["key-rotated-1"] * 3)


def test_an_answer_got_with_a_new_secret_is_found_by_those_with_the_old(
    build_proxy, upstream, rotate
):
    one, other = build_proxy(), build_proxy()
    for proxy in (one, other):
        proxy.post(query="section=before")
    rotate("key-rotated-1")
    one.post()
    calls = len(upstream.requests)
    reply = other.post()
    assert ("hit" in reply.cache_status, len(upstream.requests)) == (True, calls)


def test_a_secret_that_stays_wrong_is_an_error_and_asked_for_once_more(
    aws_events, build_proxy, upstream
):
    asked = []
    aws_events.register("before-send.secretsmanager.*", lambda **_: asked.append("secret"))
    proxy = build_proxy()
    upstream.answers(401)
    codes = [proxy.post().code for _ in range(3)]
    assert (codes, len(upstream.requests), len(asked)) == (
        ["upstream_rejected_credentials"] * 3,
        3,
        2,  # before the first call, and after its rejection
    )


def test_a_dead_upstream_is_left_alone_and_the_client_told_when_to_come_back(proxy, upstream):
    upstream.answers(500)
    replies = [proxy.post(query=f"section={n}") for n in range(THRESHOLD + 2)]
    reported = [(reply.status, reply.headers.get("Retry-After")) for reply in replies]
    assert reported[:THRESHOLD] == [(502, None)] * THRESHOLD
    assert [(code, 1 <= int(wait) <= 10) for code, wait in reported[THRESHOLD:]] == [
        (503, True)
    ] * 2
    assert len(upstream.requests) == THRESHOLD


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", "", 400, "empty_image"),
        (b"hello", "", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "invalid_json"),
        (b'{"image":"@"}', "application/json", 400, "invalid_base64"),
        (b'{"s3_uri":"s3://foreign-bucket/a"}', "application/json", 403, "s3_uri_not_allowed"),
        (
            f'{{"s3_uri":"s3://{UPLOADS}/uploads/none"}}'.encode(),
            "application/json",
            404,
            "image_not_found",
        ),
        (JPEG.ljust(4_600_000), "", 413, "image_too_large"),
    ],
)
def test_a_bad_body_has_its_status_and_code(proxy, upstream, body, content_type, status, code):
    reply = proxy.post(body, headers={"content-type": content_type})
    assert (reply.status, reply.code, upstream.requests) == (status, code, [])


@pytest.mark.parametrize(
    ("query", "status", "code", "source"),
    [
        ("section=" + "x" * 101, 400, "invalid_parameter", "section"),
        ("page=2", 400, "unknown_parameter", "page"),
        (
            "fmt_options[show_protected_facets]=true",
            403,
            "parameter_not_allowed",
            "fmt_options[show_protected_facets]",
        ),
    ],
)
def test_a_bad_parameter_is_named(proxy, upstream, query, status, code, source):
    reply = proxy.post(query=query)
    (error,) = reply.json["errors"]
    assert (reply.status, error["code"], error["source"], upstream.requests) == (
        status,
        code,
        source,
        [],
    )


def test_an_unexpected_exception_is_a_500_that_tells_nothing(capsys, build_proxy, upstream):
    upstream.raises(RuntimeError("private detail"))
    reply = build_proxy().post()
    assert (reply.status, reply.code, "private" in reply.body.decode()) == (
        500,
        "internal_error",
        False,
    )
    assert "private detail" in capsys.readouterr().out


def test_health_says_it_is_up_and_nothing_else(proxy):
    reply = proxy.get("/health")
    assert (reply.status, reply.json) == (200, {"status": "ok"})


def test_an_unknown_route_is_not_found_in_the_error_shape(proxy):
    reply = proxy.get("/v1/image_search")
    assert (reply.status, reply.code) == (404, "not_found")


def test_one_line_is_logged_for_a_request(capsys, build_proxy):
    build_proxy().post(b"hello")
    (line,) = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    names = ("message", "correlation_id", "route", "status", "error")
    assert [line[name] for name in names] == [
        "request",
        "request-1",
        "POST /v2/image_search",
        415,
        "unsupported_media_type",
    ]


def test_half_a_character_in_an_answer_that_is_rewritten_does_no_harm(proxy, upstream):
    body = b'{"request": {"key": "k"}, "response": {"results": ["\\ud83d"]}}'
    upstream.answers(200, content=body)
    assert proxy.post().json == {"request": {}, "response": {"results": ["?"]}}


def test_the_secret_is_in_no_answer_log_line_or_item(capfd, monkeypatch, build_proxy, upstream):
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    proxy = build_proxy()
    leaky: dict[str, Any] = {
        "message": f"{INDEX_KEY} {TOKEN}",
        "request": {"key": INDEX_KEY, "t": TOKEN},
    }
    for status, content in [
        (200, {**ANSWER, **leaky}),
        (400, leaky),
        (401, leaky),
        (500, leaky),
        (200, leaky),
    ]:
        upstream.answers(status, json=content)
        reply = proxy.post(query=f"us={status}{len(content)}")
        assert all(s not in f"{reply.headers} {reply.body!r}" for s in (INDEX_KEY, TOKEN))
    upstream.raises(RuntimeError(f"{INDEX_KEY} {TOKEN}"))
    assert proxy.post(query="us=raises").status == 500
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    logged = capfd.readouterr()
    answers = [item for item in items if "body" in item]
    assert (len(answers), logged.out.count('"message":"request"')) == (1, 6)
    bodies = [gzip.decompress(bytes(item["body"]["B"])) for item in answers]
    kept = f"{items} {bodies} {logged.out} {logged.err}"
    assert all(s not in kept for s in (INDEX_KEY, TOKEN))


def form(*fields, image=JPEG):
    """A form as `FormData` writes it: the file's name is `blob` where nobody names it."""
    parts = [f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    parts.append(b'name="image"; filename="blob"\r\n\r\n' + image + b"\r\n")
    return b"".join(b"--b\r\nContent-Disposition: form-data; " + each for each in parts) + b"--b--"


def post_form(proxy, *fields, query=""):
    headers = {"content-type": "multipart/form-data; boundary=b"}
    return proxy.post(form(*fields), query=query, headers=headers)


def test_the_parameters_of_a_form_are_those_of_the_query(proxy, upstream):
    reply = post_form(proxy, ("us", "vip"), ("us", "web"), ("_csrf", "a"), query="section=A")
    path = reply.headers["Content-Location"].partition("?")[0]
    again = proxy.get(path, query="us=web&us=vip&section=A")
    assert (sorted(upstream.query[2:]), "hit" in again.cache_status) == (
        [("section", "A"), ("us", "vip"), ("us", "web")],
        True,
    )


@pytest.mark.parametrize("query", ["us=web", "us[]=vip", "us[0]=vip"])
def test_a_parameter_in_query_and_form_is_refused_by_name(proxy, query):
    reply = post_form(proxy, ("us", "vip"), query=query)
    assert (reply.status, reply.json["errors"]) == (
        400,
        [
            {
                "code": "invalid_parameter",
                "message": "Value should be in the query or in the form, not in both",
                "source": "us",
            }
        ],
    )


@pytest.mark.parametrize(
    ("name", "value", "status", "code"),
    [
        ("fmt_options[show_hidden_fields]", "true", 403, "parameter_not_allowed"),
        ("fmt_options[colour]", "red", 400, "unknown_parameter"),
        ("use_segmentation", "yes", 400, "invalid_parameter"),
    ],
)
def test_a_forms_parameters_are_checked_as_those_of_the_query(proxy, name, value, status, code):
    reply = post_form(proxy, (name, value))
    assert (reply.status, reply.code, reply.json["errors"][0]["source"]) == (status, code, name)


def test_the_proxys_own_names_are_dropped_from_a_form_too(proxy, upstream):
    post_form(proxy, ("key", "evil"), ("c", "cio-js-1"), query="key=evil")
    assert upstream.query == [("key", INDEX_KEY), ("c", "cio-be-lambda-acme")]
