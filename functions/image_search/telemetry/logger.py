"""The structured log, from which secrets are removed."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools import Logger

from image_search.credentials.redaction import redact_json, scrub_text
from image_search.credentials.spellings import Spellings, spellings_of

# These log whole URLs, the index key included, at INFO and below.
_TALKATIVE = ("httpx", "httpcore")
# Members that are the function's own words. Redacted, they would take the metrics out of a line:
# CloudWatch finds them by the names in ``_aws``, and by the dimension ``service``.
_OWN_WORDS = frozenset({"_aws", "level", "location", "service", "timestamp"})
# Of what identifies an end user, shorter values are words and numbers that occur by chance.
_SHORTEST_PRIVATE = 4
# Characters of a text: what AWS and libraries say of an error has some hundred. To look for secrets
# in the 10 MB that a proxy in between may answer takes 3 s and a GB.
MAX_TEXT = 8_192


def build_logger(known_secrets: Callable[[], Iterable[str]]) -> Logger:
    """JSON lines to standard output; what ``known_secrets`` returns is removed from each.

    It is removed from the values: the names of a line's members are the function's own.
    """

    def serialize(line: dict[str, Any]) -> str:
        # Before the line is serialized, which spells a secret that has quotes another way; and the
        # values alone, as a secret may be equal to the name of a member or of a metric.
        secrets = spellings_of(tuple(known_secrets()))
        clean = {
            name: value if name in _OWN_WORDS else _redacted(value, secrets)
            for name, value in line.items()
        }
        return json.dumps(clean, default=str, separators=(",", ":"))

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(json_serializer=serialize)


def _redacted(value: Any, secrets: Spellings) -> Any:
    """Metrics, which are numbers or lists of one, stay as they are."""
    if isinstance(value, str):
        return secrets.redact(_bounded(value))
    measured = value[0] if isinstance(value, list) and len(value) == 1 else value
    return value if isinstance(measured, (int, float)) else redact_json(value, secrets)


def _bounded(text: str) -> str:
    """The text, or its length: of one that is cut, a part of a secret might be left."""
    return text if len(text) <= MAX_TEXT else f"[{len(text)} characters]"


def log_unexpected(
    logger: Logger, error: Exception, private: Iterable[str] = (), **fields: Any
) -> None:
    """Logs an exception that is none of ours, with its stack but no values.

    Its text may quote the request: ``private`` values are removed from it.
    """
    text = scrub_text(
        _bounded(str(error)), (value for value in private if len(value) >= _SHORTEST_PRIVATE)
    )
    stack = traceback.format_tb(error.__traceback__)
    logger.error(
        "unexpected error", exception=f"{type(error).__name__}: {text}", stack=stack, **fields
    )
