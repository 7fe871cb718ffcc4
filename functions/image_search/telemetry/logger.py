"""The structured log, from which secrets are removed."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools import Logger

from image_search.credentials.redaction import scrub_text

# These log whole URLs, the index key included, at INFO and below.
_TALKATIVE = ("httpx", "httpcore")


def build_logger(known_secrets: Callable[[], Iterable[str]]) -> Logger:
    """JSON lines to standard output; what ``known_secrets`` returns is removed from each."""

    def serialize(line: dict[str, Any]) -> str:
        return scrub_text(json.dumps(line, default=str, separators=(",", ":")), known_secrets())

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(json_serializer=serialize)


def log_unexpected(
    logger: Logger, error: Exception, private: Iterable[str] = (), **fields: Any
) -> None:
    """Logs an exception that is none of ours, with its stack but no values.

    Its text may quote the request: ``private`` values are removed from it.
    """
    text = scrub_text(f"{type(error).__name__}: {error}", filter(None, private))
    stack = traceback.format_tb(error.__traceback__)
    logger.error("unexpected error", exception=text, stack=stack, **fields)
