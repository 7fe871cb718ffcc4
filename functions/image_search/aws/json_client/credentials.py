"""The function's own credentials for AWS."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from image_search.aws.session import session

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials


class Keys(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None


def current() -> Keys | ReadOnlyCredentials | None:
    """Lambda's environment has them; all other ways, and what has to be renewed, are botocore's.

    A sandbox with SnapStart asks an address on its machine for them, since an environment would be
    part of the snapshot. May raise botocore's errors.
    """
    found = from_environment()
    if found is None:
        botocores = session().get_credentials()  # kept by the session, renewed by themselves
        return botocores.get_frozen_credentials() if botocores else None
    return found


def from_environment() -> Keys | None:
    environment = os.environ
    access_key = environment.get("AWS_ACCESS_KEY_ID")
    secret_key = environment.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key or environment.get("AWS_CREDENTIAL_EXPIRATION"):
        return None
    token = environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN")
    return Keys(access_key, secret_key, token or None)


def prime() -> None:
    """Prepares the search for credentials, without asking for any."""
    if from_environment() is None:
        session().get_component("credential_provider")
