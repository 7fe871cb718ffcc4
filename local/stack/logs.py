"""Follows the function's log and makes its JSON lines readable."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from stack.deployment import Deployed, emulated
from stack.run import Run

POLL_SECONDS = 0.5
PAST_SECONDS = 15 * 60
"""How much of the past is shown first."""

_LIFECYCLE = ("START RequestId:", "END RequestId:")  # the REPORT line between them says enough
_SHOWN_APART = {"level", "message", "timestamp"}
_SAME_EVERY_LINE = {"service", "location", "sampling_rate"}
_LEVEL_STYLES = {"DEBUG": "dim", "WARNING": "yellow", "ERROR": "bold red", "CRITICAL": "bold red"}


def follow(console: Console, run: Run, deployed: Deployed) -> None:
    """Print the function's log lines as they come, until interrupted."""
    for milliseconds, line in _events(run, deployed):
        if line.startswith(_LIFECYCLE):
            continue
        moment = datetime.fromtimestamp(milliseconds / 1000)
        console.print(f"[dim]{moment:%H:%M:%S}[/] {readable(line)}", highlight=False)


def readable(line: str) -> str:
    """One log line as rich markup: level and message first, then the other fields."""
    try:
        fields: dict[str, Any] = dict(json.loads(line))
    except (ValueError, TypeError):
        return f"[dim]{escape(line.rstrip())}[/]"
    level = str(fields.get("level", ""))
    style = _LEVEL_STYLES.get(level, "green")
    left = {k: v for k, v in fields.items() if k not in _SHOWN_APART | _SAME_EVERY_LINE}
    rest = " ".join(f"{name}={value}" for name, value in left.items() if value is not None)
    message = escape(str(fields.get("message", "")))
    return f"[{style}]{level:<7}[/] {message}  [dim]{escape(rest)}[/]"


def _events(run: Run, deployed: Deployed) -> Iterator[tuple[int, str]]:
    """Time in milliseconds and text of every log event, each once."""
    client = emulated().client("logs", endpoint_url=run.emulator_url)
    since = int((time.time() - PAST_SECONDS) * 1000)
    seen: set[tuple[int, str, str]] = set()
    while True:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=deployed.log_group, startTime=since
        )
        for event in (event for page in pages for event in page["events"]):
            this = (event["timestamp"], event["logStreamName"], event["message"])
            if this in seen:
                continue
            seen.add(this)
            yield event["timestamp"], event["message"]
        time.sleep(POLL_SECONDS)
