"""Requests and upstream's answers made to take long: each a unit that is repeated to any length."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from wire import JPEG, http_event

# The gateway takes 10,240 bytes of request line and headers, and Lambda 6 MB of an event: half of
# what fits, as each input is measured twice as long as well.
_LINE = 4_500
_BODY = 2_200_000
_ANSWER = 2_000_000
_ONLY_IF_CACHED = {"cache-control": "only-if-cached"}


@dataclass(frozen=True)
class Hostile:
    """``event`` is the request of ``size`` bytes. ``answer``: upstream's, where that is hostile."""

    name: str
    size: int
    event: Callable[[int], dict[str, object]] = field(repr=False)
    answer: Callable[[int], httpx.Response] | None = field(default=None, repr=False)


def hostile() -> Iterator[Hostile]:
    yield from _headers()
    yield from _queries()
    yield from _paths()
    yield from _json_bodies()
    yield from _forms()
    yield from _other_bodies()
    yield from _answers()


def _filled(start: str, unit: str, end: str, size: int) -> str:
    return start + unit * ((size - len(start) - len(end)) // len(unit)) + end


def _headers() -> Iterator[Hostile]:
    for name, start, unit, end in (
        ("cache-control", "", "a", ";"),
        ("cache-control", "", " ", ";"),
        ("cache-control", "", "a=", ""),
        ("cache-control", "", ",", ""),
        ("cache-control", "", 'a="', ""),
        ("cache-control", 'a="', "\\", ""),
        ("cache-control", "", "no-cache,", ""),
        ("if-none-match", "", '"', ""),
        ("if-none-match", "", "W/", '"'),
        ("if-none-match", "", '"a",', ""),
        ("accept-encoding", "", ",", ""),
        ("accept-encoding", "gzip;q=0.", "9", ""),
        ("accept-encoding", "gzip", ";", ""),
        ("content-type", "multipart/form-data;", " ", "boundary"),
        ("content-type", "multipart/form-data", ';a="', ""),
        ("content-type", "multipart/form-data; a=", '"\\', ""),
        ("user-agent", "", "\x7f", ""),
        ("x-api-key", "", "a", ""),
    ):

        def event(
            size: int, name: str = name, start: str = start, unit: str = unit, end: str = end
        ) -> dict[str, object]:
            text = _filled(start, unit, end, size)
            return http_event("POST", "/v2/image_search", "", {name: text}, JPEG)

        yield Hostile(f"{name}: {start}{unit * 3}…{end}", _LINE, event)


def _queries() -> Iterator[Hostile]:
    for start, unit, end in (
        ("", "&", ""),
        ("", "a&", ""),
        ("", "us=a&", ""),
        ("", "us=&", ""),
        ("", "=", ""),
        ("", "[", "=1"),
        ("fmt_options", "[a]", "=1"),
        ("", "us[]=a&", ""),
        ("", "us[0]=a&", ""),
        ("us", "[]", "=1"),
        ("", "fmt_options[a]=1&", ""),
        ("", "fmt_options[facet_options][a]=1&", ""),
        ("us=", "%41", ""),
        ("us=", "%", ""),
        ("us=", "+", ""),
        ("us=", "%ff", ""),
        ("fmt_options[groups_start]=group_id:", "a", "%0A"),
        ("s=", "9", ""),
        ("section=", "a", ""),
        ("variations_map=", "[", ""),
        ("variations_map=", '{"a":', ""),
        ("variations_map=", '{"and":[', ""),
        ("variations_map=", "9", ""),
        ('variations_map="', "\\\\", '"'),
        ("variations_map={", '"a":1,', '"b":1}'),
    ):

        def event(
            size: int, start: str = start, unit: str = unit, end: str = end
        ) -> dict[str, object]:
            query = _filled(start, unit, end, size)
            return http_event("POST", "/v2/image_search", query, _ONLY_IF_CACHED, JPEG)

        yield Hostile(f"?{start}{unit * 3}…{end}", _LINE, event)
    yield Hostile("?variations_map, names with blanks", _LINE, _named_with_blanks)


def _named_with_blanks(size: int) -> dict[str, object]:
    grouping = {"name": "a " * (size // 4) + "!", "field": "a"}
    text = json.dumps({"values": {}, "dtype": "array", "group_by": [grouping]})
    query = f"variations_map={quote(text)}"
    return http_event("POST", "/v2/image_search", query, _ONLY_IF_CACHED, JPEG)


def _paths() -> Iterator[Hostile]:
    for start, unit in (("/v2/image_search/", "a"), ("/", "/"), ("/v2", "/v2"), ("/", "%2F")):

        def event(size: int, start: str = start, unit: str = unit) -> dict[str, object]:
            return http_event("GET", _filled(start, unit, "", size), "", {}, b"")

        yield Hostile(f"{start}{unit * 3}…", _LINE, event)


def _json_bodies() -> Iterator[Hostile]:
    for start, unit, end in (
        ("{", '"a":1,', '"b":1}'),
        ("{", '"image":"",', '"b":1}'),
        ("[", "1,", "1]"),
        ("[", '"a",', "1]"),
        ("[", "[],", "1]"),
        ("", "[", ""),
        ("", "[{", ""),
        ("", '{"a":', ""),
        ("", '"', ""),
        ("", " ", "{}"),
        ('{"', "a", '":1}'),
        ('{"', "\\u0000", '":1}'),
        ('{"image":"', "\\u0041", '"}'),
        ('{"image":"', "\\\\", '"}'),
        ('{"image":"', "[{", '"}'),
        ('{"image":"', '\\"', '"}'),
        ('{"image":"', "A A\\n", '"}'),
        ('{"image":"', "é", '"}'),
        ('{"image":"', "A", '="}'),
        ('{"image":"', "=", '"}'),
        ('{"image":"data:', "a", '"}'),
        ('{"image":"data:', ";base64", '"}'),
        ('{"image":"data:;base64,', " ", '"}'),
        ('{"image":"data:,', "%41", '"}'),
        ('{"image":"data:,', "%", '"}'),
        ('{"image":"data:;base64,', "%41", '"}'),
        ('{"image":"data:', "; ", ',"}'),
        ('{"image":"data:,', "#", '"}'),
        ('{"image":"', "-", '"}'),
        ('{"image":"', "_ ", '="}'),
        ('{"image":"', "A\\f", '"}'),
        ('{"image":"', "\\t", 'data:"}'),
        ('{"image":1,"image":["', "a", '"],"image":"a"}'),
        ('{"image":', "9", ',"image":"a"}'),
        ("\ufeff", " ", '{"image":"a"}'),
        ('{"image":', "9", "}"),
        ('{"image":0.', "9", "}"),
        ('{"image":1e', "9", "}"),
        ('{"s3_uri":"s3://', "a.", '/k"}'),
        ('{"s3_uri":"s3://abc/', "\\n", '"}'),
    ):

        def event(
            size: int,
            path: str = "/v2/image_search",
            start: str = start,
            unit: str = unit,
            end: str = end,
        ) -> dict[str, object]:
            text = _filled(start, unit, end, size // len(unit.encode()) * len(unit))
            return http_event("POST", path, "", {"content-type": "application/json"}, text.encode())

        yield Hostile(f"JSON {start}{unit * 2}…{end}", _BODY, event)
    yield Hostile("JSON of many members to /v2/uploads", _BODY, _many_members_to_uploads)


def _many_members_to_uploads(size: int) -> dict[str, object]:
    text = _filled("{", '"a":1,', '"b":1}', size)
    return http_event("POST", "/v2/uploads", "", {"content-type": "text/plain"}, text.encode())


_PART = b'--b\r\nContent-Disposition: form-data; name="f"; filename="g"\r\n\r\n'


def _forms() -> Iterator[Hostile]:
    for name, start, unit, end in (
        ("delimiters", _PART, b"\r\n--b", b""),
        ("almost delimiters", _PART, b"\r\n--a", b""),
        ("line ends", _PART, b"\r\n", b""),
        ("carriage returns", _PART, b"\r", b"\r\n--b--"),
        ("dashes", _PART, b"-", b""),
        ("parts", b"", _PART + b"x\r\n", b"--b--"),
        ("header lines", b"--b\r\n", b"A: b\r\n", b"\r\n"),
        ("continued lines", b"--b\r\nA: b\r\n", b" c\r\n", b"\r\n"),
        ("a long header", b"--b\r\nA: ", b"b", b"\r\n\r\n"),
        ("options of a header", b"--b\r\nContent-Disposition: form-data", b';a="', b"\r\n\r\n"),
        ("a preamble", b"", b"a\r\n", _PART),
        ("blanks after a delimiter", _PART, b"\r\n--b ", b"x"),
        ("delimiters with LF", _PART.replace(b"\r\n", b"\n"), b"\n--b", b""),
        (
            "fields",
            _PART + b"x",
            b"\r\n--b\r\nContent-Disposition: form-data; name=us\r\n\r\n",
            b"\r\n--b--",
        ),
        (
            "long headers",
            _PART + b"x",
            b"\r\n--b\r\nContent-Disposition: form-data" + b';a="' * 1_000 + b"\r\n\r\n",
            b"\r\n--b--",
        ),
        (
            "a long field",
            _PART + b"x\r\n--b\r\nContent-Disposition: form-data; name=us\r\n\r\n",
            b"a",
            b"\r\n--b--",
        ),
        (
            "base64",
            b"--b\r\nContent-Disposition: form-data; filename=a\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            b"A \r\n",
            b"\r\n--b--",
        ),
        (
            "quoted-printable",
            b"--b\r\nContent-Disposition: form-data; filename=a\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            b"= \t",
            b"\r\n--b--",
        ),
        ("an epilogue", _PART + b"x\r\n--b--", b"\r\n--b", b""),
    ):

        def event(
            size: int, start: bytes = start, unit: bytes = unit, end: bytes = end
        ) -> dict[str, object]:
            content = start + unit * ((size - len(start) - len(end)) // len(unit)) + end
            headers = {"content-type": "multipart/form-data; boundary=b"}
            return http_event("POST", "/v2/image_search", "", headers, content)

        yield Hostile(f"form, {name}", _BODY, event)


def _other_bodies() -> Iterator[Hostile]:
    for name, unit in (("zeros", b"\0"), ("text", b"hello "), ("almost JPEG", b"\xff\xd8\xfe")):

        def event(size: int, unit: bytes = unit) -> dict[str, object]:
            return http_event("POST", "/v2/image_search", "", {}, unit * (size // len(unit)))

        yield Hostile(f"body of {name}", _BODY, event)
    yield Hostile("body that is no base64", _BODY, _no_base64)


def _no_base64(size: int) -> dict[str, object]:
    event = http_event("POST", "/v2/image_search", "", {}, b"")
    return {**event, "body": "A \r\n" * (size // 4) + "?"}


def _answers() -> Iterator[Hostile]:
    for name, start, unit, end in (
        ("spaces", "", " ", '{"response":{}}'),
        ("escapes", '{"response":{"a":"', "\\u0041", '"}}'),
        ("backslashes", '{"response":{"a":"', "\\\\", '"}}'),
        ("per cent signs", '{"response":{"a":"', "%25", '"}}'),
        ("letters", '{"response":{"a":"', "QUFB", '"}}'),
        ("line ends", '{"response":{"a":"', "aaaa\\n", '"}}'),
        ("texts", '{"response":{"a":[', '"a",', '"b"]}}'),
        ("lists", '{"response":{"a":[', "[],", "[]]}}"),
        ("names", '{"response":{', '"a":1,', '"b":1}}'),
        ("brackets", '{"response":{"a":"', "[", '"}}'),
        ("levels", '{"response":', "[", "}"),
        ("digits", '{"response":', "9", "}"),
        ("a browse_url", '{"response":{"browse_url":"?', "key=a&", '"}}'),
        ("the caller's address", '{"response":{"a":"', "%32%303.0.113.9 ", '"}}'),
        ("addresses in base64", '{"response":{"a":"', "MjAzLjAuMTEzLjkA ", '"}}'),
        ("the address as texts", '{"response":{"a":[', '"203.0.113.9",', '""]}}'),
        ("the address as names", '{"response":{"a":[', '{"203.0.113.9":1},', "1]}}"),
        ("a request", '{"request":{"i":1,"a":"', "%6b", '"},"response":{}}'),
    ):

        def answer(
            size: int, start: str = start, unit: str = unit, end: str = end
        ) -> httpx.Response:
            return httpx.Response(200, content=_filled(start, unit, end, size).encode())

        yield Hostile(f"upstream: {name}", _ANSWER, _search, answer)
    for name, unit in (
        ("texts with the address", "203.0.113.9"),
        ("texts with the address in per cent", "%32%303.0.113.9"),
        ("texts with the address in base64", "MjAzLjAuMTEzLjkg"),
        ("texts that are all different, one with the address", ""),
    ):

        def answer_of_texts(size: int, unit: str = unit) -> httpx.Response:
            texts = [f"{unit}{n:08d}" for n in range(size // (len(unit) + 11))]
            return httpx.Response(200, json={"response": {"a": [*texts, "203.0.113.9"]}})

        yield Hostile(f"upstream: {name}", _ANSWER, _search, answer_of_texts)
    yield Hostile("upstream: a bomb", _ANSWER * 50, _search, _bomb)
    yield Hostile("upstream: gzip of many members", _ANSWER // 4, _search, _members)
    yield Hostile("upstream: a 400 of many errors", _ANSWER, _search, _many_errors)


def _search(_: int) -> dict[str, object]:
    return http_event("POST", "/v2/image_search", "us=asked-anew", {}, JPEG)


def _gzip(content: bytes, status: int = 200) -> httpx.Response:
    """As it goes over the wire: a response that is not read yet is not compressed once more."""
    headers: Mapping[str, str] = {"Content-Encoding": "gzip"}
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def _bomb(size: int) -> httpx.Response:
    return _gzip(gzip.compress(bytes(size), 1))


def _members(size: int) -> httpx.Response:
    member = gzip.compress(b"")
    return _gzip(member * (size // len(member)))


def _many_errors(size: int) -> httpx.Response:
    errors = [{"code": "c", "message": "m", "source": "s"}]
    said = {"message": "no", "errors": errors * (size // len(json.dumps(errors)))}
    return httpx.Response(400, json=said)
