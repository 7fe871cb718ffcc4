"""Where a service of a region is, as botocore resolves it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import botocore

# What changes where botocore connects to and how, beyond an endpoint of one's own.
_SPECIAL = (
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
)
_PARTITIONS = Path(botocore.__file__).with_name("data") / "partitions.json"


def region() -> str:
    """Empty when the environment names none."""
    return os.environ.get("AWS_DEFAULT_REGION", "")


def are_plain() -> bool:
    """Whether the environment asks for nothing that only botocore knows."""
    return bool(region()) and not any(os.environ.get(name) for name in _SPECIAL)


def endpoint(service: str) -> str:
    """The service's address in this region; one of the environment's goes first."""
    of_service = os.environ.get(f"AWS_ENDPOINT_URL_{_ids[service]}")
    of_all = os.environ.get("AWS_ENDPOINT_URL")
    return of_service or of_all or f"https://{service}.{region()}.{_dns_suffix(region())}"


_ids = {"dynamodb": "DYNAMODB", "secretsmanager": "SECRETS_MANAGER"}


def _dns_suffix(region: str) -> str:
    """That of the region's partition; an unknown region is one of the usual kind."""
    partitions: list[Any] = json.loads(_PARTITIONS.read_text(encoding="utf-8"))["partitions"]
    named = (each for each in partitions if region in each["regions"])
    matching = (each for each in partitions if re.match(each["regionRegex"], region))
    found = next(named, None) or next(matching, partitions[0])
    return str(found["outputs"]["dnsSuffix"])
