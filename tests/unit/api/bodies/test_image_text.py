"""Base64 and ``data:`` URIs as browsers read them: Node.js is the oracle where it is installed."""

import base64
import json
import random
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies.image_text import decode_base64, decode_image_text
from image_search.errors import InvalidBase64
from wire import JPEG

NODE = shutil.which("node")
GIF = b"GIF89a\x01\x00 #%?,;\xff"
BASE64 = base64.b64encode(GIF).decode()

needs_node = pytest.mark.skipif(NODE is None, reason="Node.js is the oracle")


def as_browsers_do(texts, kind):
    assert NODE is not None
    program = [NODE, str(Path(__file__).with_name("browser.js"))]
    asked = json.dumps({"as": kind, "texts": texts})
    made = subprocess.run(program, input=asked, capture_output=True, text=True, check=True).stdout
    return [each if each is None else base64.b64decode(each) for each in json.loads(made)]


def ours(read, text):
    try:
        return read(text)
    except InvalidBase64:
        return None


def refusal(text):
    with pytest.raises(InvalidBase64) as refused:
        decode_image_text(text)
    assert refused.value.source == "image"
    return refused.value.public_message


@needs_node
def test_base64_is_read_as_browsers_read_it():
    chance = random.Random(18)
    texts = [
        "",
        "=",
        "==",
        "====",
        "YQ",
        "YQ=",
        "YQ==",
        "YQ===",
        "YR==",
        "Y Q\t=\n=\f\r",
        "Y\x0bQ",
        "é",
    ]
    texts += [
        "".join(chance.choices("AZaz09+/= \n?", k=chance.randrange(12))) for _ in range(3_000)
    ]
    texts += [base64.b64encode(chance.randbytes(n)).decode().rstrip("=") for n in range(60)]
    assert [ours(decode_base64, text) for text in texts] == as_browsers_do(texts, "base64")


def data_uris():
    chance = random.Random(18)
    yield from ("data:", "data:,", "data:;base64,", "data:image/gif;base64", "data:base64,AAAA")
    pieces = (
        *("image/gif", ";", ";charset=utf-8", ";base64", ";BASE64 ", "; base64", ";\tbase64", " "),
        *(",", ",", "#", "%", "%2", "é", "\n", "base64", f";base64,{BASE64}", "\x01", "%3B"),
    )
    data = (
        BASE64,
        quote_from_bytes(BASE64.encode()),
        quote_from_bytes(GIF),
        "GIF89a é?",
        "GIF87a%",
    )
    for _ in range(3_000):
        header = "".join(chance.choices(pieces, k=chance.randrange(4)))
        around = chance.choice(("", "", " ", "\n", "\x00"))
        scheme = chance.choice(("data:", "DATA:", "da\nta:"))
        yield f"{around}{scheme}{header},{chance.choice(data)}{around}"


@needs_node
def test_data_uris_are_read_as_browsers_read_them():
    """But for those that hold no image, which are refused with what may be missing."""
    uris = list(data_uris())
    expected = [
        made if made and made.startswith((b"GIF87a", b"GIF89a")) else None
        for made in as_browsers_do(uris, "URI")
    ]
    decoded = [ours(decode_image_text, uri) for uri in uris]
    images = [
        each if each and each.startswith((b"GIF87a", b"GIF89a")) else None for each in decoded
    ]
    assert sum(each is not None for each in expected) > 500
    assert images == expected


@given(st.binary(), st.sampled_from(["", "\n", " ", "\r\n"]), st.booleans(), st.booleans())
def test_either_alphabet_is_read_with_and_without_padding(content, blank, url_safe, padded):
    text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(content).decode()
    text = blank.join(text[at : at + 5] for at in range(0, len(text), 5))
    assert decode_base64(text if padded else text.replace("=", "")) == content


@given(st.text() | st.text("AZaz09+/=-_ \n,;:%datbse64#"))
def test_any_text_is_read_or_refused(text):
    for each in (text, f"data:{text}", f"data:;base64,{text}"):
        assert ours(decode_image_text, each) is None or isinstance(decode_image_text(each), bytes)


@pytest.mark.parametrize("size", [65_530, 65_536, 65_540, 200_001])
def test_percent_encoded_bytes_are_decoded_at_any_length(size):
    content = JPEG[:3] + bytes(size)
    assert decode_image_text(f"data:image/jpeg,%ff%d8%ff{quote_from_bytes(bytes(size))}") == content
    assert decode_image_text("data:,%ff%d8%ff" + "a" * size + "%41%4") == (
        JPEG[:3] + b"a" * size + b"A%4"
    )


def test_base64_of_the_url_safe_alphabet_is_read_in_a_data_uri():
    assert decode_image_text("data:image/gif;base64,_-8") == b"\xff\xef"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("YW-/", "The base64 is of two alphabets: it has - or _ as well as + or /."),
        ("YWI?", "The base64 has a character that is none of its alphabet: '?'."),
        ("YWIé", "The base64 has a character that is none of its alphabet: '\\xe9'."),
        ("YWI=\x0b", "The base64 has a character that is none of its alphabet: '\\x0b'."),
        ("YWIxY", "The base64 is cut off: its last character is too much or too little."),
        (
            "Y=WI",
            "The base64 has padding (=) where it does not end, or too much or too little of it.",
        ),
        (
            "YWI==",
            "The base64 has padding (=) where it does not end, or too much or too little of it.",
        ),
        ("data:image/gif", "The data: URI has no comma before its data."),
        (
            f"data:image/gif,{BASE64}",
            "The data: URI holds no image: it should have ;base64 before its comma, or the image's "
            "bytes, percent-encoded, after it.",
        ),
    ],
)
def test_what_is_wrong_with_a_text_is_said(text, message):
    assert refusal(text) == message
