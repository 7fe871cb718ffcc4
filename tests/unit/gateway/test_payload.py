import json

import pytest

from gateway.payload import exceeds


@pytest.mark.parametrize("body", ["A" * 900, 'ü"\n' * 300])
def test_a_payload_is_counted_as_json(body):
    payload = {"statusCode": 200, "body": body}
    size = len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
    assert (exceeds(payload, size), exceeds(payload, size - 1)) == (False, True)


def test_an_answer_without_a_body_does_not_exceed():
    assert not exceeds({"statusCode": 304}, 100)


def test_base64_is_counted_as_it_is():
    payload = {"body": "A" * 900, "isBase64Encoded": True}
    size = len('{"body":"","isBase64Encoded":true}') + 900
    assert (exceeds(payload, size), exceeds(payload, size - 1)) == (False, True)
