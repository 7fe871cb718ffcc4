"""Events that no gateway of today sends, though one may: each is answered, and none with a 5xx."""

import pytest

from wire import JPEG, http_event

HALF = "\ud800"


@pytest.mark.parametrize(
    "path",
    [
        f"/v2/image_search/{HALF}",
        f"/{HALF}",
        "/v2/image_search/" + "%ff" * 10,
        "",
        "v2",
        "/v2/image_search/" + "a" * 64 + "\n",
        "/v2/image_search/" + "\0" * 64,
    ],
    ids=ascii,
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", HALF], ids=ascii)
def test_paths_and_methods(proxy, path, method):
    assert proxy.send(http_event(method, path, "", {}, JPEG)).status < 500


@pytest.mark.parametrize("claims", [{"sub": HALF}, None, {"sub": ["a"]}, {"sub": "x" * 9000}, {}])
def test_claims(proxy, claims):
    event = http_event("POST", "/v2/image_search", "", {}, JPEG)
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims}}
    assert proxy.send(event).status == 200


@pytest.mark.parametrize(
    "address", [HALF, "", "::1%eth0", "x" * 9000, "192.0.2.1, 192.0.2.2", "::ffff:192.0.2.1"]
)
def test_addresses(proxy, address):
    event = http_event("POST", "/v2/image_search", "", {}, JPEG)
    event["requestContext"]["http"]["sourceIp"] = address
    assert proxy.send(event).status == 200


@pytest.mark.parametrize(
    ("body", "is_base64"),
    [
        (HALF, False),
        ("A===", True),
        ("é", True),
        ("{", True),
        (None, True),
        ("a" * 7_000_000, True),
    ],
    ids=["half", "padding", "wide", "brace", "none", "large"],
)
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        f"multipart/form-data; boundary={HALF}",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="a\nb"',
        "multipart/form-data; boundary=é",
        "application/json; charset=utf-16",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("path", ["/v2/image_search", "/v2/uploads"])
def test_bodies(proxy, body, is_base64, content_type, path):
    event = http_event("POST", path, "", {"content-type": content_type}, b"")
    event |= {"body": body, "isBase64Encoded": is_base64}
    assert 400 <= proxy.send(event).status < 500


@pytest.mark.parametrize(
    "key", ["\\u0000", "\\n\\t", "../x", "%" * 1024, "é" * 1024, "\\ud800", "a//b"], ids=ascii
)
@pytest.mark.parametrize("bucket", ["catalogue-photos", "uploads-bucket/uploads", "a..b"])
def test_names_in_s3(proxy, bucket, key):
    reply = proxy.post_json(f'{{"s3_uri": "s3://{bucket}/{key}"}}')
    assert 400 <= reply.status < 500


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "query", ["us=" + "a" * 10_238, "us=" + "é" * 5_119, "us=" + "a" * 200_000]
)
def test_a_query_that_no_url_can_carry_upstream(proxy, method, query):
    event = http_event(method, "/v2/image_search/" + "a" * 64, query, {}, b"")
    if method == "POST":
        event = http_event(method, "/v2/image_search", query, {}, JPEG)
    reply = proxy.send(event)
    size = len(query.encode())
    message = f"The query string has {size} bytes; at most 10240 are taken."
    assert (reply.status, reply.json["message"]) == (400, message)


def test_the_longest_query_is_taken(proxy):
    assert proxy.post(query="us=" + "%C3%A9" * 1_706).status == 200
