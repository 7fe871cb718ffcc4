import json
import logging

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


def test_the_http_client_does_not_log_urls():
    build_logger(tuple)
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
