import os

import pytest

from operations.account import main


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_without_credentials_it_says_what_to_do(capsys):
    assert (main(), capsys.readouterr().err) == (
        1,
        "There are no AWS credentials here: sign in first (aws sso login), or set AWS_PROFILE.\n",
    )


def test_a_profile_that_does_not_exist_is_named(monkeypatch, capsys):
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert (main(), capsys.readouterr().err) == (
        1,
        "The config profile (gone) could not be found: "
        "sign in first (aws sso login), or set AWS_PROFILE.\n",
    )


def test_with_credentials_nothing_is_said(monkeypatch, capsys):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    assert (main(), capsys.readouterr()) == (0, ("", ""))
