"""A warm sandbox: loads a handler as the runtime would, then invokes it as often as asked.

Reads lines ``{"event": <file>, "times": <how often>}`` and answers each with what that took. With
``"profile": <file>`` it is profiled into that file. It
is run by another environment's Python, so it imports nothing of this project.
"""

from __future__ import annotations

import contextlib
import cProfile
import importlib
import json
import os
import sys
import time

TYPE_CHECKING = False  # as type checkers read it, and without the memory of importing typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Context:
    """What handlers read of Lambda's context."""

    aws_request_id = "8f5e7a5c-0000-4000-8000-000000000000"
    function_name = "image-search"
    function_version = "1"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:image-search"
    log_group_name = log_stream_name = "log"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


def main() -> None:
    orders, answers = sys.stdin, os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the handler logs is paid for, not shown
    module, _, name = sys.argv[1].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    events = {}
    for line in orders:
        order = json.loads(line)
        file = order["event"]
        if file not in events:
            with open(file) as text:
                events = {file: json.load(text)}  # one at a time: they are large
        profiler = cProfile.Profile() if order.get("profile") else None
        took = _invoke(handler, events[file], order["times"], profiler)
        if profiler:
            profiler.dump_stats(order["profile"])
        answers.write(json.dumps(took) + "\n")
        answers.flush()


def _invoke(
    handler: Callable[[Any, Context], dict[str, Any]],
    event: Any,
    times: int,
    profiler: cProfile.Profile | None,
) -> dict[str, Any]:
    context = Context()
    started, began = time.process_time(), time.perf_counter()
    with profiler or contextlib.nullcontext():
        for _ in range(times):
            response = handler(event, context)
    cpu, wall = time.process_time() - started, time.perf_counter() - began
    body = response.get("body") or ""
    return {
        "cpu_ms": cpu * 1e3 / times,
        "wall_ms": wall * 1e3 / times,
        "status": response["statusCode"],
        "bytes": len(body),
        "detail": body[:300] if response["statusCode"] >= 400 else "",
        "resident": _resident(),
    }


def _resident() -> int:
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
