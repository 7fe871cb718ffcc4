import asyncio
import hashlib
from typing import Any

import httpx
import pytest

from stand_in.service.app import create_app
from stand_in.service.connection import HangUp
from stand_in.service.engine import Engine

SEARCH = "/v2/image_search?key=index"


def order(client: httpx.Client, **fault: Any) -> None:
    assert client.post("/_control/faults", json=fault).status_code == 204


def test_a_request_is_recorded_as_it_arrived(client: httpx.Client, red_shoe: bytes) -> None:
    client.post(
        "/v2/image_search?key=index&us=a,b&us=c&x=&t=1%2B1",
        content=red_shoe,
        headers={"User-Agent": "Shop/1", "X-Forwarded-For": "203.0.113.7", "Accept": "*/*"},
    )
    (received,) = client.get("/_control/requests").json()
    headers = received.pop("headers")
    assert received == {
        "method": "POST",
        "path": "/v2/image_search",
        "query": [["key", "index"], ["us", "a,b"], ["us", "c"], ["x", ""], ["t", "1+1"]],
        "body_sha256": hashlib.sha256(red_shoe).hexdigest(),
        "body_bytes": len(red_shoe),
        "client_port": 123,
    }
    assert headers["user-agent"] == "Shop/1"
    assert headers["x-forwarded-for"] == "203.0.113.7"


def test_refused_failed_and_huge_requests_are_recorded_too(client: httpx.Client) -> None:
    order(client, status=503)
    client.post(SEARCH, content=b"failed")
    client.post("/v2/image_search", content=b"no key")
    client.post(SEARCH, content=bytes(7_000_000))
    client.get(SEARCH)
    recorded = client.get("/_control/requests").json()
    assert [(each["method"], each["body_bytes"]) for each in recorded] == [
        ("POST", 6),
        ("POST", 6),
        ("POST", 7_000_000),
        ("GET", 0),
    ]


def test_a_reset_forgets_requests_and_faults(client: httpx.Client, red_shoe: bytes) -> None:
    client.post(SEARCH, content=red_shoe)
    order(client, status=500, times=3)
    assert client.delete("/_control").status_code == 204
    assert client.get("/_control/requests").json() == []
    assert client.post(SEARCH, content=red_shoe).status_code == 200


def test_faults_are_used_up_one_after_the_other(client: httpx.Client, red_shoe: bytes) -> None:
    order(client, status=500, times=2)
    order(client, status=429)
    statuses = [client.post(SEARCH, content=red_shoe).status_code for _ in range(4)]
    assert statuses == [500, 500, 429, 200]


def test_a_status_alone_answers_in_upstreams_error_shape(
    client: httpx.Client, red_shoe: bytes
) -> None:
    order(client, status=503, headers={"Retry-After": "7"})
    answer = client.post(SEARCH, content=red_shoe)
    assert answer.headers["retry-after"] == "7"
    assert set(answer.json()) == {"message", "errors", "trace_id"}


def test_a_text_body_is_sent_as_it_is(client: httpx.Client, red_shoe: bytes) -> None:
    order(client, body="<h1>Bad gateway</h1>")
    answer = client.post(SEARCH, content=red_shoe)
    assert (answer.status_code, answer.text) == (200, "<h1>Bad gateway</h1>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_json_body_is_sent_with_its_status(client: httpx.Client, red_shoe: bytes) -> None:
    order(client, status=400, body={"message": "no"})
    answer = client.post(SEARCH, content=red_shoe)
    assert (answer.status_code, answer.json()) == (400, {"message": "no"})


def test_a_delay_or_headers_alone_leave_the_answer_as_it_is(
    client: httpx.Client, red_shoe: bytes
) -> None:
    order(client, delay_seconds=0.01, headers={"X-Odd": "yes"})
    delayed = client.post(SEARCH, content=red_shoe)
    plain = client.post(SEARCH, content=red_shoe)
    assert (delayed.status_code, delayed.json()) == (200, plain.json())
    assert (delayed.headers.get("x-odd"), plain.headers.get("x-odd")) == ("yes", None)


def test_a_fault_for_a_query_leaves_other_requests_alone(
    client: httpx.Client, red_shoe: bytes
) -> None:
    order(client, status=500, query={"us": "a"})
    queries = ["us=b", "us=b&us=a", "us=a"]
    statuses = [client.post(f"{SEARCH}&{one}", content=red_shoe).status_code for one in queries]
    assert statuses == [200, 500, 200]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/_control/release"), ("DELETE", "/_control")]
)
def test_what_is_held_is_answered_once_it_is_released(
    engine: Engine, red_shoe: bytes, method: str, path: str
) -> None:
    async def hold_and_release() -> tuple[bool, int]:
        transport = httpx.ASGITransport(create_app(engine=engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://stand-in.test") as http:
            await http.post("/_control/faults", json={"hold": True})
            held = asyncio.ensure_future(http.post(SEARCH, content=red_shoe))
            while (await http.get("/_control/requests")).json() == []:
                await asyncio.sleep(0)
            was_done = held.done()
            await http.request(method, path)
            return was_done, (await held).status_code

    assert asyncio.run(hold_and_release()) == (False, 200)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"satus":500}',
        b'{"status":"500"}',
        b'{"status":99}',
        b'{"times":0}',
        b'{"delay_seconds":-1}',
        b'{"drop":1}',
        b'{"headers":{"a":1}}',
        b'{"query":{"us":1}}',
        b'{"hold":1}',
    ],
)
def test_what_is_no_fault_is_refused(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/_control/faults", content=content)
    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "errors", "trace_id"}


class Connection:
    aborted = False

    def abort(self) -> None:
        self.aborted = True


def test_a_drop_aborts_the_connection_and_sends_nothing() -> None:
    connection, sent = Connection(), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(HangUp()({"state": {"transport": connection}}, receive, send))
    assert (connection.aborted, sent) == (True, [])


def test_credentials_are_rotated_until_the_reset(client: httpx.Client, red_shoe: bytes) -> None:
    def search(token: str) -> int:
        headers = {"x-cnstrc-token": token}
        return client.post(SEARCH, content=red_shoe, headers=headers).status_code

    rotated = client.put("/_control/access", json={"token": "new"}).status_code
    statuses = [search("old"), search("new")]
    client.delete("/_control")
    assert (rotated, statuses, search("old")) == (204, [401, 200], 200)


@pytest.mark.parametrize("body", [b"", b"{", b'{"token": 7}', b'{"secret": "new"}'])
def test_what_are_no_credentials_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.put("/_control/access", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "invalid_access")


def test_faults_are_cancelled_and_nothing_else(client: httpx.Client, red_shoe: bytes) -> None:
    order(client, status=500, times=3)
    client.post(SEARCH, content=red_shoe)
    assert client.delete("/_control/faults").status_code == 204
    assert client.post(SEARCH, content=red_shoe).status_code == 200
    assert len(client.get("/_control/requests").json()) == 2
