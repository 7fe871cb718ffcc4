"""Makes cases: mostly sound requests and answers with one or two things that are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from fuzz.requests.pieces import CANARIES, Piece, images
from fuzz.requests.sandbox import DEPLOYMENTS
from spelled import SPELLINGS
from wire import ALLOWED, UPLOADS

Case = dict[str, Any]

_SIGNS = (
    *("", "a", "0", "-1", "9" * 19, "1e400", "NaN", "\x00", "\n", "\r\n", "\x7f", "é", "\u2028"),
    *("😀", "\ud800", "\udfff", "%", "%25", "%00", "%ff", "%ud800", "+", "&", "=", ";", ",", '"'),
    *("\\", "\\u0000", "\\ud800", "[", "]", "{", "}", "[]", "../", "//", "'", "null", "true"),
    *("__proto__", "s3://", "data:;base64,", "gzip", "W/", "*", "key", "fmt_options", "a" * 300),
)
_TIMES = (1, 2, 7, 21, 64, 101, 300, 1_025, 4_000, 20_000)
_BODY_TIMES = (*_TIMES, 100_000, 400_000, 1_500_000)


class Grammar:
    """``chance``: what everything is drawn from, so that a seed makes the same cases again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def case(self) -> Case:
        chance = self._chance
        case: Case = {"deployment": chance.choice(list(DEPLOYMENTS)), "requests": [self.request()]}
        while chance.random() < 0.3 and len(case["requests"]) < 3:
            again = {**case["requests"][0]} if chance.random() < 0.3 else self._next_request()
            case["requests"].append(again)
        case["upstream"] = [self.upstream() for _ in range(chance.choice((1, 1, 1, 2)))]
        if chance.random() < 0.4:
            case["s3"] = [self.s3() for _ in range(chance.choice((1, 2)))]
        if chance.random() < 0.3:
            case["table"] = [self.table() for _ in range(chance.choice((1, 2, 3)))]
        if chance.random() < 0.1:
            case["lambda"] = [{"status": chance.choice((202, 400, 500))}]
        return case

    def request(self) -> dict[str, Any]:
        chance = self._chance
        make = chance.choice((self._search, self._search, self._search, self._by_hash))
        if chance.random() < 0.2:
            make = chance.choice((self._upload, self._elsewhere))
        request = make()
        request["headers"] = [*request.get("headers", ()), *self._headers()]
        for name, odds, draw in (
            ("api_key", 0.9, lambda: "right"),
            ("identity", 0.4, lambda: True),
            ("api_key", 0.05, lambda: "wrong"),
            ("subject", 0.3, lambda: self.text()),
            ("remaining", 0.05, lambda: chance.choice((0.5, 1.5, 4, 29))),
        ):
            if chance.random() < odds:
                request[name] = draw()
        return request

    def _next_request(self) -> dict[str, Any]:
        if self._chance.random() < 0.3:
            return self.request()
        method = self._chance.choice(("GET", "GET", "HEAD"))
        path = ["/v2/image_search/", {"sha256": self.image()}]
        return {"follow": True, "method": method, "path": path, "headers": self._headers()}

    def _search(self) -> dict[str, Any]:
        return {
            "method": "POST",
            "path": "/v2/image_search",
            "query": self.query(),
            **self._chance.choice((self._raw, self._raw, self._form, self._json))(),
        }

    def _by_hash(self) -> dict[str, Any]:
        named: Piece = {"sha256": self.image()}
        if self._chance.random() < 0.2:
            named = self.text()
        method = self._chance.choice(("GET", "GET", "GET", "HEAD"))
        return {"method": method, "path": ["/v2/image_search/", named], "query": self.query()}

    def _upload(self) -> dict[str, Any]:
        chance = self._chance
        members = [
            ["sha256", [{"string": {"sha256": self.image()}}, {"string": self.text()}]],
            [
                "content_type",
                [{"string": chance.choice(("image/jpeg", "Image/HEIC", "", "*/*"))}, self.json()],
            ],
            ["size", [chance.choice(("1", "20000000", "20000001", "2.0")), self.json()]],
        ]
        body = self._object([[name, self._mostly(*values)] for name, values in members])
        return {
            "method": "POST",
            "path": "/v2/uploads",
            "query": self.query() if chance.random() < 0.3 else "",
            "headers": [["content-type", "application/json"]],
            "body": body if chance.random() < 0.9 else self._large(),
            "base64": chance.random() < 0.2,
        }

    def _elsewhere(self) -> dict[str, Any]:
        chance = self._chance
        path = chance.choice(("/health", "/openapi.json", "/nowhere", "/v2/image_search", "/"))
        methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "")
        request = {"method": chance.choice(methods), "path": path, "query": self.query()}
        if chance.random() < 0.3:
            request["path"] = [path, self.text()]
        return request

    def _raw(self) -> dict[str, Any]:
        kinds = (
            "image/jpeg",
            "Image/JPEG",
            "application/octet-stream",
            "image/*",
            "text/plain",
            "",
        )
        body = self.image() if self._chance.random() < 0.85 else self._large()
        headers = [["content-type", self._chance.choice(kinds)]]
        return {"headers": headers, "body": body, "base64": self._chance.random() < 0.95}

    def _form(self) -> dict[str, Any]:
        chance = self._chance
        boundary = chance.choice(("b", "b", "----x1", "a b", self._sign()))
        disposition = f"Content-Disposition: form-data{chance.choice(_FILE_NAMES)}"
        part: list[Piece] = [f"--{boundary}\r\n", self._mostly(disposition, self.text())]
        if chance.random() < 0.2:
            part += ["\r\n", f"Content-Transfer-Encoding: {chance.choice(_TRANSFER_ENCODINGS)}"]
        if chance.random() < 0.3:
            part += ["\r\n", self._mostly("Content-Type: image/jpeg", self.text())]
        part += ["\r\n\r\n", self._mostly(self.image(), self._large()), "\r\n"]
        body: list[Piece] = [*part * chance.choice((1, 1, 1, 2, 9))]
        for _ in range(chance.choice((0, 0, 1, 3, 260))):
            name, values = chance.choice(_PARAMETERS)
            field = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            body += [field, self._mostly(chance.choice(values), self.text()), "\r\n"]
        body.append(self._mostly(f"--{boundary}--\r\n", self.text()))
        quoted = chance.choice((boundary, f'"{boundary}"', self._sign()))
        kind = ["multipart/form-data; boundary=", quoted]
        return {"headers": [["content-type", kind]], "body": body, "base64": chance.random() < 0.9}

    def _json(self) -> dict[str, Any]:
        chance = self._chance
        image: Piece = {"base64": self._mostly(self.image(), self._large())}
        if chance.random() < 0.3:
            image = [chance.choice(_DATA_URIS), image]
        elif chance.random() < 0.1:
            image = ["data:,", {"percent": self.image()}]
        if chance.random() < 0.3:
            image = [self.text(), image, self.text()]
        bucket = chance.choice((ALLOWED, UPLOADS, "foreign-bucket", self._sign()))
        key = self._mostly(["uploads/", {"sha256": self.image()}], self.text())
        uri: Piece = ["s3://", bucket, "/", key]
        members: list[Any] = [
            chance.choice((["image", {"string": image}], ["s3_uri", {"string": uri}]))
        ]
        if chance.random() < 0.1:
            members.append([self._sign(), self.json()])
        body = self._object(members)
        if chance.random() < 0.1:
            body = chance.choice((self.json(), self._large()))
        headers = [
            ["content-type", chance.choice(("application/json", "application/json; charset=x"))]
        ]
        if chance.random() < 0.05:
            body = [chance.choice(("\ufeff", {"hex": "fffe"}, {"hex": "efbbbf"}, "\x00")), body]
        return {"headers": headers, "body": body, "base64": chance.random() < 0.3}

    def _object(self, members: list[Any]) -> Piece:
        pairs: list[Piece] = []
        for name, value in members:
            pairs += (
                [",", {"string": name}, ":", value] if pairs else [{"string": name}, ":", value]
            )
        return ["{", *pairs, "}"]

    def _headers(self) -> list[Any]:
        chance, headers = self._chance, []
        for name, values in _HEADERS.items():
            if chance.random() < 0.15:
                headers.append([name, self._mostly(chance.choice(values), self.text())])
        return headers

    def query(self) -> Piece:
        chance = self._chance
        pairs: list[Piece] = []
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
            usual = chance.random() < 0.85
            name, values = chance.choice(_PARAMETERS[:_USUAL] if usual else _PARAMETERS)
            value = self._mostly(chance.choice(values), self.text())
            encoded = {"percent": value} if chance.random() < 0.7 else value
            pairs += ["&"] if pairs else []
            pairs += [self._mostly(name, self.text(), odds=0.95), "=", encoded]
        if chance.random() < 0.1:
            pairs += ["&", "variations_map=", {"percent": self.json()}]
        return pairs if chance.random() < 0.95 else [*pairs, self.text()]

    def image(self) -> Piece:
        """Whole, mostly, or with bytes changed; now and then followed by much that is not there."""
        chance = self._chance
        piece: dict[str, Any] = {"image": chance.choice(list(images()))}
        edits = [self.edit() for _ in range(chance.choice((0, 0, 1, 1, 2, 5)))]
        if edits:
            piece["edits"] = edits
        if chance.random() < 0.03:
            return [piece, self._large()]
        return piece

    def edit(self) -> list[Any]:
        """Where, how many bytes are cut out, and which are put in. Headers are at the beginning."""
        chance = self._chance
        at = int(chance.random() ** 3 * 4_000)
        put = chance.choice(
            (
                bytes((chance.randrange(256),)),
                chance.randbytes(4),
                b"\xff\xff\xff\xff",
                b"\x00\x00\x00\x00",
                b"\x7f\xff",
                chance.choice((64, 1_000, 7_000, 30_000, 65_535)).to_bytes(2, "big"),
                chance.choice((64, 1_000, 7_000, 30_000, 65_535)).to_bytes(2, "little"),
                chance.choice((64, 7_000, 30_000)).to_bytes(4, "big"),
            )
        )
        return [at, len(put) if chance.random() < 0.8 else chance.randrange(9), put.hex()]

    def upstream(self) -> dict[str, Any]:
        chance = self._chance
        kind = chance.random()
        if kind < 0.4:
            return self._good()
        if kind < 0.5:
            errors = ("connect", "connect timeout", "timeout", "protocol", "cut off")
            return {"error": chance.choice(errors), "body": self.said()}
        body = self._mostly(self._odd_answer(), self._large(), odds=0.85)
        said: dict[str, Any] = {"body": body}
        said["status"] = chance.choice((200, 200, 200, 400, 401, 403, 404, 408, 422, 429, 500, 503))
        if chance.random() < 0.1:
            said["status"] = chance.choice((204, 206, 301, 304, 418, 599))
        if chance.random() < 0.3:
            said["headers"] = [[chance.choice(_ANSWER_HEADERS), self._mostly("1", self.said())]]
        if chance.random() < 0.4:
            said["headers"] = [*said.get("headers", ()), ["content-encoding", "gzip"]]
            said["body"] = {"gzip": body} if chance.random() < 0.9 else body
        if chance.random() < 0.02:
            size = chance.choice((1_000_000, 9_999_999, 10_000_001, 50_000_000))
            said |= {"headers": [["content-encoding", "gzip"]], "body": {"bomb": size}}
        return said

    def _good(self) -> dict[str, Any]:
        """A sound answer, which may quote what it was sent."""
        results = ['{"value":', {"string": self.said()}, ',"data":{"id":"1"}}']
        body: list[Piece] = ["{", '"response":{"results":[', results, ']},"result_id":"r"}']
        if self._chance.random() < 0.3:
            body = ['{"request":{"section":"Products"},', *body[1:]]
        good: dict[str, Any] = {"body": body}
        if self._chance.random() < 0.5:
            good |= {"body": {"gzip": body}, "headers": [["content-encoding", "gzip"]]}
        return good

    def _odd_answer(self) -> Piece:
        """The shape of a search's answer or of an error, with anything in its places."""
        names = ("response", "request", "message", "errors", "segments", "result_id", "trace_id")
        members: list[Any] = [[each, self.json()] for each in names if self._chance.random() < 0.4]
        box = ['{"x1":', self.json(1), ',"y1":1,"x2":2,"y2":', self.json(1), "}"]
        places = (
            ["response", ['{"results":[', self.json(), "],", '"browse_url":', self._url(), "}"]],
            ["response", ['{"results":', self.json(), ',"facets":[[', self.json(), "]]}"]],
            ["request", self._object([[each, self.json(1)] for each in ("key", "i", "section")])],
            ["segments", ["[", box, ",", {"repeat": [box, ","], "times": 3}, self.json(1), "]"]],
            ["errors", ['[{"code":', self.json(1), ',"message":', self.json(1), "}]"]],
        )
        members += self._chance.sample(places, self._chance.choice((0, 1, 2)))
        if not any(name == "response" for name, _ in members):
            members.append(["response", '{"results":[{"value":"a"}]}'])
        return self._object(members)

    def _url(self) -> Piece:
        return {
            "string": [
                "https://browse.test/?key=",
                self.said(),
                "&a=",
                self.text(),
                "#",
                self.text(),
            ]
        }

    def s3(self) -> dict[str, Any]:
        chance = self._chance
        if chance.random() < 0.3:
            status = chance.choice((0, 301, 400, 403, 404, 500, 503))
            code = chance.choice(("NoSuchKey", "SlowDown", "InternalError", "AccessDenied"))
            body = ["<Error><Code>", code, "</Code><Message>", self.said(), "</Message></Error>"]
            return {"status": status, "body": self._mostly(body, self.said())}
        said: dict[str, Any] = {"status": 200, "body": self._mostly(self.image(), self._large())}
        if chance.random() < 0.3:
            said["headers"] = [["x-amz-meta-ticket", self.text()]]
        if chance.random() < 0.1:
            said |= {"status": 301, "headers": [["x-amz-bucket-region", "eu-central-1"]]}
        if chance.random() < 0.05:
            said["length"] = chance.choice((0, 10, 10**12))
        return said

    def table(self) -> dict[str, Any]:
        chance = self._chance
        faults = ("throttled", "denied", "broken", "condition", "timeout", "reset", "item", "item")
        said: dict[str, Any] = {"fault": chance.choice((*faults, "item", "bytes"))}
        if chance.random() < 0.6:
            said["of"] = chance.choice(("GetItem", "GetItem", "PutItem", "UpdateItem"))
        if chance.random() < 0.7:
            said["item"] = [self._attribute() for _ in range(chance.choice((1, 3, 6, 9)))]
            if chance.random() < 0.5:
                said["item"] = self._stored_answer()
        if said["fault"] not in ("timeout", "reset", "item"):
            said["body"] = self._mostly(self.said(), self.json())
        return said

    def _stored_answer(self) -> list[Any]:
        """As `cache.store` writes it, but for one attribute."""
        content = self._mostly('{"response":{"results":[]}}', self.json())
        item: list[list[Any]] = [
            ["body", "B", {"base64": self._mostly({"gzip": content}, self._large())}],
            ["tag", "B", {"base64": {"hex": "00" * 16}}],
            ["rev", "S", "0123456789abcdef"],
            ["stored_at", "seconds", self._chance.choice((-10, 10, -100_000))],
            ["fresh_until", "seconds", self._chance.choice((300, -10, 10**12))],
            ["expires_at", "seconds", 4_000],
        ]
        if self._chance.random() < 0.5:
            name = self._chance.choice(item)[0]
            item = [each for each in item if each[0] != name] + [[name, *self._attribute()[1:]]]
        return item

    def _attribute(self) -> list[Any]:
        name = self._chance.choice(_ATTRIBUTES)
        kind = self._chance.choice(("S", "N", "B", "seconds", "milliseconds", "NULL", "L", "M"))
        plain = {"NULL": True, "L": [{"S": "a"}], "M": {"a": {"N": "1"}}}
        if kind in plain:
            return [name, kind, plain[kind]]
        if kind in ("seconds", "milliseconds"):
            return [name, kind, self._chance.choice((-100_000, -5, 0, 5, 60, 10**9))]
        if kind == "N":
            return [name, kind, self._chance.choice(("0", "1", "-1", "1.5", "1E+3", "9" * 38, "7"))]
        return [
            name,
            kind,
            {"base64": self.text()} if kind == "B" else self._mostly(self.json(), self.text()),
        ]

    def said(self) -> Piece:
        """A text that may quote secrets, in one spelling within another."""
        if self._chance.random() < 0.4:
            return self.text()
        names = [
            self._chance.choice(list(SPELLINGS)) for _ in range(self._chance.choice((1, 1, 2)))
        ]
        quoted = {"spelled": self._chance.choice(list(CANARIES)), "as": names}
        return (
            ["<", quoted, "> ", self.text()] if self._chance.random() < 0.8 else ["<", quoted, ">"]
        )

    def text(self) -> Piece:
        chance = self._chance
        signs: list[Piece] = [self._sign() for _ in range(chance.choice((1, 1, 2, 3)))]
        if chance.random() < 0.15:
            signs.append({"repeat": signs[0], "times": chance.choice(_TIMES)})
        return signs if len(signs) > 1 else signs[0]

    def _sign(self) -> str:
        return self._chance.choice(_SIGNS)

    def json(self, depth: int = 3) -> Piece:
        """Text of JSON, mostly sound."""
        chance = self._chance
        leaves: tuple[Callable[[], Piece], ...] = (
            lambda: {"string": self.said()},
            lambda: {"string": self.text()},
            lambda: chance.choice(_LITERALS),
            lambda: chance.choice(_STRINGS),
        )
        if depth == 0 or chance.random() < 0.5:
            return chance.choice(leaves)()
        if chance.random() < 0.1:
            unit, end = chance.choice((("[", "]"), ('{"a":', "}")))
            times = chance.choice((30, 99, 100, 101, 5_000))
            return [{"repeat": unit, "times": times}, "1", {"repeat": end, "times": times}]
        if chance.random() < 0.1:
            return ["[", {"repeat": [self.json(0), ","], "times": chance.choice(_TIMES)}, "1]"]
        inner = [self.json(depth - 1) for _ in range(chance.choice((0, 1, 2)))]
        if chance.random() < 0.5:
            return ["[", *[each for one in inner for each in (one, ",")][:-1], "]"]
        return self._object([[self.said(), each] for each in inner])

    def _large(self) -> Piece:
        """Something small, very often."""
        chance = self._chance
        unit = chance.choice((self.text(), self.json(1), chance.choice(_UNITS)))
        start, end = chance.choice(
            (("", ""), (self._sign(), self._sign()), ("{", "}"), ('{"image":"', '"}'))
        )
        return [start, {"repeat": unit, "times": chance.choice(_BODY_TIMES)}, end]

    def _mostly(self, usual: Piece, odd: Piece, odds: float = 0.94) -> Piece:
        return usual if self._chance.random() < odds else odd


_FILE_NAMES = (
    *('; name="f"; filename="g.jpg"', '; name="f"; filename="g.jpg"', '; name="f"', "; name=us"),
    *("; name=f; filename*=UTF-8''%E2%82%AC.jpg", '; filename="a\\"b', '; name="f"; filename=""'),
)
_TRANSFER_ENCODINGS = ("binary", "base64", "quoted-printable", "8bit", "x-other")
_DATA_URIS = (
    *("data:image/jpeg;base64,", "data:;base64,", "DATA:image/jpeg;charset=x; BASE64 ,", " data:,"),
    *("data:image/jpeg#;base64,", "data:base64,"),
)
_UNITS = (
    "a",
    "A",
    "=",
    " ",
    '"a":1,',
    "[",
    "\\",
    '"',
    "--b\r\n",
    "\r\n",
    "é",
    "\x00",
    "[],",
    "A \n",
)
_LITERALS = (
    *("null", "true", "0", "-0", "1e400", "-1e400", "NaN", "Infinity", "1" * 301, "0.1", "1E+2"),
    *("18446744073709551616", "1.0", "{}", "[]", '""', "0." + "3" * 400),
)
_STRINGS = ('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\""', '"a', '"\\x"', '"\t"', '"é"')
_ATTRIBUTES = (
    *("body", "tag", "rev", "stored_at", "fresh_until", "expires_at", "token", "owner", "until"),
    *("failures", "opened_at", "probed_at", "probe", "unusable", "error", "outcome", "count", "n"),
    *("sha256", "query", "ip", "user_agent", "uri", "lease", "seen_at", "beat", "used", "searches"),
)
_ANSWER_HEADERS = (
    "retry-after",
    "content-type",
    "x-said",
    "content-length",
    "location",
    "set-cookie",
)
_HEADERS = {
    "cache-control": ("no-cache", "no-store", "only-if-cached", "max-age=0", "max-age=60", 'a="b'),
    "accept-encoding": ("gzip", "gzip;q=0", "br, gzip;q=0.5", "identity", "*"),
    "if-none-match": ("*", '"a"', 'W/"a", "b"', '"' + "0" * 32 + '"'),
    "content-type": ("application/json", "multipart/form-data", "text/plain", "image/heic"),
    "user-agent": (" Shop/7.1", " \x07", " é"),
    "x-forwarded-for": ("192.0.2.7", "127.0.0.1, 192.0.2.7"),
    "cookie": ("a=b",),
    "content-encoding": ("gzip", "br"),
    "x-cnstrc-token": ("a",),
    "authorization": ("Bearer a",),
}
_FILTER = '{"values":{"a":{"aggregation":"first","field":"data.b"}},"dtype":"array"}'
# How many of them any deployment takes.
_USUAL = 12
_PARAMETERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("us", ("web", "mobile", "a,b")),
    ("us[]", ("web", "mobile")),
    ("us[0]", ("web", "mobile")),
    ("section", ("Products", "Content")),
    ("use_segmentation", ("true", "false")),
    ("return_segments", ("true",)),
    ("search_crop_type", ("bbox", "segment")),
    ("variations_map", (_FILTER, '{"dtype":"object"}', "[]", '{"a":"\\ud800"}')),
    ("fmt_options[fields]", ("price", "name")),
    ("fmt_options[groups_start]", ("top", "group_id:a")),
    ("fmt_options[groups_max_depth]", ("1", "-1")),
    ("fmt_options[facet_options][colour]", ("red",)),
    ("fmt_options[show_hidden_fields]", ("true",)),
    ("fmt_options[hidden_fields]", ("margin",)),
    ("fmt_options[show_protected_facets]", ("true", "false")),
    ("fmt_options[a][b][c]", ("1",)),
    ("fmt_options[fields][]", ("price",)),
    ("fmt_options[hidden_fields][1]", ("margin",)),
    ("fmt_options[facet_options][colour][0]", ("red",)),
    ("variations_map[dtype]", ("array",)),
    ("site", ("uk", "nowhere")),
    ("key", ("mine",)),
    ("c", ("cio-js",)),
    ("_dt", ("1",)),
    ("ef-ranking", ("b",)),
    ("crop", ("0,0,1,1",)),
    ("colour", ("red",)),
)
