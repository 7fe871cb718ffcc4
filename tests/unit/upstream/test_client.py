import gzip
import json

import httpx
import pytest
from pydantic import SecretStr

from image_search.credentials.secret import Credentials
from image_search.deadline import Deadline
from image_search.errors import (
    ImageSearchError,
    ImageTooLarge,
    RequestTimedOut,
    ResponseTooLarge,
    TooManyCalls,
    UnprocessableImage,
    UnsupportedMediaType,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamRejectedCredentials,
    UpstreamRejectedRequest,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from image_search.images.coordinates import Coordinates
from image_search.images.normalize import NormalizedImage
from image_search.parameters.search_parameters import SearchParameters
from image_search.upstream.client import Body, UpstreamAnswer, UpstreamCall, UpstreamClient
from image_search.upstream.closed_idle import ClosedIdle
from image_search.upstream.end_user import EndUser
from wire import ANSWER, INDEX_KEY, JPEG, TOKEN

CREDENTIALS = Credentials(key=SecretStr(INDEX_KEY), token=SecretStr(TOKEN))
END_USER = EndUser("203.0.113.9", "Shop/7.1 (iPhone)")


@pytest.fixture
def pauses():
    """Seconds that were paused for."""
    return []


@pytest.fixture
def search(upstream, pauses):
    client = UpstreamClient(
        "https://image-search.test",
        "cio-be-lambda-acme",
        20,
        httpx.MockTransport(upstream),
        pauses.append,
    )

    def one(query="", credentials=CREDENTIALS, end_user=END_USER, seconds=25.0):
        parameters = SearchParameters.parse(query)
        deadline = Deadline.after(seconds)
        image = NormalizedImage(JPEG, Coordinates.unchanged(16, 16))
        return client.search(UpstreamCall(image, parameters, end_user, credentials, deadline))

    return one


def test_the_call_is_upstreams_with_our_own_credentials(search, upstream):
    search("section=%C3%A9&us=a,b&us=c%2Bd")
    (request,) = upstream.requests
    assert (request.method, str(request.url), request.content) == (
        "POST",
        "https://image-search.test/v2/image_search"
        f"?key={INDEX_KEY}&c=cio-be-lambda-acme&section=%C3%A9&us=a%2Cb&us=c%2Bd",
        JPEG,
    )


def test_the_headers_are_those_of_a_backend_that_acts_for_an_end_user(search, upstream):
    search()
    headers = upstream.requests[0].headers
    names = ("content-type", "x-forwarded-for", "user-agent", "x-cnstrc-token")
    assert [headers[name] for name in names] == [
        "application/octet-stream",
        "203.0.113.9",
        "Shop/7.1 (iPhone)",
        TOKEN,
    ]


def test_no_token_and_no_user_agent_are_not_made_up(search, upstream):
    search(credentials=Credentials(key=SecretStr("k")), end_user=EndUser("203.0.113.9", ""))
    assert not {"x-cnstrc-token", "user-agent"} & set(upstream.requests[0].headers)


def test_where_no_end_user_asks_none_is_named(search, upstream):
    search(end_user=EndUser("", ""))
    headers = upstream.requests[0].headers
    assert ("x-forwarded-for" in headers, "user-agent" in headers) == (False, False)


def test_a_user_agent_beyond_ascii_is_sent_as_utf_8(search, upstream):
    search(end_user=EndUser("203.0.113.9", "Käufer/1"))
    assert (b"User-Agent", "Käufer/1".encode()) in upstream.requests[0].headers.raw


def test_an_answer_without_secrets_keeps_its_bytes(search, upstream):
    body = json.dumps(ANSWER, indent=3).encode()
    upstream.answers(200, stream=httpx.ByteStream(body))
    assert search() == UpstreamAnswer(ANSWER, Body(body), degraded=False)


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_an_answer_that_comes_compressed_keeps_those_bytes_as_well(search, upstream, coding):
    body = json.dumps(ANSWER, indent=3).encode()
    packed = gzip.compress(body, 1)
    upstream.answers(200, headers={"Content-Encoding": coding}, stream=httpx.ByteStream(packed))
    assert search().received == Body(body, packed)


TWO_MEMBERS = [json.dumps(ANSWER).encode()[:9], json.dumps(ANSWER).encode()[9:]]


@pytest.mark.parametrize(
    "packed",
    [
        b"".join(map(gzip.compress, TWO_MEMBERS)),
        gzip.compress(json.dumps(ANSWER).encode()) + bytes(512),
        gzip.compress(json.dumps(ANSWER).encode()) + gzip.compress(b""),
    ],
    ids=["members", "padding", "an empty member"],
)
def test_gzip_that_clients_read_in_different_ways_is_not_kept(search, upstream, packed):
    coding = {"Content-Encoding": "gzip"}
    upstream.answers(200, headers=coding, stream=httpx.ByteStream(packed))
    assert search().received == Body(json.dumps(ANSWER).encode())


@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_order_mark_is_read_over_and_not_kept(search, upstream, packed):
    body = b"\xef\xbb\xbf" + json.dumps(ANSWER).encode()
    content = {"headers": {"Content-Encoding": "gzip"}} if packed else {}
    stream = httpx.ByteStream(gzip.compress(body) if packed else body)
    upstream.answers(200, **content, stream=stream)
    assert search() == UpstreamAnswer(ANSWER, None, degraded=False)


def test_an_answer_in_another_encoding_is_a_failure(search, upstream):
    """Where a secret would stand, spelled in a way that nobody looks for."""
    upstream.answers(200, content=json.dumps(ANSWER).encode("utf-16"))
    with pytest.raises(UpstreamFailed):
        search()


@pytest.mark.parametrize("cookie", ["a=1", "a=é"])
def test_cookies_are_not_kept(search, upstream, cookie):
    headers = {b"set-cookie": cookie.encode()}
    upstream.answers(200, headers=headers, stream=httpx.ByteStream(json.dumps(ANSWER).encode()))
    search()
    search()
    assert [request.headers.get("cookie") for request in upstream.requests] == [None, None]


def test_no_other_coding_is_asked_for(search, upstream):
    search()
    assert upstream.requests[0].headers["Accept-Encoding"] == "gzip"


def nested(levels):
    """An answer of so many levels with a secret at the innermost."""
    inside = levels - 2
    results = "[" * inside + f'"{TOKEN}"' + "]" * inside
    return f'{{"response": {{"results": {results}}}}}'.encode()


@pytest.mark.parametrize("levels", [101, 800, 100_000])
def test_an_answer_nested_more_than_a_hundred_levels_deep_is_a_failure(search, upstream, levels):
    upstream.answers(200, content=nested(levels))
    with pytest.raises(UpstreamFailed):
        search()


@pytest.mark.parametrize("escape", [b"", rb', "escape": "\n"'])
def test_a_hundred_levels_are_looked_through(search, upstream, escape):
    content = nested(100)[:-1] + escape + b"}"
    upstream.answers(200, content=content)
    clean = json.loads(content.replace(TOKEN.encode(), b"[redacted]"))
    assert search() == UpstreamAnswer(clean, None, degraded=False)


@pytest.mark.parametrize("number", [b"9" * 301, b"9" * 5000, b"1e999", b"NaN"])
def test_an_answer_with_a_number_that_not_every_reader_takes_is_a_failure(search, upstream, number):
    upstream.answers(200, content=json.dumps(ANSWER).encode()[:-1] + b', "n": ' + number + b"}")
    with pytest.raises(UpstreamFailed):
        search()


@pytest.mark.parametrize(
    ("status", "error"), [(400, UpstreamRejectedRequest), (401, UpstreamRejectedCredentials)]
)
def test_an_error_nested_too_deeply_is_one_without_words(search, upstream, status, error):
    upstream.answers(status, content=b'{"message": "no", "x": ' + nested(100) + b"}")
    with pytest.raises(error) as caught:
        search()
    assert caught.value.to_json("t")["message"] == error.message


def test_an_answer_with_secrets_is_scrubbed(search, upstream):
    upstream.answers(200, json={**ANSWER, "request": {"key": INDEX_KEY, "note": f"was {TOKEN}"}})
    expected = {**ANSWER, "request": {"note": "was [redacted]"}}
    assert search() == UpstreamAnswer(expected, None, degraded=False)


@pytest.mark.parametrize(
    "change", [{"whole_image_search_fallback": True}, {"response": {"results": []}}]
)
def test_a_fallback_and_an_empty_answer_are_degraded(search, upstream, change):
    upstream.answers(200, json={**ANSWER, **change})
    assert search().degraded


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UpstreamRejectedCredentials),
        (403, UpstreamRejectedCredentials),
        (404, UpstreamRefused),
        (405, UpstreamRefused),
        (418, UpstreamRefused),
        (408, RequestTimedOut),
        (413, ImageTooLarge),
        (415, UnsupportedMediaType),
        (422, UnprocessableImage),
        (301, UpstreamFailed),
        (204, UpstreamFailed),
        (429, TooManyCalls),
        (503, UpstreamUnavailable),
        (500, UpstreamFailed),
        (502, UpstreamFailed),
        (504, UpstreamFailed),
    ],
)
def test_each_status_of_upstream_is_one_of_ours(search, upstream, status, error):
    upstream.answers(status, json={"message": "no"})
    with pytest.raises(error) as caught:
        search()
    assert (type(caught.value), caught.value.detail, len(upstream.requests)) == (
        error,
        f"upstream answered {status}",
        1,
    )


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("content", [{"html": "<h1>Forbidden</h1>"}, {"text": ""}, {"json": []}])
def test_a_rejection_that_is_no_json_may_be_a_firewalls(search, upstream, status, content):
    upstream.answers(status, **content)
    with pytest.raises(UpstreamRejectedCredentials) as caught:
        search()
    expected = f"upstream answered {status}, not in JSON: it may be a firewall's"
    assert caught.value.detail == expected


def test_upstreams_400_passes_through_without_secrets(search, upstream):
    message = f"bad key {INDEX_KEY}"
    upstream.answers(400, json={"message": message, "errors": [{"code": "x", "message": message}]})
    with pytest.raises(UpstreamRejectedRequest) as caught:
        search()
    assert caught.value.to_json("t") == {
        "message": "bad key [redacted]",
        "errors": [{"code": "x", "message": "bad key [redacted]"}],
        "trace_id": "t",
    }


@pytest.mark.parametrize("content", [{"text": "no"}, {"json": ["no"]}, {"json": {"error": 1}}])
def test_a_400_in_another_shape_becomes_ours(search, upstream, content):
    upstream.answers(400, **content)
    with pytest.raises(UpstreamRejectedRequest) as caught:
        search()
    assert caught.value.to_json("t")["errors"][0]["code"] == "upstream_rejected_request"


@pytest.mark.parametrize(
    "odd", [{}, {"errors": {"code": "x"}, "trace_id": 7}, {"errors": None, "trace_id": ["x"]}]
)
def test_a_400_has_the_members_of_every_error(search, upstream, odd):
    upstream.answers(400, json={"message": "no", **odd})
    with pytest.raises(UpstreamRejectedRequest) as caught:
        search()
    assert caught.value.to_json("t") == {"message": "no", "errors": [], "trace_id": "t"}


def test_of_a_long_400_only_what_is_passed_on_is_kept(search, upstream):
    error = {"code": "x", "message": f"was {INDEX_KEY}", "source": "us", "more": [TOKEN] * 50}
    upstream.answers(400, json={"message": "no", "errors": [error] * 21, "more": [TOKEN] * 1000})
    with pytest.raises(UpstreamRejectedRequest) as caught:
        search()
    kept = {"code": "x", "message": "was [redacted]", "source": "us"}
    assert caught.value.to_json("t") == {"message": "no", "errors": [kept] * 20, "trace_id": "t"}


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("7", 7), ("0", 1), ("86400", 300), ("Wed, 21 Oct 2026 07:28:00 GMT", 5), ("-1", 5), ("", 5)],
)
def test_retry_after_is_passed_on_within_reason(search, upstream, given, seconds):
    upstream.answers(429, headers={"Retry-After": given})
    with pytest.raises(UpstreamUnavailable) as caught:
        search()
    assert caught.value.headers == {"Retry-After": str(seconds)}


@pytest.mark.parametrize(
    "content",
    [
        {"html": "<h1>maintenance</h1>"},
        {"text": ""},
        {"json": []},
        {"json": {"response": []}},
        {"text": "[" * 100_000},
        {"content": b"\xff"},
    ],
)
def test_a_200_that_is_no_search_answer_is_a_failure(search, upstream, content):
    upstream.answers(200, **content)
    with pytest.raises(UpstreamFailed):
        search()


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (httpx.ConnectError("refused"), UpstreamFailed),
        (httpx.RemoteProtocolError("closed"), UpstreamFailed),
        (httpx.ConnectTimeout("slow"), UpstreamTimeout),
        (httpx.ReadTimeout("slow"), UpstreamTimeout),
    ],
)
def test_a_failing_connection_is_an_error_of_ours(search, upstream, raised, error):
    upstream.raises(raised)
    with pytest.raises(error):
        search()


@pytest.mark.parametrize(
    "packed",
    [b"no gzip", gzip.compress(b"{}")[:-3], gzip.compress(b"{}")[:-8] + bytes(8), b"\x1f\x8b\x08"],
    ids=["another thing", "cut off", "wrong sum", "cut off early"],
)
def test_a_compressed_answer_that_is_broken_is_a_failure(search, upstream, packed):
    upstream.answers(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))
    with pytest.raises(UpstreamFailed):
        search()


def test_the_call_may_take_no_longer_than_the_request_has(search, upstream):
    search(seconds=8)
    timeout = upstream.requests[0].extensions["timeout"]
    assert timeout["connect"] == 3
    assert 7 < timeout["write"] <= 8


def test_an_answer_that_trickles_in_is_cut_off(search, upstream):
    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                yield b" "

    upstream.answers(200, stream=Trickle())
    with pytest.raises(UpstreamTimeout):
        search(seconds=0.05)


def test_without_time_left_upstream_is_not_asked(search, upstream):
    with pytest.raises(UpstreamTimeout):
        search(seconds=0)
    assert upstream.requests == []


def answers_in_turn(upstream, *turns):
    """Each turn is an error to raise or an answer to give."""
    left = list(turns)

    def answer(_):
        turn = left.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn

    upstream.answer = answer


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")], ids=repr
)
def test_a_connection_that_did_not_come_about_is_tried_once_more(search, upstream, pauses, error):
    answers_in_turn(upstream, error, httpx.Response(200, json=ANSWER))
    assert (search().value, len(upstream.requests)) == (ANSWER, 2)
    assert [0.1 <= seconds <= 0.3 for seconds in pauses] == [True]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("given", "least"), [("0", 1), ("1", 1), ("2", 2)])
def test_an_invitation_to_come_back_at_once_is_taken(
    search, upstream, pauses, status, given, least
):
    busy = httpx.Response(status, headers={"Retry-After": given})
    answers_in_turn(upstream, busy, httpx.Response(200, json=ANSWER))
    assert search().value == ANSWER
    assert [least < seconds < least + 0.5 for seconds in pauses] == [True]


@pytest.mark.parametrize(
    "turn",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("closed"),
        httpx.Response(500, headers={"Retry-After": "1"}),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(429, headers={"Retry-After": "3"}),
        httpx.Response(400),
        httpx.Response(401),
        httpx.Response(200, text="no search"),
    ],
    ids=repr,
)
def test_what_may_have_been_billed_or_is_not_invited_is_not_repeated(
    search, upstream, pauses, turn
):
    answers_in_turn(upstream, turn)
    with pytest.raises(ImageSearchError):
        search()
    assert (len(upstream.requests), pauses) == (1, [])


def test_a_connection_that_upstream_had_closed_is_made_anew(search, upstream, pauses):
    answers_in_turn(upstream, ClosedIdle("reset"), httpx.Response(200, json=ANSWER))
    assert (search().value, len(upstream.requests), pauses) == (ANSWER, 2, [])


def test_a_connection_that_ends_twice_is_a_failure(search, upstream):
    upstream.raises(ClosedIdle("reset"))
    with pytest.raises(UpstreamFailed):
        search()
    assert len(upstream.requests) == 2


def test_there_is_no_third_call(search, upstream):
    upstream.raises(httpx.ConnectError("refused"))
    with pytest.raises(UpstreamFailed):
        search()
    assert len(upstream.requests) == 2


@pytest.mark.parametrize(("seconds", "calls"), [(3.05, 1), (4, 2)])
def test_a_retry_needs_time_to_succeed(search, upstream, seconds, calls):
    upstream.raises(httpx.ConnectError("refused"))
    with pytest.raises(UpstreamFailed):
        search(seconds=seconds)
    assert len(upstream.requests) == calls


def test_an_answer_does_not_repeat_the_end_users_address(search, upstream):
    upstream.answers(200, json={**ANSWER, "note": "for 203.0.113.9"})
    assert search().value["note"] == "for [redacted]"


def bomb(size):
    return gzip.compress(b'{"response": "' + b" " * size + b'"}', 1)


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Encoding": "gzip"}, bomb(20_000_000)),
        ({"Content-Encoding": "gzip"}, bomb(20_000_000)[:-8]),
        ({"Content-Encoding": "x-gzip"}, gzip.compress(b"") + bomb(20_000_000)),
        ({}, b" " * 10_000_001),
        ({"Content-Encoding": "gzip"}, bytes(10_000_001)),
    ],
    ids=["bomb", "bomb without an end", "second member", "plain", "large on the wire"],
)
def test_an_answer_beyond_ten_megabytes_is_too_large(search, upstream, headers, content):
    upstream.answers(200, headers=headers, stream=httpx.ByteStream(content))
    with pytest.raises(ResponseTooLarge):
        search()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, UpstreamRejectedRequest),
        (401, UpstreamRejectedCredentials),
        (404, UpstreamRefused),
        (429, UpstreamUnavailable),
        (500, UpstreamFailed),
    ],
)
@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Encoding": "gzip"}, bomb(20_000_000)),
        ({"Content-Encoding": "gzip"}, b"no gzip"),
        ({}, b" " * 10_000_001),
        ({}, b'{"message": NaN}'),
        ({}, b"\xff\xfe"),
    ],
    ids=["bomb", "no gzip", "large", "no JSON", "no text"],
)
def test_an_error_that_cannot_be_read_is_known_by_its_status(
    search, upstream, status, error, headers, content
):
    upstream.answers(status, headers=headers, stream=httpx.ByteStream(content))
    with pytest.raises(error):
        search()


@pytest.mark.parametrize("where", ["request", "results", "x1", "a name", "deep"])
@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 301, "1" + "0" * 400 + ".5"]
)
def test_a_number_that_json_has_not_is_a_failure_wherever_it_stands(
    search, upstream, where, number
):
    texts = {
        "request": f'{{"request": {{"n": {number}}}, "response": {{}}}}',
        "results": f'{{"response": {{"results": [{number}]}}}}',
        "x1": f'{{"response": {{}}, "segments": [{{"x1": {number}}}]}}',
        "a name": f'{{"response": {{"{number}": {number}}}}}',
        "deep": f'{{"response": {"[" * 90}{number}{"]" * 90}}}',
    }
    upstream.answers(200, content=texts[where].encode())
    with pytest.raises(UpstreamFailed):
        search()


@pytest.mark.parametrize("number", ["1e308", "-0.0", "1E-400", "9" * 300, "0.1", "1.10"])
def test_a_number_that_json_has_goes_on_as_it_was_written(search, upstream, number):
    body = f'{{"response": {{"results": [{number}]}}}}'.encode()
    upstream.answers(200, stream=httpx.ByteStream(body))
    assert search().received == Body(body)
