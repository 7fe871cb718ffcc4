"""Python's clients: requests, httpx and aiohttp, each as its documentation sends a file."""

from __future__ import annotations

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import requests

from clients.ten_clients.exchange import Client, Reply

PATIENCE_SECONDS = 120


@contextmanager
def python_clients() -> Iterator[dict[str, Client]]:
    """By their names; closed at the end."""
    with ExitStack() as cleanup:
        session = cleanup.enter_context(requests.Session())
        session.trust_env = False
        http = cleanup.enter_context(httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False))
        runner = cleanup.enter_context(asyncio.Runner())
        yield {
            "requests": Requests(session),
            "httpx": Httpx(http),
            "aiohttp": Aiohttp(runner),
        }


class Alike(ABC):
    """What all three write in the same way."""

    def post_json(self, url: str, photo: Path) -> Reply:
        image = base64.b64encode(photo.read_bytes()).decode()
        return self._send("POST", url, json={"image": image})

    def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        return self._send("GET", url, headers=headers)

    @abstractmethod
    def _send(self, method: str, url: str, **options: Any) -> Reply: ...


class Requests(Alike):
    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def post_body(self, url: str, photo: Path) -> Reply:
        with photo.open("rb") as file:
            return self._send("POST", url, data=file)

    def post_form(self, url: str, photo: Path) -> Reply:
        with photo.open("rb") as file:
            return self._send("POST", url, files={"image": file})

    def _send(self, method: str, url: str, **options: Any) -> Reply:
        response = self._session.request(method, url, timeout=PATIENCE_SECONDS, **options)
        return Reply(response.status_code, response.headers, response.content)


class Httpx(Alike):
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def post_body(self, url: str, photo: Path) -> Reply:
        return self._send("POST", url, content=photo.read_bytes())

    def post_form(self, url: str, photo: Path) -> Reply:
        with photo.open("rb") as file:
            return self._send("POST", url, files={"image": file})

    def _send(self, method: str, url: str, **options: Any) -> Reply:
        response = self._http.request(method, url, **options)
        return Reply(response.status_code, response.headers, response.content)


class Aiohttp(Alike):
    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner

    def post_body(self, url: str, photo: Path) -> Reply:
        with photo.open("rb") as file:
            return self._send("POST", url, data=file)

    def post_form(self, url: str, photo: Path) -> Reply:
        with photo.open("rb") as file:
            return self._send("POST", url, data={"image": file})

    def _send(self, method: str, url: str, **options: Any) -> Reply:
        return self._runner.run(self._request(method, url, options))

    async def _request(self, method: str, url: str, options: dict[str, Any]) -> Reply:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, **options) as response,
        ):
            return Reply(response.status, response.headers, await response.read())
