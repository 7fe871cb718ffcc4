"""Ten clients send one photo, each as its users would: one answer, and one upstream call."""

from __future__ import annotations

import pytest

from clients.ten_clients.conftest import Sent
from clients.ten_clients.exchange import WAYS

# Those that ask for gzip, and decode it.
GZIP = ("requests", "httpx", "aiohttp", "curl", "fetch", "axios", "got", "superagent")
PLAIN = ("form-data", "java")


@pytest.mark.parametrize("name", [*GZIP, *PLAIN])
def test_each_way_is_answered_and_its_answer_revalidated(sent: Sent, name: str) -> None:
    seen = {each.way: each.error or each.statuses for each in sent.by(name)}
    assert seen == dict.fromkeys(WAYS, (200, 200, 304))


@pytest.mark.parametrize("name", [*GZIP, *PLAIN])
def test_each_way_finds_the_same_products(sent: Sent, name: str) -> None:
    (first, *_) = sent.by("requests")
    products = first.products[0]
    found = [each.products for each in sent.by(name)]
    assert (found, len(products) > 1) == ([[products, products]] * len(WAYS), True)


def test_all_of_them_are_one_upstream_call(sent: Sent) -> None:
    assert sent.upstream_calls == 1


@pytest.mark.parametrize("name", [*GZIP, *PLAIN])
def test_a_client_that_asks_for_gzip_gets_it(sent: Sent, name: str) -> None:
    compressed = {each.entity_tag.endswith('-gzip"') for each in sent.by(name)}
    assert compressed == {name in GZIP}
