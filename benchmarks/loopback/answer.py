"""A search's answer of the usual size: about 9 KB as gzip."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from functools import cache
from typing import Any

GZIP_BYTES = 9_000
_WORDS = (
    "leather cotton light heavy red blue green summer winter soft warm with for and of the a in"
    " pocket sole sleeve classic modern slim wide hand made woven lined everyday outdoor city"
)


@cache
def answer() -> bytes:
    chance = random.Random(9)
    products: list[dict[str, Any]] = []
    while len(gzip.compress(_json(products), 6)) < GZIP_BYTES:
        products.extend(_product(chance) for _ in range(5))
    return _json(products)


@cache
def compressed() -> bytes:
    return gzip.compress(answer(), 6, mtime=0)


def entity_tag() -> str:
    """As our cache names the answer."""
    return hashlib.sha256(answer()).hexdigest()[:32]


def _json(products: list[dict[str, Any]]) -> bytes:
    value = {
        "request": {"section": "Products", "page": 1, "num_results_per_page": 20},
        "result_id": "0b1f7a52-1d3c-4e0f-9a44-6a3a5f1f0c11",
        "response": {"results": products, "total_num_results": len(products), "facets": []},
        "segmentation_used": False,
        "whole_image_search_fallback": False,
    }
    return json.dumps(value, separators=(",", ":")).encode()


def _product(chance: random.Random) -> dict[str, Any]:
    name = f"{chance.randbytes(12).hex()}"
    tags = [f"group-{chance.randrange(200)}" for _ in range(8)]
    image = f"https://images.example/products/{name}/large.jpg"
    return {
        "value": f"Product number {name}",
        "matched_terms": [],
        "labels": {},
        "data": {
            "id": name,
            "url": f"https://shop.example/products/{name}",
            "image_url": image,
            "price": chance.randrange(1000, 20000) / 100,
            "description": " ".join(chance.choices(_WORDS.split(), k=14)),
            "facets": [{"name": "tag", "values": tags}],
            "variation_id": chance.randrange(10**9),
        },
    }
