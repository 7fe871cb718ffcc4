"""Where the time of our imports goes, by package, as ``python -X importtime`` tells it."""

from __future__ import annotations

import re
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Mapping

from benchmarks.variants import Variant

ROUNDS = 5
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|( *)(\S+)")
_GROUPS = {
    "boto3 and botocore": ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil"),
    "powertools": ("aws_lambda_powertools",),
    "pydantic": ("pydantic", "pydantic_core", "annotated_types", "typing_inspection"),
    "httpx": ("httpx", "httpcore", "h11", "anyio", "certifi", "idna"),
    "ours": ("image_search",),
}
_OTHER = "standard library"
_BUILDING = "building the handler"
"""The entry point's own time: clients, router, settings."""


def import_times(variant: Variant, environment: Mapping[str, str]) -> dict[str, float]:
    """Milliseconds in each group: a module's own time, and that of what it alone brings in from
    the standard library is the standard library's."""
    runs = [_run(variant, environment) for _ in range(ROUNDS)]
    groups = (*_GROUPS, _OTHER, _BUILDING)
    return {group: statistics.median(run[group] for run in runs) for group in groups}


def _run(variant: Variant, environment: Mapping[str, str]) -> dict[str, float]:
    module = variant.handler.rpartition(".")[0]
    reported = subprocess.run(
        variant.command("-X", "importtime", "-c", f"import {module}"),
        env=variant.environment(environment),
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    ).stderr
    times: defaultdict[str, float] = defaultdict(float)
    for own, _, name in _LINE.findall(reported):
        group = _BUILDING if name == module else _group(name.partition(".")[0])
        times[group] += int(own) / 1e3
    return times


def _group(package: str) -> str:
    return next((group for group, names in _GROUPS.items() if package in names), _OTHER)
