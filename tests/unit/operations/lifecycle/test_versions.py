"""Which versions stay after a deployment, and after one that failed."""

from dataclasses import replace

import boto3
import pytest

from operations.lifecycle import versions
from operations.lifecycle.stack import Stack, Version
from operations.lifecycle.versions import after_deployment, after_failure, discard, prune
from unit.operations.lifecycle.conftest import publish


def numbers(function):
    return [each.number for each in function.versions()]


def test_the_last_three_versions_of_each_function_stay(functions, dev, capsys):
    search, prefetch = functions
    for name in "abcde":
        publish(search, name)
    for name in "de":
        publish(prefetch, name)
    after_deployment(dev, dev.session())
    assert (numbers(search), numbers(prefetch)) == ([3, 4, 5], [1, 2])
    assert capsys.readouterr().out == (
        f"{search.name}: deleted versions 1 (a), 2 (b); the last 3 stay.\n"
    )


def test_what_an_alias_points_to_or_a_canary_shares_its_traffic_with_stays(functions):
    search, _ = functions
    for name in "abcdef":
        publish(search, name)
    search.lambda_.update_alias(
        FunctionName=search.name,
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}},
    )
    assert [each.number for each in prune(search)] == [2]


def test_versions_are_ordered_by_number_and_not_by_name(functions):
    search, _ = functions
    for name in range(11):
        publish(search, str(name))
    prune(search)
    assert numbers(search) == [9, 10, 11]


def test_a_failed_deployments_version_is_deleted_unless_it_serves(functions):
    search, _ = functions
    publish(search, "good")
    publish(search, "failed", live=False)
    assert discard(search, "good") == []
    assert discard(search, "failed") == [Version(2, "failed")]


@pytest.fixture
def built(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text("Properties:\n  VersionDescription: failed\n")
    return path


@pytest.mark.parametrize(
    ("status", "left"), [("UPDATE_ROLLBACK_COMPLETE", [1]), ("UPDATE_COMPLETE", [1, 2])]
)
def test_only_what_was_rolled_back_has_failed(functions, dev, built, status, left, monkeypatch):
    search, _ = functions
    publish(search, "good")
    publish(search, "failed", live=False)
    stack = replace(Stack.find(dev, dev.session()), status=status)
    monkeypatch.setattr(versions, "Stack", type("", (), {"find": lambda *_: stack}))
    after_failure(dev, dev.session(), built)
    assert numbers(search) == left


def test_a_first_deployment_that_failed_is_cleaned_up_by_make_delete(
    aws, dev, built, monkeypatch, capsys
):
    stack = Stack("ROLLBACK_COMPLETE", {}, {}, {})
    monkeypatch.setattr(versions, "Stack", type("", (), {"find": lambda *_: stack}))
    after_failure(dev, boto3.Session(), built)
    assert "make delete ENV=dev" in capsys.readouterr().err
