"""What a client sees of one search: the answer, the GET that names it, and that GET once more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

WAYS = ("body", "form", "json")


@dataclass(frozen=True)
class Reply:
    """An HTTP response, its body as the client hands it over: decoded."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Client(Protocol):
    """An HTTP client that sends a photo as its users would, and follows URLs."""

    def post_body(self, url: str, photo: Path) -> Reply: ...

    def post_form(self, url: str, photo: Path) -> Reply: ...

    def post_json(self, url: str, photo: Path) -> Reply: ...

    def get(self, url: str, headers: Mapping[str, str]) -> Reply: ...


@dataclass(frozen=True)
class Exchange:
    """The photo's POST, the GET that its Content-Location names, and that GET with the ETag."""

    client: str
    way: str
    statuses: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()
    """The bodies of the POST and of the GET."""
    entity_tag: str = ""
    """Of the GET: a compressed body has its own."""
    error: str = ""
    """What the client says, if it takes an error's status for a failure of its own."""

    @classmethod
    def from_line(cls, line: bytes) -> Exchange:
        """As a client in another language prints it."""
        seen: dict[str, Any] = json.loads(line)
        for name in ("statuses", "answers"):
            seen[name] = tuple(seen.get(name, ()))
        return cls(**seen)

    @property
    def products(self) -> list[list[str]]:
        """The ids of the products in each answer."""
        results = [json.loads(answer)["response"]["results"] for answer in self.answers]
        return [[result["data"]["id"] for result in each] for each in results]


def exchanges(name: str, client: Client, endpoint: str, photo: Path) -> Iterator[Exchange]:
    """One by each way of sending the photo."""
    posts = {"body": client.post_body, "form": client.post_form, "json": client.post_json}
    for way in WAYS:
        posted = posts[way](f"{endpoint}/v2/image_search", photo)
        location = endpoint + posted.headers.get("Content-Location", "")
        named = client.get(location, {})
        entity_tag = named.headers.get("ETag", "")
        unchanged = client.get(location, {"If-None-Match": entity_tag})
        yield Exchange(
            name,
            way,
            (posted.status, named.status, unchanged.status),
            (posted.content.decode(), named.content.decode()),
            entity_tag,
        )
