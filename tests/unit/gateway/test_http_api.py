"""The gateway around an emulator that is a function here."""

import asyncio
import json
from functools import partial

import pytest

from gateway import HttpApi, limits
from gateway.http_api import add_cors, preflight
from gateway.throttle import Throttle

ROUTE = ("a1b2c3d4", "$default", "POST /v2/image_search")
CORS = {"allowOrigins": ["https://shop.test"], "exposeHeaders": ["etag", "age"]}
FROM_SHOP = {"origin": "https://shop.test"}


class Emulator:
    """Routes each request to one function, which answers with ``result``."""

    def __init__(self, gateway, result=None, *, cors=None, stage=None, seconds=0.0):
        self.gateway = gateway
        self.result = {"body": {"statusCode": 200}} if result is None else result
        self.cors, self.stage, self.seconds = cors, stage or {}, seconds
        self.events = []

    def request(self, headers=None, body=b"", line="POST /v2/image_search"):
        async def answered():
            routed = partial(self._route, headers or {}, body)
            return await self.gateway.execute(routed, line, headers or {}, body)

        status, answer_headers, content = asyncio.run(answered())
        self.request_id = answer_headers.pop("apigw-requestid")
        return status, answer_headers, content

    async def _route(self, headers, body):
        answer = await self.gateway.integrate(
            partial(self._integrate, headers, body), ROUTE, self.stage
        )
        if self.cors:
            add_cors(self.cors)
        return answer

    async def _integrate(self, headers, body):
        await asyncio.sleep(self.seconds)
        event = {
            "headers": dict(headers),
            "requestContext": {"requestId": "emulated", "http": {"sourceIp": "203.0.113.9"}},
            "body": body.decode(),
            "isBase64Encoded": True,
        }
        result = await asyncio.to_thread(self.gateway.invoke, self._invoke, event)
        answer = result["body"]
        return answer["statusCode"], answer.get("headers", {}), answer.get("body", "").encode()

    def _invoke(self, event):
        self.events.append(event)
        return self.result


def in_own_words(message):
    return {"content-type": "application/json"}, b'{"message":"%s"}' % message.encode()


def test_what_the_function_answers_goes_out():
    answer = {"statusCode": 404, "headers": {"Content-Type": "text/plain"}, "body": "none"}
    emulator = Emulator(HttpApi(), {"body": answer})
    assert emulator.request() == (404, {"Content-Type": "text/plain"}, b"none")


def test_the_function_knows_the_request_by_the_id_that_the_client_gets():
    emulator = Emulator(HttpApi())
    emulator.request()
    assert emulator.events[0]["requestContext"]["requestId"] == emulator.request_id
    assert len(emulator.request_id) == 16


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (limits.PAYLOAD_BYTES, (413, *in_own_words("Request Entity Too Large"))),
        (limits.PAYLOAD_BYTES + 1, (413, *in_own_words("Request Entity Too Large"))),
        (limits.FUNCTION_REQUEST_BYTES, (413, *in_own_words("Request Entity Too Large"))),
        (limits.FUNCTION_REQUEST_BYTES - 1_000, (200, {}, b"")),
    ],
)
def test_a_body_that_is_too_large_never_reaches_the_function(size, expected):
    emulator = Emulator(HttpApi())
    assert emulator.request(body=b"A" * size) == expected
    assert len(emulator.events) == (expected[0] == 200)


def test_more_than_10_mb_are_refused_before_routing():
    async def never():
        raise AssertionError

    answer = asyncio.run(HttpApi().execute(never, "POST /", {}, b"A" * 10_485_761))
    assert answer[0] == 413


@pytest.mark.parametrize(("size", "status"), [(10_240, 200), (10_241, 431)])
def test_request_line_and_header_values_have_10240_bytes(size, status):
    line = "GET /v2/image_search?us=web"
    headers = {"accept": "*/*", "cookie": ""}
    headers["cookie"] = "c" * (size - len(f"{line} HTTP/1.1\r\n") - len("*/*"))
    assert Emulator(HttpApi()).request(headers, line=line)[0] == status


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 500)])
def test_an_answer_has_6291556_bytes_as_lambda_counts_them(more, status):
    empty = len('{"statusCode":200,"body":"","isBase64Encoded":true}')
    body = "A" * (limits.FUNCTION_RESPONSE_BYTES - empty + more)
    answer = {"statusCode": 200, "body": body, "isBase64Encoded": True}
    assert Emulator(HttpApi(), {"body": answer}).request()[0] == status


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"error": True, "body": {"errorMessage": "x"}}, (500, "Internal Server Error")),
        ({"throttle": True, "body": {}}, (503, "Service Unavailable")),
    ],
)
def test_a_function_that_fails_is_not_quoted(result, expected):
    status, message = expected
    assert Emulator(HttpApi(), result).request() == (status, *in_own_words(message))


def test_who_waits_too_long_gets_503():
    emulator = Emulator(HttpApi(seconds=0.01), seconds=0.05)
    assert emulator.request() == (503, *in_own_words("Service Unavailable"))


def test_thirty_seconds_are_too_long():
    assert limits.INTEGRATION_SECONDS == 30


def test_too_many_requests_are_429():
    stage = {"defaultRouteSettings": {"ThrottlingRateLimit": "1", "ThrottlingBurstLimit": "2"}}
    emulator = Emulator(HttpApi(Throttle(now=lambda: 0.0)), stage=stage)
    answers = [emulator.request() for _ in range(3)]
    assert [status for status, *_ in answers] == [200, 200, 429]
    assert answers[2][1:] == in_own_words("Too Many Requests")


def test_cors_is_the_gateways_and_not_the_functions():
    headers = {"Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
    emulator = Emulator(HttpApi(), {"body": {"statusCode": 200, "headers": headers}}, cors=CORS)
    assert emulator.request(FROM_SHOP)[1] == {
        "access-control-allow-origin": "https://shop.test",
        "access-control-expose-headers": "etag,age",
        "Vary": "Accept-Encoding",
    }


def test_errors_of_the_gateways_own_have_no_cors():
    emulator = Emulator(HttpApi(), {"error": True}, cors=CORS)
    assert emulator.request(FROM_SHOP) == (500, *in_own_words("Internal Server Error"))


def routed(answer):
    async def emulated():
        return answer() if callable(answer) else answer

    return emulated


def test_what_the_emulator_refuses_is_refused_in_the_gateways_words():
    refused = 401, {"Content-Type": "application/json"}, b'{"message": "no such key"}'
    answer = asyncio.run(HttpApi().execute(routed(refused), "GET /", {}, b""))
    del answer[1]["apigw-requestid"]
    assert answer == (
        401,
        {"content-type": "application/json", "www-authenticate": "Bearer"},
        b'{"message":"Unauthorized"}',
    )


def test_a_token_that_does_not_do_is_called_invalid():
    headers = {"authorization": "Bearer e30.e30."}
    answer = asyncio.run(HttpApi().execute(routed((401, {}, b"")), "GET /", headers, b""))
    assert answer[1]["www-authenticate"] == 'Bearer scope="" error="invalid_token"'


def test_a_preflight_is_answered_by_the_gateway():
    headers = FROM_SHOP | {"access-control-request-method": "POST"}
    emulated = routed(lambda: preflight(CORS))
    answer = asyncio.run(HttpApi().execute(emulated, "OPTIONS /", headers, b""))
    assert answer[0] == 204
    assert answer[1]["access-control-allow-origin"] == "https://shop.test"


def test_without_cors_there_is_no_preflight():
    emulated = routed(lambda: preflight({}))
    answer = asyncio.run(HttpApi().execute(emulated, "OPTIONS /", FROM_SHOP, b""))
    assert (answer[0], json.loads(answer[2])) == (404, {"message": "Not Found"})


def test_invocations_from_elsewhere_are_left_alone():
    event = {"Records": ["an upload"]}
    assert HttpApi().invoke(lambda each: {"body": each}, event) == {"body": event}
