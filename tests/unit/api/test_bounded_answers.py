"""No answer is larger than Lambda takes, nor its headers than the gateway's, whatever comes in."""

import json
from urllib.parse import quote

import boto3
import pytest

from pictures import save, scene
from wire import ANSWER, JPEG, TABLE, http_event

# Lambda counts the whole response as JSON; the gateway, the headers.
MOST = 6_000_000
MOST_OF_HEADERS = 10_240
JSON = {"content-type": "application/json"}
SOUND = save(scene(), "JPEG")  # of others, a 400 of upstream's is said to be for damaged pixels
UPLOAD = {"sha256": "a" * 64, "content_type": "image/jpeg", "size": 1}


class Context:
    aws_request_id = "lambda-request-id"

    def get_remaining_time_in_millis(self):
        return 30_000


@pytest.fixture
def ask(proxy):
    def send(query="", body=JPEG, headers=None, path="/v2/image_search", method="POST"):
        response = proxy.handler(http_event(method, path, query, headers, body), Context())
        assert len(json.dumps(response)) <= MOST
        assert sum(map(len, (*response["headers"], *response["headers"].values()))) < (
            MOST_OF_HEADERS
        )
        return response

    return send


def members(count, name="m{}", value="1"):
    return ("{" + ",".join(f'"{name.format(at)}":{value}' for at in range(count)) + "}").encode()


@pytest.mark.parametrize(
    "body",
    [
        members(500_000),
        members(500_000, "m"),
        members(1, "m" * 4_500_000),
        members(3, "\\u0000" * 500_000 + "{}"),
        members(1, "é" * 1_000_000),
        b"[" + b"1," * 2_000_000 + b"1]",
        b"[" + b'"a",' * 1_000_000 + b"1]",
        b'"' * 4_500_000,
        b'{"image": ["' + b"a" * 4_500_000 + b'"]}',
        b'{"image": ' + b"9" * 4_500_000 + b"}",
        b'{"s3_uri": "s3://b/' + b"\\n" * 2_000_000 + b'"}',
        b'{"image": "data:' + b"a" * 4_500_000 + b'"}',
        b'{"image": "data:' + b";base64" * 600_000 + b'"}',
        b"{" * 4_500_000,
        b" " * 4_500_000,
    ],
    ids=[
        *("members", "one member", "a long name", "escaped names", "wide name", "numbers", "texts"),
        *("quotes", "a list", "a number", "a key", "a URI", "another URI", "braces", "blanks"),
    ],
)
@pytest.mark.parametrize("path", ["/v2/image_search", "/v2/uploads"])
def test_a_json_body_of_any_kind_has_a_small_answer(ask, body, path):
    response = ask(body=body, headers=JSON, path=path)
    assert 400 <= response["statusCode"] < 500
    assert len(response["body"]) < 10_000


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"p{at}=1" for at in range(2000)),
        "&".join(f"fmt_options[f{at}]=1" for at in range(500)),
        "&".join(f"fmt_options[facet_options][{at}]=" for at in range(300)),
        "x" * 9_000,
        quote("ü" * 1_500),
        "section=" + "x" * 9_000,
        "us=&" * 2_000,
        "fmt_options" + "[a]" * 3_000 + "=1",
        "variations_map=" + quote(json.dumps({"values": {"x" * 8_000: {}}, "dtype": "array"})),
        "variations_map="
        + quote(json.dumps({"values": {"a": {"aggregation": "y" * 8_000}}, "dtype": "array"})),
        "variations_map=" + "[" * 9_000,
    ],
    ids=lambda query: query[:20],
)
def test_a_query_of_any_kind_has_a_small_answer(ask, query):
    response = ask(query)
    assert response["statusCode"] == 400
    error = json.loads(response["body"])
    assert len(error["errors"]) <= 20
    assert all(len(each.get("source", "")) <= 100 for each in error["errors"])
    assert all(len(each["message"]) <= 300 for each in error["errors"])


def test_the_first_twenty_problems_are_listed_and_that_there_are_more_is_said(ask):
    error = json.loads(ask("&".join(f"p{at:02}=1" for at in range(21)))["body"])
    assert [each["source"] for each in error["errors"]] == [f"p{at:02}" for at in range(20)]
    assert error["message"] == "The request has invalid parameters. The first 20 are listed."


def test_twenty_problems_are_all(ask):
    error = json.loads(ask("&".join(f"p{at}=1" for at in range(20)))["body"])
    assert (len(error["errors"]), error["message"]) == (20, "The request has invalid parameters.")


@pytest.mark.parametrize(("length", "shown"), [(100, "n" * 100), (101, "n" * 99 + "…")])
def test_a_name_is_cut_to_a_hundred_characters(ask, length, shown):
    (problem,) = json.loads(ask("n" * length + "=1")["body"])["errors"]
    assert problem["source"] == shown


@pytest.mark.parametrize(
    "query", ["us=" + "," * 9_000, "us=" + "é" * 4_000, "section=a&us=" + "~!" * 4_000]
)
def test_a_get_that_could_not_be_asked_is_not_named(ask, query):
    assert "Content-Location" not in ask(query)["headers"]


def test_a_get_that_can_be_asked_is_named(ask):
    assert len(ask("us=" + "," * 2_500)["headers"]["Content-Location"]) > 7_500


REPEATED = [{"code": "c" * 500, "message": '"\\' * 50_000, "source": "s" * 9_000}] * 50


@pytest.mark.parametrize(
    "said",
    [
        {"message": "m" * 8_000_000},
        {"message": "m", "errors": REPEATED},
        {"message": "m", "errors": [1, None, "x", *REPEATED]},
        {"message": "m", "errors": {"code": "x" * 1_000_000}},
        {"message": "m", "more": ['"' * 1_000_000]},
        {"message": ["m" * 1_000_000]},
        {"message": "\ud800" * 900_000},
    ],
    ids=["message", "errors", "odd errors", "no list", "more", "no text", "half characters"],
)
def test_upstreams_own_400_is_passed_on_within_limits(ask, upstream, said):
    upstream.answers(400, content=json.dumps(said).encode())
    response = ask(body=SOUND)
    assert response["statusCode"] == 400
    assert len(response["body"]) < 30_000
    (item,) = [
        item
        for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
        if "failure" in item
    ]
    assert len(item["failure"]["S"]) < 30_000


def test_upstreams_usual_400_is_passed_on_whole(ask, upstream):
    said = {"message": "m" * 1000, "errors": [{"code": "c", "message": "m", "x": [1]}] * 100}
    upstream.answers(400, json=said)
    assert json.loads(ask(body=SOUND)["body"]) == {"trace_id": "request-1", **said}


@pytest.mark.parametrize("size", [4_399_000, 4_401_000, 5_000_000, 9_000_000])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_large_answer_fits_or_is_compressed(ask, upstream, size, coding):
    upstream.answers(200, json={**ANSWER, "more": "x" * size})
    response = ask("us=" + "," * 2_600, headers={"accept-encoding": coding})
    assert response["statusCode"] == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cache-control", "a" * 9_000),
        ("cache-control", "a" * 9_000 + ";"),
        ("if-none-match", '"' * 9_000),
        ("accept-encoding", "gzip;q=" + "1" * 9_000),
        ("content-type", "multipart/form-data;" + " " * 9_000),
        ("user-agent", "x" * 9_000),
        ("x-api-key", "x" * 9_000),
    ],
)
def test_a_header_that_is_too_long_counts_as_not_sent(ask, name, value):
    assert ask(headers={name: value})["statusCode"] == 200


@pytest.mark.parametrize("half", ["\ud800", "a\ud83d"])
@pytest.mark.parametrize(
    "query",
    [
        "us={}",
        "{}=1",
        "variations_map={}",
        'variations_map={{"values":{{"{}":{{"aggregation":"count"}}}},"dtype":"array"}}',
        "fmt_options[facet_options][{}]=a",
        "section={}&site={}",
        "i={}",
    ],
)
def test_half_a_character_in_the_query_is_the_clients_mistake(ask, query, half):
    assert ask(query.format(half, half))["statusCode"] == 400


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ud800\\ud800", "\\udc00\\ud800x"])
@pytest.mark.parametrize("place", ['{{"a": "{}"}}', '{{"{}": 1}}', '["{}"]'])
def test_half_a_character_in_a_variations_map_is_the_clients_mistake(ask, place, escape):
    text = place.format(escape)
    whole = f'{{"values":{{"a":{{"aggregation":"count","x":{text}}}}},"dtype":"array"}}'
    assert ask(f"variations_map={quote(whole)}")["statusCode"] == 400


@pytest.mark.parametrize("name", ["user-agent", "x-api-key", "cache-control", "if-none-match"])
def test_half_a_character_in_a_header_is_no_error_of_ours(ask, name):
    assert ask(headers={name: "\ud800"})["statusCode"] == 200


@pytest.mark.parametrize(("size", "status"), [(1024, 200), (1025, 413), (9_000, 413)])
def test_a_request_for_an_upload_has_a_kilobyte(proxy, size, status):
    body = json.dumps(UPLOAD).encode().ljust(size)
    for headers in (JSON, {"content-type": "text/plain"}):
        assert proxy.post(body, headers=headers, path="/v2/uploads").status == status
