"""Start-up: from the start of a fresh process until the handler waits for its first invocation.

The process is AWS's own runtime client, as in a sandbox, beside a Runtime API on this machine.
Deployed directories are read-only: what is shipped without bytecode is compiled at every start. All
variants have theirs, as `make deploy` writes it, but for the one that shows what it is worth.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from functools import partial

from benchmarks.built import build_for_here, compiled
from benchmarks.fleet import loopback
from benchmarks.import_time import import_times
from benchmarks.interleaved import in_turns
from benchmarks.loopback.runtime_api import RuntimeApi, runtime_api
from benchmarks.measured import OURS, Bound, Case
from benchmarks.variants import BARE, CLIENT_ONLY, FASTAPI, HANDWRITTEN, Variant, ours, thin

PART = "start"
NAME = "process start to handler ready"
LONGEST_SECONDS = 30
_BOUNDS = (Bound(CLIENT_ONLY.name, 1.25),)


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    with_bytecode, without = ours(compiled()), ours(build_for_here("without-bytecode"))
    variants = {variant.name: variant for variant in (BARE, CLIENT_ONLY, HANDWRITTEN, FASTAPI)}
    our_client = thin(CLIENT_ONLY, compiled())
    variants |= {our_client.name: our_client}
    variants |= {OURS: with_bytecode, "ours without bytecode": without}
    with loopback() as environment, runtime_api() as api:
        work = {
            name: partial(_start, variant, api, environment) for name, variant in variants.items()
        }
        case = Case(
            PART,
            NAME,
            "ms",
            CLIENT_ONLY.name,
            in_turns(work, rounds),
            _BOUNDS,
        )
        return [case], {"import_ms": import_times(with_bytecode, environment)}


def _start(variant: Variant, api: RuntimeApi, environment: Mapping[str, str]) -> float:
    more = {**environment, "AWS_LAMBDA_RUNTIME_API": api.address}
    began = time.perf_counter()
    process = subprocess.Popen(
        variant.command("-m", "awslambdaric", variant.handler),
        env=variant.environment(more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        api.wait_until_ready(LONGEST_SECONDS)
        return (time.perf_counter() - began) * 1e3
    finally:
        process.kill()
        process.wait()
        api.forget()
