"""What a command acts on is said by name, shown, and asked about where it matters."""

import os
import subprocess
import sys

import pytest

from operations.environment import Environment, EnvironmentProblem, main


class Terminal:
    """Standard input, of which one line is typed."""

    def __init__(self, line):
        self._line = line

    def isatty(self):
        return True

    def readline(self):
        return self._line


def read(name, sam_config):
    return Environment.read(name, "make pause", sam_config)


@pytest.mark.parametrize(
    ("name", "problem"), [("", "ENV is missing"), ("nope", "there is no environment 'nope'")]
)
def test_a_name_that_is_missing_or_unknown_is_refused_with_those_that_there_are(
    sam_config, name, problem
):
    with pytest.raises(EnvironmentProblem) as refused:
        read(name, sam_config)
    assert str(refused.value) == (
        f"{problem}: say which one, as in `make pause ENV=dev`. samconfig.toml has dev, live, prod."
    )


def test_it_is_what_sam_deploys_to(sam_config):
    assert read("dev", sam_config) == Environment("dev", "proxy", "eu-west-1", None, asks=False)


@pytest.mark.parametrize(("name", "asks"), [("dev", False), ("live", True), ("prod", True)])
def test_prod_asks_and_so_does_what_asks_before_a_deployment(sam_config, name, asks):
    assert read(name, sam_config).asks is asks


def test_stack_region_and_account_are_shown(stack, dev):
    assert dev.described(dev.session()) == (
        "dev: stack proxy, region eu-west-1, account 123456789012"
    )


def test_the_local_stack_is_never_looked_for_on_aws(sam_config, monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(EnvironmentProblem, match="The local stack is not up: make run"):
        read("local", sam_config).session()


@pytest.mark.parametrize("typed", ["yes\n", "y\n", " YES \n"])
def test_a_yes_goes_on(sam_config, monkeypatch, typed):
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    read("prod", sam_config).confirm("All is forgotten.", yes=False)


@pytest.mark.parametrize("typed", ["\n", "no\n", "prod\n"])
def test_any_other_answer_changes_nothing(sam_config, monkeypatch, typed):
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    with pytest.raises(EnvironmentProblem, match="Nothing was changed"):
        read("prod", sam_config).confirm("All is forgotten.", yes=False)


def test_a_script_has_to_say_yes_before(sam_config, monkeypatch):
    monkeypatch.setattr(Terminal, "isatty", lambda _: False)
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    prod = read("prod", sam_config)
    prod.confirm("All is forgotten.", yes=True)
    with pytest.raises(EnvironmentProblem, match="add YES=1"):
        prod.confirm("All is forgotten.", yes=False)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("prod", 0, "Deploying to prod: stack image-search-proxy\n"),
        ("local", 1, "The local stack is deployed by `make run`.\n"),
        (
            "",
            1,
            "ENV is missing: say which one, as in `make deploy ENV=dev`. "
            "samconfig.toml has dev, staging, prod.\n",
        ),
    ],
)
def test_a_deployment_says_where_it_goes(capsys, name, status, said):
    assert (main([name]), "".join(capsys.readouterr())) == (status, said)


def test_samconfig_may_lie_outside_the_repository(sam_config):
    """As continuous integration keeps it: `make deploy SAM_CONFIG=…` exports the variable."""
    program = "from operations.environment import Environment as E; print(E.read('live', '').asks)"
    environment = {**os.environ, "SAM_CONFIG": str(sam_config)}
    said = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
    assert said == "True\n"
