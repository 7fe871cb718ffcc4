import json
import logging

import pytest

from image_search.logs import build_logger


def test_known_secrets_are_removed_from_every_line(capsys, environment):
    logger = build_logger(lambda: ("canary",))
    try:
        {}["canary"]
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
