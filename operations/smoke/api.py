"""The API as an app sees it: two searches, one by body and one through an upload, and what else
it answers. Some checks go on with what an earlier one got; where that failed, they are skipped."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from operations.checks import Checks, Finding, Skipped
from operations.smoke import photos
from operations.smoke.target import Target

SEARCH = "/v2/image_search"
CONTRACT = Path(__file__).parents[2] / "functions" / "api" / "openapi.json"
# Over what Lambda takes in a request, and within what API Gateway takes.
TOO_LARGE_BYTES = 5_000_000
# A search may take as long as the gateway waits for it.
SECONDS = 35.0
SIGN_IN = ("JwtIssuer", "RequireApiKey")
# With CacheScope=user an answer is kept for someone. Elsewhere upstream is not sent it.
SOMEONE = {"i": "smoke-test", "s": "1"}


def client(target: Target) -> httpx.Client:
    """Each run names itself in another way, by which its searches are known at the stand-in."""
    agent = {"User-Agent": f"image-search-proxy-smoke/1 ({secrets.token_hex(4)})"}
    # No proxy of this machine's stands before a local stack.
    return httpx.Client(timeout=SECONDS, headers=agent, trust_env=not target.is_local)


@dataclass
class Api:
    """``token``, ``key``: what a caller of this deployment signs in with, where it has to."""

    target: Target
    http: httpx.Client
    token: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    health: httpx.Response | None = None
    by_body: httpx.Response | None = None
    by_hash: httpx.Response | None = None
    _form: Mapping[str, Any] | None = None
    _uploaded: bool = False
    _jpeg: bytes = field(default_factory=photos.jpeg, repr=False)
    _heic: bytes = field(default_factory=photos.heic, repr=False)

    def checks(self) -> Checks:
        return (
            ("health", self.check_health),
            ("contract", self.check_contract),
            ("sign-in", self.check_sign_in),
            ("search by body", self.check_search),
            ("the same again", self.check_hit),
            ("HEAD by hash", self.check_head),
            ("If-None-Match", self.check_not_modified),
            ("HEIC: hash first", self.check_form),
            ("HEIC: upload to S3", self.check_upload),
            ("HEIC: search", self.check_search_by_hash),
            ("CORS preflight", self.check_preflight),
            ("wrong route", self.check_wrong_route),
            ("5 MB in a request", self.check_too_large),
        )

    def check_health(self) -> Finding:
        self.health = self.http.get(f"{self.target.url}/health")
        return Finding.equal(
            '200 {"status": "ok"}', f"{self.health.status_code} {_json(self.health)}"
        )

    def check_contract(self) -> Finding:
        answer = self.http.get(f"{self.target.url}/openapi.json")
        expected = "200, openapi.json of this checkout"
        if answer.status_code == 200 and answer.json() == json.loads(CONTRACT.read_text()):
            return Finding.equal(expected, expected)
        return Finding.equal(expected, f"{_outcome(answer)}, another document")

    def check_sign_in(self) -> Finding:
        """That nothing is answered to who does not."""
        if {self.target.set_to(each) for each in SIGN_IN} <= {"", "false"}:
            raise Skipped("anyone may call (AllowAnonymous)")
        return Finding.equal("401", str(self.http.get(self._url_of(self._heic)).status_code))

    def check_search(self) -> Finding:
        answer = self._post(self._jpeg)
        if answer.status_code == 200:
            self.by_body = answer
        expected = "200, fwd=miss, stored" if self.target.caches else "200, fwd=bypass"
        return Finding.equal(expected, _outcome(answer))

    def check_hit(self) -> Finding:
        first = self._cached()
        again = self._post(self._jpeg)
        same = "the same answer" if again.content == first.content else "another answer"
        return Finding.equal("200, hit, the same answer", f"{_outcome(again)}, {same}")

    def check_head(self) -> Finding:
        first = self._cached()
        head = self.http.head(self._location(first), headers=self._signed_in())
        same = "its ETag" if head.headers.get("ETag") == first.headers["ETag"] else "another ETag"
        got = f"{_outcome(head)}, {same}, {len(head.content)} bytes"
        return Finding.equal("200, hit, its ETag, 0 bytes", got)

    def check_not_modified(self) -> Finding:
        first = self._cached()
        headers = {"If-None-Match": first.headers["ETag"], **self._signed_in()}
        answer = self.http.get(self._location(first), headers=headers)
        got = f"{answer.status_code}, {len(answer.content)} bytes"
        return Finding.equal("304, 0 bytes", got)

    def check_form(self) -> Finding:
        answer = self._get_by_hash()
        body = _json_object(answer)
        form = body.get("upload")
        if answer.status_code == 404 and isinstance(form, dict):
            self._form = form
        got = f"{_outcome(answer)}, {'a form' if self._form else 'no form'}"
        return Finding.equal("404 image_not_found, a form", got)

    def check_upload(self) -> Finding:
        if self._form is None:
            raise Skipped("there was no form")
        # S3 wants the fields before the file, and none of our headers.
        file = {"file": ("photo.heic", self._heic, "image/heic")}
        answer = self.http.post(self._form["url"], data=self._form["fields"], files=file)
        self._uploaded = answer.status_code == 204
        return Finding.equal("204", str(answer.status_code))

    def check_search_by_hash(self) -> Finding:
        if not self._uploaded:
            raise Skipped("nothing was uploaded")
        answer = self._get_by_hash()
        if answer.status_code == 200:
            self.by_hash = answer
        results = "results" if "results" in _json_object(answer).get("response", {}) else "none"
        # Who searched it, this request or the prefetch, is a matter of milliseconds.
        status = answer.status_code if answer.status_code == 200 else _outcome(answer)
        return Finding.equal("200, results", f"{status}, {results}")

    def check_preflight(self) -> Finding:
        origin = self.target.set_to("CorsAllowOrigins").split(",")[0]
        if not origin:
            raise Skipped("no web page may call (CorsAllowOrigins)")
        asking = "https://shop.example" if origin == "*" else origin
        headers = {"Origin": asking, "Access-Control-Request-Method": "POST"}
        answer = self.http.options(f"{self.target.url}{SEARCH}", headers=headers)
        allowed = answer.headers.get("Access-Control-Allow-Origin", "no origin")
        return Finding.equal(f"204, allows {origin}", f"{answer.status_code}, allows {allowed}")

    def check_wrong_route(self) -> Finding:
        answer = self.http.get(f"{self.target.url}/v2/no-such-route")
        return Finding.equal("404 not_found", _outcome(answer))

    def check_too_large(self) -> Finding:
        """The gateway's, as the function never sees it: without one of our codes."""
        headers = self._signed_in()
        answer = self.http.post(
            f"{self.target.url}{SEARCH}", content=bytes(TOO_LARGE_BYTES), headers=headers
        )
        by = "the function" if "errors" in _json_object(answer) else "the gateway"
        return Finding.equal("413, by the gateway", f"{answer.status_code}, by {by}")

    def searched(self) -> tuple[httpx.Response, ...]:
        """The answers of the searches that came about."""
        return tuple(each for each in (self.by_body, self.by_hash) if each is not None)

    def _signed_in(self) -> dict[str, str]:
        """What callers of this deployment send; nothing where it wants nothing."""
        headers = {}
        for parameter, header, given, word in (
            (SIGN_IN[0], "Authorization", f"Bearer {self.token}" if self.token else "", "TOKEN"),
            (SIGN_IN[1], "x-api-key", self.key, "KEY"),
        ):
            if self.target.set_to(parameter) in ("", "false"):
                continue
            if not given:
                raise Skipped(f"callers sign in: make smoke {word}=…")
            headers[header] = given
        return headers

    def _post(self, photo: bytes) -> httpx.Response:
        headers = {**self._signed_in(), "Content-Type": "image/jpeg"}
        return self.http.post(
            f"{self.target.url}{SEARCH}", params=SOMEONE, content=photo, headers=headers
        )

    def _get_by_hash(self) -> httpx.Response:
        headers = self._signed_in()
        return self.http.get(self._url_of(self._heic), params=SOMEONE, headers=headers)

    def _url_of(self, photo: bytes) -> str:
        return f"{self.target.url}{SEARCH}/{hashlib.sha256(photo).hexdigest()}"

    def _location(self, answer: httpx.Response) -> str:
        return f"{self.target.url}{answer.headers['Content-Location']}"

    def _cached(self) -> httpx.Response:
        """The first search's answer. Its ETag and Content-Location are there if it was cached."""
        if not self.target.caches:
            raise Skipped("nothing is cached (CacheScope)")
        if self.by_body is None:
            raise Skipped("there was no answer to ask for again")
        return self.by_body


def _outcome(answer: httpx.Response) -> str:
    """The status with the error's code, or with what the cache did."""
    errors = _json_object(answer).get("errors")
    if errors:
        return f"{answer.status_code} {errors[0].get('code')}"
    members = answer.headers.get("Cache-Status", "").split("; ")[1:]
    kept = [each for each in members if not each.startswith("ttl=")]
    return ", ".join((str(answer.status_code), *kept))


def _json(answer: httpx.Response) -> str:
    return json.dumps(_json_object(answer))


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
