"""Answers by the image's hash, uploads, and what HTTP caching makes of an answer."""

import hashlib
import json

import boto3
import pytest

from metering.meter import Throttling
from wire import ANSWER, JPEG, TABLE, UPLOADS

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"


@pytest.fixture
def uploaded(aws):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)


def uploads(proxy, query="", **changes):
    body = {"sha256": SHA256, "content_type": "image/jpeg", "size": len(JPEG), **changes}
    text = json.dumps({name: value for name, value in body.items() if value is not None})
    return proxy.post(
        text.encode(), query, {"content-type": "application/json"}, path="/v2/uploads"
    )


def test_a_cached_answer_is_had_by_the_images_hash(proxy, upstream):
    proxy.post()
    reply = proxy.get(PATH)
    assert (reply.status, reply.json, "hit" in reply.cache_status) == (200, ANSWER, True)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "us=a"])
def test_a_hash_in_upper_case_is_answered_and_named_in_lower_case(proxy, upstream, method, query):
    proxy.post(query=query)
    named = proxy.get(PATH, query=query)
    reply = proxy.get(f"/v2/image_search/{SHA256.upper()}", query=query, method=method)
    location = f"{PATH}?{query}" if query else PATH
    assert (reply.status, "hit" in reply.cache_status, len(upstream.requests)) == (200, True, 1)
    assert (reply.headers["ETag"], reply.headers["Content-Location"]) == (
        named.headers["ETag"],
        location,
    )
    assert "Content-Location" not in named.headers


def test_a_304_for_a_hash_in_upper_case_names_it_in_lower_case(proxy):
    headers = {"if-none-match": proxy.post().headers["ETag"]}
    reply = proxy.get(f"/v2/image_search/{SHA256.upper()}", headers)
    assert (reply.status, reply.headers["Content-Location"]) == (304, PATH)


def test_a_form_for_a_hash_in_upper_case_is_for_the_one_in_lower_case(proxy):
    by_name = proxy.get(f"/v2/image_search/{SHA256.upper()}").json["upload"]["fields"]
    by_upload = uploads(proxy, sha256=SHA256.upper()).json["upload"]["fields"]
    assert (by_name["key"], by_upload["key"]) == (f"uploads/{SHA256}", f"uploads/{SHA256}")


def test_an_upload_that_is_asked_for_in_upper_case_is_already_there(proxy, uploaded):
    assert uploads(proxy, sha256=SHA256.upper()).json == {"already_uploaded": True}


@pytest.mark.parametrize(
    ("content_type", "signed"),
    [
        ("image/JPEG", "image/jpeg"),
        ("image/jpg", "image/jpg"),
        ("image/jpeg; charset=binary", "image/jpeg"),
        ("image/*", "application/octet-stream"),
        ("*/*", "application/octet-stream"),
        ("", "application/octet-stream"),
        (None, "application/octet-stream"),
        ("application/octet-stream", "application/octet-stream"),
        ("binary/octet-stream", "application/octet-stream"),
    ],
)
def test_an_uploads_type_may_be_unknown_and_in_any_case(proxy, content_type, signed):
    form = uploads(proxy, content_type=content_type).json["upload"]
    assert form["fields"]["Content-Type"] == signed


def test_a_compressed_request_for_an_upload_is_refused(proxy):
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    reply = proxy.post(b"{}", headers=headers, path="/v2/uploads")
    assert (reply.status, reply.code, reply.headers["Accept-Encoding"]) == (
        415,
        "unsupported_content_coding",
        "identity",
    )


def test_an_uploaded_image_is_searched_by_its_hash(proxy, upstream, uploaded):
    reply = proxy.get(PATH)
    assert (reply.status, reply.json, reply.cache_status) == (
        200,
        ANSWER,
        "image-search-proxy; fwd=miss; stored; ttl=3600",
    )
    assert upstream.requests[0].content == JPEG


def test_an_image_nobody_sent_is_not_found_and_a_form_says_how_to_send_it(proxy):
    reply = proxy.get(PATH)
    form = reply.json["upload"]
    assert (reply.status, reply.code, form["url"], form["fields"]["key"], form["expires_in"]) == (
        404,
        "image_not_found",
        "https://uploads-bucket.s3.eu-west-1.amazonaws.com/",
        f"uploads/{SHA256}",
        300,
    )


def test_a_form_is_signed_with_signature_version_4(proxy):
    fields = proxy.get(PATH).json["upload"]["fields"]
    assert fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_an_upload_under_anothers_hash_is_corrupt_and_never_searched(proxy, upstream):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG + b"x")
    reply = proxy.get(PATH)
    assert (reply.status, reply.code, upstream.requests) == (422, "corrupt_image", [])


@pytest.mark.parametrize(
    "name", ["x", SHA256[:-1], SHA256 + "0", "%00", "a b", "\x84", "~é", "a/b"]
)
def test_a_name_that_is_no_hash_is_refused(proxy, name):
    reply = proxy.get(f"/v2/image_search/{name}")
    (error,) = reply.json["errors"]
    assert (reply.status, error["code"], error["source"]) == (400, "invalid_parameter", "sha256")


def test_content_location_names_the_get_for_the_same_answer(proxy, upstream):
    posted = proxy.post(query="us=b&us=a&i=me&section=Products&fmt_options[fields]=p%2Bq")
    path, _, query = posted.headers["Content-Location"].partition("?")
    assert (path, query) == (PATH, "fmt_options%5Bfields%5D=p%2Bq&us=a&us=b")
    assert "hit" in proxy.get(path, query=query).cache_status


def test_without_parameters_content_location_has_no_query(proxy):
    assert proxy.post().headers["Content-Location"] == PATH


def test_in_user_scope_content_location_names_the_end_user(build_proxy):
    proxy = build_proxy(CACHE_SCOPE="user")
    assert proxy.post(query="i=me").headers["Content-Location"] == f"{PATH}?i=me"


def test_a_client_that_has_the_answer_is_reported_so(proxy):
    tag = proxy.post().headers["ETag"]
    reply = proxy.get(PATH, headers={"if-none-match": tag})
    assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", tag)


def test_a_304_renews_what_a_cache_needs(proxy):
    proxy.post()
    reply = proxy.get(PATH, headers={"if-none-match": "*"})
    assert sorted(reply.headers) == ["Age", "Cache-Control", "Cache-Status", "ETag", "Vary"]


def test_a_client_that_has_another_answer_gets_this_one(proxy):
    proxy.post()
    assert proxy.get(PATH, headers={"if-none-match": '"other"'}).status == 200


def test_a_post_is_searched_whatever_the_client_has(proxy):
    proxy.post()
    assert proxy.post(headers={"if-none-match": "*"}).status == 200


def test_two_codings_have_two_tags(proxy):
    plain, gzip = proxy.post(), proxy.post(headers={"accept-encoding": "gzip"})
    assert gzip.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_head_is_all_of_get_of_which_the_gateway_leaves_out_the_body(proxy, coding):
    proxy.post()
    takes = {"accept-encoding": coding}
    head, get = (proxy.get(PATH, takes, method=method) for method in ("HEAD", "GET"))
    differing = {"Age", "Cache-Status"}  # which tell the time
    kept = [{n: v for n, v in each.headers.items() if n not in differing} for each in (head, get)]
    assert (head.status, head.body, kept[0], set(head.headers)) == (
        200,
        get.body,
        kept[1],
        set(get.headers),
    )


def test_only_if_cached_is_a_hit_when_cached(proxy):
    proxy.post()
    assert "hit" in proxy.get(PATH, headers={"cache-control": "only-if-cached"}).cache_status


@pytest.mark.parametrize("send", ["get", "post"])
def test_only_if_cached_never_searches(proxy, upstream, uploaded, send):
    headers = {"cache-control": "only-if-cached"}
    reply = proxy.get(PATH, headers) if send == "get" else proxy.post(headers=headers)
    assert (reply.status, reply.code, upstream.requests) == (504, "not_cached", [])


@pytest.mark.parametrize(
    ("header", "cache_status"),
    [
        ("no-cache", "image-search-proxy; fwd=request; stored; ttl=3600"),
        ("max-age=0", "image-search-proxy; fwd=request; stored; ttl=3600"),
        ("no-store", "image-search-proxy; fwd=request"),
    ],
)
def test_the_cache_is_gone_past_where_the_deployment_allows_it(build_proxy, header, cache_status):
    proxy = build_proxy(ALLOW_CACHE_BYPASS="true")
    proxy.post()
    assert proxy.post(headers={"cache-control": header}).cache_status == cache_status


@pytest.mark.parametrize("header", ["no-cache", "no-store", "max-age=0"])
def test_the_cache_is_not_gone_past_otherwise(proxy, upstream, header):
    proxy.post()
    reply = proxy.post(headers={"cache-control": header})
    assert ("hit" in reply.cache_status, len(upstream.requests)) == (True, 1)


def test_a_form_is_offered_for_a_new_image(proxy):
    body = uploads(proxy).json
    policy = body["upload"]["fields"]
    assert (body["already_uploaded"], policy["key"], policy["Content-Type"]) == (
        False,
        f"uploads/{SHA256}",
        "image/jpeg",
    )


def test_a_size_may_be_written_as_json_writes_numbers(proxy):
    assert uploads(proxy, size=519.0).status == 200


def test_no_form_is_offered_for_an_image_that_is_there(proxy, uploaded):
    assert uploads(proxy).json == {"already_uploaded": True}


def ticket_of(reply):
    """The id that an offered form carries."""
    return reply.json["upload"]["fields"].get("x-amz-meta-ticket")


def stored_tickets():
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return [item["pk"]["S"] for item in items if item["pk"]["S"].startswith("ticket#")]


@pytest.mark.parametrize("query", ["", "us=b&us=a&i=me&section=Products", "us=" + "a" * 3000])
def test_each_form_has_a_ticket_of_its_own(build_proxy, query):
    proxy = build_proxy(REFRESH_FUNCTION="prefetch")
    names = [ticket_of(proxy.get(PATH, query=query)), ticket_of(uploads(proxy, query))]
    assert sorted(stored_tickets()) == sorted(f"ticket#{name}" for name in names)


def test_a_head_gets_no_form_and_so_no_ticket(build_proxy):
    reply = build_proxy(REFRESH_FUNCTION="prefetch").get(PATH, method="HEAD")
    assert (reply.status, "upload" in reply.json, stored_tickets()) == (404, False, [])


def test_a_form_over_the_quota_leaves_no_ticket(build_proxy):
    proxy = build_proxy(REFRESH_FUNCTION="prefetch", SEARCHES_PER_DAY="1")
    statuses = [proxy.get(PATH).status, proxy.get(PATH).status, uploads(proxy).status]
    assert (statuses, len(stored_tickets())) == ([404, 429, 429], 1)


@pytest.mark.parametrize("limits", [Throttling(writes=1), Throttling(writes=0.5)])
def test_a_throttled_table_takes_no_form_away(build_proxy, metered, limits):
    """Such a form has no ticket that is not in the table."""
    proxy = build_proxy(REFRESH_FUNCTION="prefetch")
    metered.throttle(limits)
    replies = [proxy.get(PATH) for _ in range(4)] + [uploads(proxy)]
    names = [ticket_of(reply) for reply in replies]
    assert [reply.status for reply in replies] == [404] * 4 + [200]
    assert sorted(stored_tickets()) == sorted(f"ticket#{name}" for name in names if name)


@pytest.mark.parametrize(
    "changes",
    [
        {"CACHE_SCOPE": "user", "REFRESH_FUNCTION": "prefetch"},
        {"CACHE_SCOPE": "off", "REFRESH_FUNCTION": "prefetch"},
        {},
    ],
)
def test_a_form_that_starts_no_search_has_no_ticket(build_proxy, changes):
    proxy = build_proxy(**changes)
    forms = [ticket_of(proxy.get(PATH)), ticket_of(uploads(proxy))]
    assert (forms, stored_tickets()) == ([None, None], [])


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("colour=red", 400, "unknown_parameter"),
        ("s=0", 400, "invalid_parameter"),
        ("fmt_options[show_hidden_fields]=true", 403, "parameter_not_allowed"),
    ],
)
def test_an_upload_for_a_search_outside_the_contract_is_refused(proxy, query, status, code):
    reply = uploads(proxy, query)
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize(
    ("changes", "status", "code", "source"),
    [
        ({"sha256": SHA256[1:]}, 400, "invalid_parameter", "sha256"),
        ({"sha256": None}, 400, "invalid_parameter", "sha256"),
        ({"content_type": "text/html"}, 400, "invalid_parameter", "content_type"),
        ({"content_type": "image/jpeg\r\n"}, 400, "invalid_parameter", "content_type"),
        ({"size": 0}, 400, "invalid_parameter", "size"),
        ({"size": "12"}, 400, "invalid_parameter", "size"),
        ({"size": 1.5}, 400, "invalid_parameter", "size"),
        ({"colour": "red"}, 400, "unknown_parameter", "colour"),
        ({"size": 10**18 - 1}, 413, "image_too_large", "size"),
        ({"size": 10**18}, 400, "invalid_parameter", "size"),
        ({"size": 20_000_001}, 413, "image_too_large", "size"),
    ],
)
def test_an_upload_outside_the_contract_is_refused(proxy, changes, status, code, source):
    reply = uploads(proxy, **changes)
    (error,) = reply.json["errors"]
    assert (reply.status, error["code"], error.get("source")) == (status, code, source)


def test_a_broken_upload_request_is_invalid_json(proxy):
    reply = proxy.post(b"{", path="/v2/uploads", headers={"content-type": "application/json"})
    assert (reply.status, reply.code) == (400, "invalid_json")


def test_an_answer_too_large_for_lambda_is_sent_as_gzip(proxy, upstream):
    upstream.answers(200, json={**ANSWER, "padding": "x" * 6_000_000})
    reply = proxy.post()
    assert (reply.status, reply.headers["Content-Encoding"]) == (200, "gzip")


def test_an_answer_too_large_even_as_gzip_is_an_error(proxy, upstream):
    noise = "".join(
        hashlib.sha256(bytes([a, b])).hexdigest() for a in range(255) for b in range(255)
    )
    upstream.answers(200, json={**ANSWER, "noise": [noise[at:] for at in (0, 1, 2)]})
    reply = proxy.post()
    assert (reply.status, reply.code) == (502, "response_too_large")


def test_the_contract_is_served(proxy):
    assert proxy.get("/openapi.json").json["openapi"].startswith("3.1")
