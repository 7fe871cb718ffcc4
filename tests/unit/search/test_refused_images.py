"""Images that upstream refuses: decoded here, where they went on undecoded, to say what it is."""

import zlib

import pytest

from pictures import save, scene
from wire import JPEG

SOUND = save(scene(), "PNG")


def torn():
    """The PNG with damaged pixels, whole by all that is read before it is decoded."""
    start = SOUND.index(b"IDAT")
    size = int.from_bytes(SOUND[start - 4 : start], "big")
    kind_and_data = b"IDAT" + bytes(size)
    checksum = zlib.crc32(kind_and_data).to_bytes(4, "big")
    return SOUND[:start] + kind_and_data + checksum + SOUND[start + 8 + size :]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("content", [torn(), JPEG], ids=["PNG", "JPEG"])
def test_damaged_pixels_that_upstream_refuses_are_a_corrupt_image(proxy, upstream, status, content):
    upstream.answers(status, json={"message": "Bad Request"})
    replies = [proxy.post(content), proxy.post(content)]
    assert [(reply.status, reply.code) for reply in replies] == [(422, "corrupt_image")] * 2
    assert len(upstream.requests) == 2  # an error is not stored


@pytest.mark.parametrize("content", [SOUND, save(scene(), "BMP")], ids=["untouched", "decoded"])
def test_upstreams_400_for_a_sound_image_is_passed_on(proxy, upstream, content):
    upstream.answers(400, json={"message": "Bad Request"})
    reply = proxy.post(content)
    assert (reply.status, reply.json["message"]) == (400, "Bad Request")


def test_an_image_that_this_deployment_has_no_memory_to_decode_is_not_called_damaged(
    build_proxy, upstream
):
    proxy = build_proxy(AWS_LAMBDA_FUNCTION_MEMORY_SIZE="160")
    upstream.answers(400, json={"message": "Bad Request"})
    assert proxy.post(torn()).status == 400


def test_without_time_to_decode_upstreams_word_stands(proxy, upstream):
    upstream.answers(400, json={"message": "Bad Request"})
    assert proxy.post(torn(), remaining_seconds=8).status == 400


def test_an_image_that_upstream_takes_is_not_decoded(proxy):
    assert proxy.post(torn()).status == 200
