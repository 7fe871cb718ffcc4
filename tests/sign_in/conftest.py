"""A local stack whose callers must sign in, with an issuer on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.conftest import client, photo, sample_photo, stack
from sign_in.issuer import AUDIENCE, Issuer, issuing

__all__ = ["client", "photo", "sample_photo", "stack"]

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
