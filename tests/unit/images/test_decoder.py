import os
import signal
import sys

import pytest

from corpus.heif_encoder import heic
from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.decoder import Decoder
from image_search.images.transcode import transcode
from in_child import in_child
from pictures import save, scene

MEMORY = 400_000_000
PIXELS = 1_000_000


@pytest.fixture(scope="module")
def decoder():
    return Decoder(MEMORY)


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(child) for child in file.read().split()]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(save(scene(), "BMP"), "image/bmp"), (heic(scene(), quality=80), "image/heic")],
)
def test_it_makes_what_transcode_makes(decoder, content, media_type):
    made = decoder.transcode(content, media_type, 200, PIXELS)
    assert made == transcode(content, media_type, 200, PIXELS)


def test_it_refuses_what_transcode_refuses(decoder):
    with pytest.raises(CorruptImage, match="cannot identify"):
        decoder.transcode(b"no image", "image/bmp", 200, PIXELS)


def test_a_picture_of_more_pixels_is_refused(decoder):
    with pytest.raises(ImageDimensionsExceeded, match="400 x 300 as decoded"):
        decoder.transcode(save(scene(), "BMP"), "image/bmp", 200, 100_000)


def test_a_picture_that_takes_more_memory_is_refused():
    content = save(scene().resize((6000, 6000)), "PNG")
    with pytest.raises(ImageDimensionsExceeded, match="more memory to decode than there is"):
        Decoder(100_000_000).transcode(content, "image/png", 200, 10**9)


def test_one_process_decodes_one_image_after_another():
    decoder = Decoder(MEMORY)
    before = children()
    for _ in range(3):
        decoder.transcode(save(scene(), "BMP"), "image/bmp", 200, PIXELS)
    assert len(children()) == len(before) + 1
    del decoder
    assert children() == before


def test_a_process_that_ended_is_replaced(decoder):
    content = save(scene(), "BMP")
    before = set(children())
    decoder.transcode(content, "image/bmp", 200, PIXELS)
    for child in set(children()) - before or before:
        os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert decoder.transcode(content, "image/bmp", 200, PIXELS).size == (200, 150)


def test_a_process_that_ends_while_it_decodes_had_a_corrupt_image():
    with pytest.raises(CorruptImage, match="ended with -9"):
        Decoder(MEMORY, seconds=0).transcode(save(scene(), "BMP"), "image/bmp", 200, PIXELS)


def test_a_fork_has_a_process_of_its_own(decoder):
    content = save(scene(), "BMP")
    decoder.transcode(content, "image/bmp", 200, PIXELS)
    size = in_child(lambda: decoder.transcode(content, "image/bmp", 200, PIXELS).size).result
    assert (size, decoder.transcode(content, "image/bmp", 200, PIXELS).size) == (
        (200, 150),
        (200, 150),
    )


def test_a_process_that_cannot_start_is_no_fault_of_the_image(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(RuntimeError, match="cannot be started"):
        Decoder(MEMORY).transcode(save(scene(), "BMP"), "image/bmp", 200, PIXELS)


def test_it_has_no_credentials(decoder, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    before = set(children())
    own = Decoder(MEMORY)
    own.transcode(save(scene(), "BMP"), "image/bmp", 200, PIXELS)
    (child,) = set(children()) - before
    with open(f"/proc/{child}/environ", "rb") as file:
        names = {entry.partition(b"=")[0] for entry in file.read().split(b"\0") if entry}
    assert {name for name in names if not name.startswith((b"PYTHON", b"MALLOC_", b"LD_"))} == set()
