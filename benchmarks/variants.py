"""The functions that are compared, and the environment each is deployed with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from benchmarks import places
from benchmarks.built import Built
from benchmarks.loopback import aws
from benchmarks.measured import OURS

_KEPT = ("PATH", "HOME", "LANG", "TZ")


@dataclass(frozen=True)
class Variant:
    """``paths``: what is imported from, beside the runtime's packages; ``settings``: environment
    variables of its own, by name and value."""

    name: str
    handler: str
    paths: tuple[Path, ...] = (places.PROJECT / "benchmarks" / "peers",)
    table: str = aws.HITS
    settings: tuple[tuple[str, str], ...] = ()

    def command(self, *words: str) -> list[str]:
        return [str(places.PYTHON), *words]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        paths = os.pathsep.join(map(str, self.paths))
        own = {"CACHE_TABLE": self.table, "PYTHONPATH": paths, **dict(self.settings)}
        return {**kept, **_SETTINGS, **own, **more}


def ours(built: Built) -> Variant:
    paths = (built.functions, built.dependencies, built.imaging)
    settings = (("AWS_DATA_PATH", str(built.botocore)), *_allocator())
    return Variant(OURS, "api.app.lambda_handler", paths, settings=settings)


def thin(floor: Variant, built: Built) -> Variant:
    """The same floor with our client of DynamoDB: what is ours beside the client shows there."""
    paths = (*floor.paths, built.functions, built.dependencies)
    handler = floor.handler.replace("floor_", "floor_thin_")
    return replace(floor, name=thin_name(floor), handler=handler, paths=paths)


def thin_name(floor: Variant) -> str:
    return "our client alone" if floor is CLIENT_ONLY else f"{floor.name}, our client"


def _allocator() -> Iterator[tuple[str, str]]:
    """How the C library hands out memory, as the template has it."""
    template = yaml_parse((places.PROJECT / "template.yaml").read_text())
    variables = template["Resources"]["SearchFunction"]["Properties"]["Environment"]["Variables"]
    return ((name, value) for name, value in variables.items() if name.startswith("MALLOC_"))


STDLIB = Variant("stdlib", "floor_stdlib.lambda_handler")
BEST = Variant("best", "floor_best.lambda_handler")
GUARDED = Variant("stdlib, lease and quota", "floor_guarded.lambda_handler")
HANDWRITTEN = Variant("handwritten", "handwritten.lambda_handler", table=aws.PLAIN_HITS)
FASTAPI = Variant("FastAPI + Mangum", "fastapi_mangum.lambda_handler")
CLIENT_ONLY = Variant("boto3 client alone", "floor_start.lambda_handler")
BARE = Variant("the runtime alone", "floor_bare.lambda_handler")

_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_LAMBDA_FUNCTION_NAME": "image-search",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "POWERTOOLS_SERVICE_NAME": "image-search-proxy",
    "UPLOADS_BUCKET": "uploads",
    "ALLOWED_BUCKETS": aws.PHOTOS,
    "CREDENTIALS_SECRET_ARN": aws.SECRET,
    "SECRET": aws.SECRET,
    "CLIENT_ID": "cio-be-lambda-benchmark",
    "SEARCHES_PER_MINUTE": "1000000000",
    "SEARCHES_PER_DAY": "1000000000",
    "UPSTREAM_CALLS_PER_DAY": "1000000",
    "PYTHONDONTWRITEBYTECODE": "1",  # deployed directories are read-only
}
