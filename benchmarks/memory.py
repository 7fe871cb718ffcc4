"""How much larger a warm sandbox is after forty misses of 5 MB than after its first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks import events
from benchmarks.built import compiled
from benchmarks.fleet import loopback, sandboxes
from benchmarks.loopback import aws
from benchmarks.measured import Bound, Case
from benchmarks.variants import FASTAPI, HANDWRITTEN, STDLIB, Variant, ours

PART = "memory"
MISSES, BYTES = 40, 5_000_000
DECODES = 10
LIMIT, MOST_MEGABYTES = "limit", 20.0


def measure(_rounds: int) -> tuple[list[Case], dict[str, object]]:
    # So large a photo comes to us through S3; a peer that takes none from there gets it as bytes.
    by_s3, raw = events.s3_uri(BYTES), events.raw(BYTES)
    proxy = ours(compiled())
    misses = _grown({STDLIB: by_s3, proxy: by_s3, HANDWRITTEN: raw, FASTAPI: raw}, MISSES)
    decodes = _grown({proxy: events.s3_uri(aws.TURNED_PHOTO)}, DECODES)
    return [
        _case(f"growth by {MISSES} misses of 5 MB", misses),
        _case(f"growth by {DECODES} decodes of 12 megapixels", decodes),
    ], {}


def _grown(variants: Mapping[Variant, Path], times: int) -> dict[str, list[float]]:
    """Megabytes of resident memory after so many of these events, above that after the first.

    The sandboxes are fresh: memory that was used and freed before would hide what is used again.
    """
    without_answers = [replace(variant, table=aws.MISSES) for variant in variants]
    grown = {}
    with loopback() as environment, sandboxes(without_answers, environment) as fleet:
        for variant, event in variants.items():
            sandbox = fleet[variant.name]
            first = sandbox.invoke(event)["resident"]
            grown[variant.name] = [(sandbox.invoke(event, times)["resident"] - first) / 1e6]
    return grown


def _case(name: str, grown: dict[str, list[float]]) -> Case:
    samples = {LIMIT: [MOST_MEGABYTES], **grown}
    bounds = (Bound(LIMIT, 1.0),)
    return Case(PART, name, "MB", LIMIT, samples, bounds, guarded=False)
