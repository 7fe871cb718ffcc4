"""The pages for people say what the code does."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from api import image_source, responses
from api.unrouted import CATCH_ALL
from image_search import bounded_json, errors, settings
from image_search.cache import collapsed_forwarding
from image_search.cache import policy as cache_policy
from image_search.cache.status import Forwarded
from image_search.cache.store import StoreResult
from image_search.limits import daily_cap
from image_search.parameters.fmt_options import FmtOptions
from image_search.parameters.search_parameters import DROPPED, SearchParameters
from image_search.settings import PRIVILEGED_FMT_OPTIONS
from image_search.uploads.bucket import FORM_SECONDS
from image_search.upstream import circuit_breaker

ROOT = Path(__file__).parents[3]
FUNCTIONS = ROOT / "functions"
API = (ROOT / "docs" / "api.md").read_text()
MOBILE = (ROOT / "docs" / "mobile.md").read_text()
TRACKING = (ROOT / "docs" / "tracking.md").read_text()
RESILIENCE = (ROOT / "docs" / "resilience.md").read_text()
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CONTRACT = json.loads((FUNCTIONS / "api" / "openapi.json").read_text())

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_SNAKE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")


def fences(page: str, language: str) -> list[str]:
    return [text for found, text in _FENCE.findall(page) if found == language]


def spans(text: str) -> list[str]:
    """What stands in backticks, outside of code blocks."""
    return _SPAN.findall(_FENCE.sub("", text))


def table(page: str, first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading, as lists of cells."""
    head = f"| {first_heading} |"
    after = page[page.index(head) :].splitlines()[2:]
    end = next((at for at, line in enumerate(after) if not line.startswith("|")), len(after))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in after[:end]]


def named(rows: Iterable[list[str]]) -> set[str]:
    """What the first cells name."""
    return {name for row in rows for name in spans(row[0])}


# --- routes -------------------------------------------------------------------------------------


def routes_of(template: dict[str, Any]) -> set[str]:
    return {
        resource["Properties"]["RouteKey"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ApiGatewayV2::Route"
    } - CATCH_ALL


def test_the_api_page_lists_every_route(template: dict[str, Any]) -> None:
    assert named(table(API, "route")) == routes_of(template)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_route_that_a_page_names_exists(page: Path, template: dict[str, Any]) -> None:
    named_here = re.findall(r"\b(?:GET|HEAD|POST|PUT|DELETE) /[\w./{}]+", page.read_text())
    assert set(named_here) - routes_of(template) == set()


# --- errors -------------------------------------------------------------------------------------


def statuses_of_codes() -> set[tuple[str, int]]:
    """Every error code with its status: of the error tree, and of the contract's examples."""
    return {(kind.code, kind.status) for kind in leaves(errors.ImageSearchError)} | {
        (problem["code"], int(status))
        for path in CONTRACT["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        for example in examples(answer)
        for problem in example["value"].get("errors", ())
    }


def leaves(kind: type[errors.ImageSearchError]) -> Iterator[type[errors.ImageSearchError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__ and "code" in vars(child):
            yield child
        yield from leaves(child)


def examples(answer: dict[str, Any]) -> list[dict[str, Any]]:
    content = answer.get("content", {}).get("application/json", {})
    return list(content.get("examples", {}).values())


def test_the_api_page_lists_every_error_code_with_its_status() -> None:
    documented = {(spans(code)[0], int(status)) for code, status, _ in table(API, "code")}
    assert documented == statuses_of_codes()


@pytest.mark.parametrize("page", [API, MOBILE], ids=["api", "mobile"])
def test_every_code_and_name_that_a_page_mentions_is_of_the_contract(page: str) -> None:
    mentioned = {span for span in spans(page) if _SNAKE.fullmatch(span)}
    known = {code for code, _ in statuses_of_codes()} | set(names_in(CONTRACT))
    assert mentioned - known == set()


def test_the_mobile_page_handles_codes_that_exist() -> None:
    assert named(table(MOBILE, "code")) - {code for code, _ in statuses_of_codes()} == set()


# --- parameters ---------------------------------------------------------------------------------


def name_of_option(name: str) -> str:
    return f"fmt_options[{name}]" + ("[{facet}]" if name == "facet_options" else "")


def default_of(value: object) -> str:
    """As the page writes it; nothing where leaving the parameter out is no value either."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or value in ((), {}) else str(value)


def test_the_api_page_lists_every_parameter_with_its_default() -> None:
    search_fields = SearchParameters.model_fields.items()
    expected = {name: default_of(field.default) for name, field in search_fields}
    del expected["fmt_options"]
    expected |= dict.fromkeys(DROPPED, "")
    for name, field in FmtOptions.model_fields.items():
        expected[name_of_option(name)] = default_of(field.default)
    documented = {
        name: "".join(spans(default))
        for names, _, default in table(API, "parameter")
        for name in spans(names)
    }
    assert documented == expected


def test_the_api_page_marks_the_privileged_options() -> None:
    marked = {
        name
        for names, takes, _ in table(API, "parameter")
        for name in spans(names)
        if "**privileged**" in takes
    }
    assert marked == {name_of_option(name) for name in PRIVILEGED_FMT_OPTIONS}


# --- headers and limits -------------------------------------------------------------------------


def header_names(module: str) -> set[str]:
    """The capitalised names that a module writes as keys of a dict."""
    nodes = list(ast.walk(ast.parse((FUNCTIONS / module).read_text())))
    keys = [key for node in nodes if isinstance(node, ast.Dict) for key in node.keys]
    keys += [node.slice for node in nodes if isinstance(node, ast.Subscript)]
    texts = {key.value for key in keys if isinstance(key, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and re.match(r"[A-Z][\w-]+$", text)}


def test_the_api_page_lists_every_response_header() -> None:
    written = header_names("api/responses.py") | header_names("image_search/errors.py")
    assert named(table(API, "header")) == written


def values(kind: type[Enum], prefix: str) -> set[str]:
    return {f"{prefix}{member.value}" for member in kind}


def test_the_api_page_explains_every_member_of_cache_status() -> None:
    explained = {
        re.sub(r"^ttl=\d+$", "ttl", name) for name in named(table(API, "in `Cache-Status`"))
    }
    reasons = values(StoreResult, "detail=store-") - {"detail=store-stored"}
    forwards = values(Forwarded, "fwd=")
    others = {"hit", "stored", "collapsed", "ttl"}
    others |= {"detail=cache-unavailable", "detail=not-leased", "detail=stale-if-error"}
    others |= {"detail=refresh-ahead"}
    assert explained == forwards | reasons | others


def test_the_api_page_states_the_limits_in_bytes() -> None:
    stated = [row[1] for row in table(API, "what") if "bytes" in row[1]]
    limits = (image_source.MAX_INLINE_BYTES, settings.MAX_IMAGE_BYTES, responses.MAX_BODY_BYTES)
    assert [text.partition(" bytes")[0] for text in stated] == [f"{limit:,}" for limit in limits]


def test_the_api_page_states_how_long_a_degraded_answer_is_fresh() -> None:
    assert f"for {cache_policy.DEGRADED_TTL_SECONDS} seconds" in API


def test_the_api_page_states_the_limits_of_json() -> None:
    (limit,) = [row[1] for row in table(API, "what") if row[0].startswith("JSON")]
    assert re.findall(r"\d+ \w+", limit) == [
        f"{bounded_json.MAX_DEPTH} levels",
        f"{bounded_json.MAX_DIGITS} digits",
    ]


def test_the_page_on_resilience_states_when_the_circuit_opens_and_for_how_long() -> None:
    (row,) = [line for line in RESILIENCE.splitlines() if "| upstream keeps failing |" in line]
    assert f"after {circuit_breaker.THRESHOLD} failures in a row" in row
    assert f"every {circuit_breaker.OPEN_SECONDS} s one request probes" in row


def test_the_page_on_resilience_states_how_long_a_lease_is_waited_for() -> None:
    rows = {row[0]: row[1:] for row in table(RESILIENCE, "what fails")}
    dead, throttled = (
        rows["the sandbox that searches dies"],
        rows["writes of a lease are throttled"],
    )
    forwarding = collapsed_forwarding
    assert f"if it has {forwarding.SEARCH_SECONDS:.0f} s left" in dead[0]
    assert dead[1].startswith(f"{forwarding.PATIENCE_SECONDS:.0f} s without a sign of life")
    assert throttled[1] == f"up to {forwarding.THROTTLED_SECONDS:.0f} s"


@pytest.mark.parametrize("page", [API, RESILIENCE], ids=["api", "resilience"])
def test_pages_state_the_allowance_of_a_sandbox(page: str) -> None:
    stated = re.findall(r"(\d+) (?:a|for each sandbox and) minute", page)
    assert (str(daily_cap.ALLOWANCE) in stated, daily_cap.ALLOWANCE_SECONDS) == (True, 60)


def test_the_form_on_the_api_page_is_valid_as_long_as_a_form_is() -> None:
    bodies = map(json.loads, fences(API, "json"))
    forms = [body["upload"] for body in bodies if "upload" in body]
    assert [form["expires_in"] for form in forms] == [FORM_SECONDS]


# --- all pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [API, MOBILE, TRACKING, README], ids=["api", "mobile", "tracking", "readme"]
)
def test_every_setting_that_a_page_names_exists(page: str, template: dict[str, Any]) -> None:
    texts = set(spans(page)) - named(table(API, "header"))
    words = {word for span in texts for word in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", span)}
    assert words - (template["Parameters"].keys() | template["Outputs"].keys()) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text()))
    relative = [link for link in links if not re.match(r"\w+:", link)]
    assert [link for link in relative if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text()))


def anchors(text: str) -> set[str]:
    """The names that GitHub gives headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_json_example_is_json(page: Path) -> None:
    for text in fences(page.read_text(), "json"):
        json.loads(text)


def test_the_phones_code_uses_names_of_the_contract() -> None:
    code = "\n".join([*fences(MOBILE, "swift"), *fences(MOBILE, "kotlin")])
    used = set(re.findall(rf'"({_SNAKE.pattern})"', code))
    assert used - set(names_in(CONTRACT)) == set()


def test_what_events_take_from_an_answer_is_of_the_contract() -> None:
    paths = [span for span in spans(TRACKING) if re.match(r"(data|response)[.]", span)]
    used = {name for path in paths for name in path.split(".")} | {"result_id", "value"}
    assert (used - set(names_in(CONTRACT)), len(paths) > 1) == (set(), True)


def names_in(value: object) -> Iterator[str]:
    """Every member name and every text in a JSON value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from names_in(inner)
    elif isinstance(value, str):
        yield value
