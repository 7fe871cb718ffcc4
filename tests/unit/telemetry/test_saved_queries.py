"""Queries of the logs, those saved by the template and those of the runbook, ask for fields that
the lines have. A list's members are fields of their own to CloudWatch: ``met.0``."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from image_search.cache.status import CacheStatus, Forwarded
from image_search.telemetry.measurements import Measurements
from prefetch.composition import build
from prefetch.settings import PrefetchSettings
from wire import JPEG, TABLE, UPLOADS, Context

RUNBOOK = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
_COMMANDS = r"fields|filter|stats|sort|limit"
WAITED = Measurements(cache_status=CacheStatus(Forwarded.MISS, collapsed=True, detail="detail"))
_WORDS = {"and", "or", "not", "like", "in", "as", "by", "asc", "desc", *_COMMANDS.split("|")}
_FUNCTIONS = {"count", "avg", "sum", "ispresent"}


def flat(value, name=""):
    """The fields that CloudWatch finds in a line of JSON."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return {name}
    return {
        found for key, inner in value.items() for found in flat(inner, f"{name}.{key}".strip("."))
    }


def asked_for(query):
    """The names in a query, without its own and those of functions and texts."""
    bare = re.sub(r'"[^"]*"|/[^/\n]*/', "", query)
    own = set(re.findall(r"\bas (\w+)", bare))
    names = set(re.findall(r"@?[A-Za-z_][\w.]*", bare))
    return {name for name in names if not name.startswith("@")} - own - _WORDS - _FUNCTIONS


def saved(template):
    return [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Logs::QueryDefinition"
    ]


def of_runbook():
    return re.findall(
        r"^ *(?:```)?\n?((?:fields|filter|stats) .+(?:\n *\| .+)*)", RUNBOOK, re.MULTILINE
    )


def in_text():
    return re.findall(r"`((?:filter|stats) [^`]+)`", RUNBOOK)


@pytest.fixture
def lines(build_proxy, environment, upstream, capsys, monkeypatch):
    """One or more of each kind that is asked for."""
    proxy = build_proxy()
    proxy.post()
    proxy.post()
    damage_answers()
    proxy.post()
    upstream.answers(500)
    proxy.post(query="us=web")
    search_upload(environment, upstream)
    proxy.handler._access_log.write(WAITED, None, 0.1)
    monkeypatch.setattr(proxy.handler, "_search", None)
    proxy.post()
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    build_proxy().post()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def damage_answers():
    dynamodb = boto3.client("dynamodb")
    for item in dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]:
        dynamodb.put_item(TableName=TABLE, Item=item | {"body": {"S": "{}"}})


def search_upload(environment, upstream):
    without_bucket = {
        name: value for name, value in environment.items() if name != "UPLOADS_BUCKET"
    }
    handler: Any = build(
        PrefetchSettings.from_environment(without_bucket), httpx.MockTransport(upstream)
    )
    key = f"uploads/{hashlib.sha256(JPEG).hexdigest()}"
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=key, Body=JPEG)
    handler({"Records": [{"s3": {"bucket": {"name": UPLOADS}, "object": {"key": key}}}]}, Context())


def test_queries_ask_for_what_is_in_the_lines(template, lines):
    ours = [each for each in saved(template) if each["LogGroupNames"] != [{"Ref": "ApiLogGroup"}]]
    texts = [each["QueryString"] for each in ours] + of_runbook() + in_text()
    asked = set().union(*map(asked_for, texts))
    assert len(texts) > 15
    assert asked - set().union(*map(flat, lines)) == set()


def test_queries_name_messages_that_are_logged(template, lines):
    logged = {line["message"] for line in lines} | {"control item malformed"}
    texts = [each["QueryString"] for each in saved(template)] + in_text()
    named = re.findall(r'message = ("[^"]+")', "\n".join(texts))
    named += re.findall(r"message in (\[[^\]]+\])", "\n".join(texts))
    assert {name for part in named for name in re.findall(r'"([^"]+)"', part)} <= logged


def test_the_gateways_log_has_what_its_query_asks_for(template):
    log = template["Resources"]["ApiStage"]["Properties"]["AccessLogSettings"]["Format"]
    (query,) = [
        each["QueryString"]
        for each in saved(template)
        if each["LogGroupNames"] == [{"Ref": "ApiLogGroup"}]
    ]
    assert asked_for(query) <= flat(json.loads(log))


def test_a_list_is_asked_for_by_its_first_member():
    assert flat({"Hits": [1.0], "a": {"b": 2}}) == {"Hits.0", "a.b"}
