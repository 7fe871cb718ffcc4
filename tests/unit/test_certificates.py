"""Installing works behind a company's certificate authority that the machine trusts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
MAKEFILES = [PROJECT / "Makefile", *sorted(PROJECT.glob("layers/*/Makefile"))]


@pytest.fixture
def handed_on(tmp_path):
    """The variables that a Makefile hands to what it runs, on a machine that has only `given`."""
    shows = tmp_path / "shows.mk"
    shows.write_text("show-variables: ; @env\n")

    def of(makefile: Path, *words: str, **given: str) -> dict[str, str]:
        command = ["make", "-s", "-C", str(makefile.parent), "-f", "Makefile", "-f", str(shows)]
        printed = subprocess.check_output(
            [*command, "show-variables", *words],
            env={"PATH": os.environ["PATH"], **given},
            text=True,
        )
        return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)

    return of


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_uv_trusts_what_the_machine_trusts(handed_on, makefile):
    assert handed_on(makefile)["UV_SYSTEM_CERTS"] == "true"


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_uv_is_left_to_who_has_chosen(handed_on, makefile):
    assert handed_on(makefile, UV_SYSTEM_CERTS="false")["UV_SYSTEM_CERTS"] == "false"


def test_the_pinned_uv_reads_that_variable():
    uv = Path(sys.executable).parent / "uv"
    refused = subprocess.run(
        [uv, "pip", "list"],
        env={**os.environ, "UV_SYSTEM_CERTS": "perhaps"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, "`UV_SYSTEM_CERTS` with invalid value" in refused.stderr) == (
        2,
        True,
    )


def test_pip_and_npm_get_the_machines_bundle(handed_on):
    variables = handed_on(PROJECT / "Makefile", "CERTIFICATES=/machine/bundle.crt")
    names = ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA")
    assert [variables[name] for name in names] == [
        "/machine/bundle.crt",
        "/machine/bundle.crt",
        "1",
    ]


def test_pip_and_npm_are_left_alone_where_the_machine_has_no_bundle(handed_on):
    variables = handed_on(PROJECT / "Makefile", "CERTIFICATES=")
    assert {"REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} & set(variables) == set()


def test_a_bundle_of_ones_own_stays(handed_on):
    variables = handed_on(
        PROJECT / "Makefile", "CERTIFICATES=/machine/bundle.crt", REQUESTS_CA_BUNDLE="/my/own.crt"
    )
    assert variables["REQUESTS_CA_BUNDLE"] == "/my/own.crt"
