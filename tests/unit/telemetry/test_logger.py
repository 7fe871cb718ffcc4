import json
import logging

import pytest

from image_search.telemetry.logger import MAX_TEXT, build_logger, log_unexpected
from image_search.telemetry.metrics import Metric, embedded


def test_known_secrets_are_removed_from_every_line(capsys, environment):
    logger = build_logger(lambda: ("canary",))
    try:
        dict[str, str]()["canary"]
    except KeyError:
        logger.exception("the canary", cage="canary")
    line = capsys.readouterr().out
    assert "canary" not in line
    assert json.loads(line)["cage"] == "[redacted]"


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpcore.http11"])
def test_the_http_client_does_not_log_urls_whatever_else_is_logged(caplog, monkeypatch, name):
    caplog.set_level(logging.DEBUG)
    for each in ("httpx", "httpcore"):
        monkeypatch.setattr(logging.getLogger(each), "level", logging.NOTSET)
    build_logger(tuple)
    levels = [logging.getLogger(each).getEffectiveLevel() for each in (name, "another")]
    assert levels == [logging.WARNING, logging.DEBUG]


def test_a_line_is_json_without_blanks(capsys, environment):
    """Logs are charged by the byte."""
    build_logger(tuple).info("hello", path={1: 2})
    line = capsys.readouterr().out
    assert line == json.dumps(json.loads(line), separators=(",", ":")) + "\n"


def test_what_json_cannot_write_is_logged_as_text(capsys, environment):
    build_logger(tuple).info("hello", error=ValueError("why"))
    assert json.loads(capsys.readouterr().out)["error"] == "why"


def raise_one():
    raise LookupError("no such image: anna")


def logged(capsys, **options):
    try:
        raise_one()
    except LookupError as error:
        log_unexpected(build_logger(tuple), error, **options)
    return json.loads(capsys.readouterr().out)


def test_an_unexpected_error_is_one_line_without_private_values(capsys, environment):
    line = logged(capsys, private=("anna", ""), route="POST /x")
    reported = {name: line[name] for name in ("level", "message", "exception", "route")}
    assert reported == {
        "level": "ERROR",
        "message": "unexpected error",
        "exception": "LookupError: no such image: [redacted]",
        "route": "POST /x",
    }


def test_an_unexpected_error_is_logged_with_the_way_it_took(capsys, environment):
    here, there = logged(capsys)["stack"]
    assert ("in logged" in here, "in raise_one" in there) == (True, True)


@pytest.mark.parametrize(
    "secret", ['canary"canary', "canary\\canary", 'c"\\/a\\"n\\\\ary', "%63anary"]
)
def test_a_secret_that_json_spells_another_way_is_removed(capsys, environment, secret):
    logger = build_logger(lambda: (secret,))
    logger.info("hello", cage=f"<{secret}>", cages=[{secret: (secret, json.dumps(secret))}])
    line = json.loads(capsys.readouterr().out)
    assert (line["cage"], line["cages"]) == (
        "<[redacted]>",
        [{"[redacted]": ["[redacted]", '"[redacted]"']}],
    )


def test_what_json_cannot_write_is_looked_through_as_text(capsys, environment):
    build_logger(lambda: ("canary",)).info("hello", error=ValueError("a canary"), raw={b"canary"})
    line = json.loads(capsys.readouterr().out)
    assert (line["error"], line["raw"]) == ("a [redacted]", "{b'[redacted]'}")


@pytest.mark.parametrize(
    "secret",
    [
        *("Metrics", "Hits", "CloudWatchMetrics", "ImageSearchProxy", "image-search-proxy"),
        *("service", "milliseconds", "_aws", "INFO", "Count", "Milliseconds", "1", "message"),
    ],
)
def test_no_secret_takes_the_metrics_out_of_a_line(capsys, environment, secret):
    measures = {Metric.HITS: 1.0, Metric.MILLISECONDS: 3.5}
    build_logger(tuple).info("request", **embedded(measures))
    plain = json.loads(capsys.readouterr().out)
    build_logger(lambda: (secret,)).info("request", **embedded(measures))
    line = json.loads(capsys.readouterr().out)
    assert line.keys() == plain.keys()
    counted = [
        (each["_aws"]["CloudWatchMetrics"], each["service"], each["Hits"], each["Milliseconds"])
        for each in (line, plain)
    ]
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("x" * (MAX_TEXT - 6) + "canary", "x" * (MAX_TEXT - 6) + "[redacted]"),
        ("x" * (MAX_TEXT - 3) + "canary", "[8195 characters]"),
        ("canary" * 1_000_000, "[6000000 characters]"),
    ],
    ids=["at the limit", "beyond it", "of megabytes"],
)
def test_a_text_that_is_too_long_to_be_searched_is_left_out_whole(
    capsys, environment, text, logged
):
    build_logger(lambda: ("canary",)).info("hello", error=text)
    assert json.loads(capsys.readouterr().out)["error"] == logged
