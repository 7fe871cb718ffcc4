"""The hosted workflows run what there is, with actions that cannot change under their name."""

import re
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from lanes import BESIDE, ON_ONE_STACK

PROJECT = Path(__file__).parents[2]
WORKFLOWS = sorted(PROJECT.glob(".github/workflows/*.yml"))
TARGETS = set(re.findall(r"^([a-z0-9-]+):.*## ", (PROJECT / "Makefile").read_text(), re.MULTILINE))


def targets(workflow: Path) -> set[str]:
    """What it has `make` do, the rows of a matrix among it."""
    text = workflow.read_text()
    lines = [*re.findall(r"run: .*\bmake ([a-z -]+)$", text, re.MULTILINE)]
    rows = re.findall(r"^ +target: \[(.*)\]$", text, re.MULTILINE)
    return {name for line in lines for name in line.split()} | {
        name for row in rows for name in row.split(", ")
    }


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(workflow):
    used = re.findall(r"uses: (.+)", workflow.read_text())
    loose = [action for action in used if not re.search(r"@[0-9a-f]{40} # v[\d.]+$", action)]
    assert (loose, len(used) > 0) == ([], True)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_names_an_address(workflow):
    assert re.findall(r"https?://|--index", workflow.read_text()) == []


def test_once_a_week_each_target_runs_that_every_change_skips():
    weekly = targets(PROJECT / ".github/workflows/weekly.yml")
    every_change = {"test", *BESIDE, *ON_ONE_STACK}
    by_hand = {
        "help",
        "run",
        "stop",
        "logs",
        "deploy",
        "rollback",
        "delete",
        "doctor",
        "smoke",
        "control",
        "cap",
        "pause",
        "resume",
        "purge",
        "format",
        "lock",
        "clean",
        "bench-baseline",
    }
    part_of_bench_check = {"bench"}
    assert weekly == TARGETS - every_change - by_hand - part_of_bench_check


def test_a_deployment_asks_no_one_and_keeps_its_answers_outside_the_repository():
    workflow = yaml_parse((PROJECT / ".github/workflows/deploy.yml").read_text())
    job = workflow["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.environment }}"
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    (command,) = [step["run"] for step in job["steps"] if "make" in step.get("run", "")]
    assert {"YES=1", 'SAM_CONFIG="$RUNNER_TEMP/samconfig.toml"'} <= set(command.split())
    assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []
