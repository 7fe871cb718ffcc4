"""A deployment whose callers must sign in, with an issuer on loopback.

It is a second one in the local stack that `E2E_LOCAL_DIR` names, or has a stack of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from e2e.conftest import LocalStack, bring_up, client, describe, photo, sample_photo
from sign_in.issuer import AUDIENCE, Issuer, issuing

__all__ = ["client", "photo", "sample_photo"]

SEARCHES_PER_DAY = 2


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture(scope="session")
def parameters(issuer: Issuer) -> dict[str, str]:
    return {
        "JwtIssuer": issuer.url,
        "JwtAudience": f"another-app,{AUDIENCE}",
        "AllowAnonymous": "false",
        "SearchesPerDay": str(SEARCHES_PER_DAY),
    }


@pytest.fixture(scope="session")
def stack(parameters: dict[str, str]) -> Iterator[LocalStack]:
    with ExitStack() as cleanup:
        beside = os.environ.get("E2E_LOCAL_DIR")
        yield describe(bring_up(cleanup, parameters, beside))
