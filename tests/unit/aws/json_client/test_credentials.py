"""Lambda's own credentials are found without botocore, all others by it."""

from typing import Any

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

from image_search.aws.json_client import credentials
from image_search.aws.session import session

NAMES = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SECURITY_TOKEN", "SESSION_TOKEN")


@pytest.fixture
def environment_has(monkeypatch):
    def have(**variables):
        for name in (*NAMES, "CREDENTIAL_EXPIRATION"):
            monkeypatch.delenv(f"AWS_{name}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(f"AWS_{name}", value)

    return have


@pytest.fixture
def renewing(monkeypatch):
    """botocore's credentials, which end after each use; as those of a sandbox with SnapStart."""
    issued = iter(range(1, 10))

    def issue():
        return {
            "access_key": f"key-{next(issued)}",
            "secret_key": "secret",
            "token": "token",
            "expiry_time": "2001-01-01T00:00:00Z",
        }

    def unavailable():
        raise CredentialRetrievalError(provider="container-role", error_msg="no")

    def set_to(refresh):
        made = RefreshableCredentials.create_from_metadata(issue(), refresh, "container-role")
        monkeypatch.setattr(session(), "_credentials", made)

    return set_to, issue, unavailable


@pytest.mark.parametrize(
    ("variables", "keys"),
    [
        ({"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s"}, ("a", "s", None)),
        (
            {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s", "SESSION_TOKEN": "t"},
            ("a", "s", "t"),
        ),
        (
            {
                "ACCESS_KEY_ID": "a",
                "SECRET_ACCESS_KEY": "s",
                "SESSION_TOKEN": "t",
                "SECURITY_TOKEN": "u",
            },
            ("a", "s", "u"),
        ),
        ({"ACCESS_KEY_ID": "", "SECRET_ACCESS_KEY": "s"}, None),
        ({"ACCESS_KEY_ID": "a"}, None),
        (
            {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s", "CREDENTIAL_EXPIRATION": "2030-01-01"},
            None,
        ),
    ],
)
def test_the_environments_keys(environment_has, variables, keys):
    environment_has(**variables)
    assert credentials.from_environment() == keys


def test_keys_that_end_are_renewed(environment_has, renewing):
    environment_has()
    set_to, issue, _ = renewing
    set_to(lambda: {**issue(), "expiry_time": "2999-01-01T00:00:00Z"})
    current: Any = credentials.current
    assert [current().access_key for _ in range(2)] == ["key-2", "key-2"]


def test_keys_that_cannot_be_renewed_are_botocores_error(environment_has, renewing):
    environment_has()
    set_to, _, unavailable = renewing
    set_to(unavailable)
    with pytest.raises(CredentialRetrievalError):
        credentials.current()
