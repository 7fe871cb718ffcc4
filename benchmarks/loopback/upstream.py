"""Upstream: always the same answer, as gzip for clients that take it."""

from __future__ import annotations

from benchmarks.loopback import answer
from benchmarks.loopback.http import Reply, Request


def respond(request: Request) -> Reply:
    headers = {"Content-Type": "application/json"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Reply(200, answer.compressed(), {**headers, "Content-Encoding": "gzip"})
    return Reply(200, answer.answer(), headers)
