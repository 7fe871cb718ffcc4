"""The structured log, which no secret gets into."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools import Logger

from image_search.scrub import scrub_text

# These log whole URLs, the index key included, at INFO and below.
_TALKATIVE = ("httpx", "httpcore")


def build_logger(known_secrets: Callable[[], Iterable[str]]) -> Logger:
    """JSON lines to standard output; what ``known_secrets`` returns is removed from each."""

    def serialize(line: dict[str, Any]) -> str:
        return scrub_text(json.dumps(line, default=str, separators=(",", ":")), known_secrets())

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(json_serializer=serialize)
