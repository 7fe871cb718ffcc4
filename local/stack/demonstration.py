"""Searches once with a real picture, and once more, and shows what came back."""

import time
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, Field
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stack.layout import Layout
from stack.problem import StackProblem

SHOWN = 6
"""How many products are shown."""


class Facet(BaseModel):
    """One property of a product."""

    name: str
    values: list[str | int | float] = []


class ProductData(BaseModel):
    """What is known of a product."""

    price: float | None = None
    facets: list[Facet] = []

    def facet(self, name: str) -> str:
        """The values of the facet called `name`, as text."""
        found = (facet.values for facet in self.facets if facet.name.lower() == name)
        return ", ".join(str(value) for values in found for value in values)


class Product(BaseModel):
    """One product of the answer."""

    name: str = Field(alias="value")
    data: ProductData


class Results(BaseModel):
    """The part of the answer that names products."""

    results: list[Product]
    total_num_results: int


class Answer(BaseModel):
    """The part of the API's answer that is shown."""

    response: Results


@dataclass(frozen=True)
class Search:
    """One search: the answer, how the cache took part, and the milliseconds it took."""

    answer: Answer
    cache_status: str
    milliseconds: float


def fetch_sample(place: Layout, upstream: str) -> bytes:
    """The stand-in's sample picture, which is also kept in a file."""
    picture = httpx.get(f"{upstream}/sample.jpg", trust_env=False).raise_for_status().content
    place.sample.write_bytes(picture)
    return picture


def search(place: Layout, endpoint: str, picture: bytes) -> Search:
    """Search with `picture` through the API."""
    started = time.perf_counter()
    response = httpx.post(
        f"{endpoint}/v2/image_search",
        content=picture,
        headers={"Content-Type": "application/octet-stream"},
        timeout=35,
        trust_env=False,
    )
    milliseconds = (time.perf_counter() - started) * 1000
    if response.status_code != httpx.codes.OK:
        place.log("search").write_text(f"HTTP {response.status_code}\n{response.text}\n")
        what = f"The search answered {response.status_code} instead of 200."
        raise StackProblem(what, "Look at the function's log: make logs", place.log("search"))
    answer = Answer.model_validate_json(response.content)
    return Search(answer, response.headers.get("Cache-Status", "none"), milliseconds)


def show_products(console: Console, found: Search) -> None:
    """The best products, in a table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("product", style="bold")
    table.add_column("colour")
    table.add_column("price", justify="right")
    for place, product in enumerate(found.answer.response.results[:SHOWN], start=1):
        price = "" if product.data.price is None else f"{product.data.price:.2f}"
        table.add_row(str(place), escape(product.name), escape(product.data.facet("color")), price)
    console.print(table)


def show_timing(console: Console, label: str, found: Search) -> None:
    """How the cache took part, and how long it took."""
    status = escape(found.cache_status)
    console.print(
        f"  {label:<13}[bold]{found.milliseconds:6.0f} ms[/]   Cache-Status: [cyan]{status}[/]",
        highlight=False,
    )
