"""What stops a deployment before it begins, with the command that helps."""

from types import SimpleNamespace

import boto3
import pytest

from operations.environment import Environment
from operations.lifecycle.ready import ALARMS, in_the_way, main, obstacle
from operations.lifecycle.stack import Stack
from unit.operations.lifecycle.conftest import publish

AT_ONCE = "make deploy ENV=dev PARAMETERS=GradualDeployment=false"


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("ROLLBACK_COMPLETE", "make delete ENV=dev"),
        ("DELETE_FAILED", "make delete ENV=dev"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "aws cloudformation cancel-update-stack --stack-name proxy"),
        ("DELETE_IN_PROGRESS", "wait"),
    ],
)
def test_a_status_that_no_deployment_starts_from_is_explained(dev, status, command):
    assert command in in_the_way(dev, Stack(status, {}, {}, {}))


@pytest.mark.parametrize(
    "status", ["", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_any_other_is_none(dev, status):
    assert in_the_way(dev, Stack(status, {}, {}, {})) == ""


def test_a_first_deployment_may_begin(aws, dev):
    assert obstacle(dev, dev.session(), set()) == ""


@pytest.fixture
def gradual(create, dev):
    create(GradualDeployment="true")
    functions = Stack.find(dev, dev.session()).functions(dev.session())
    for name in "ab":
        publish(functions[0], name)
    return functions[0]


def ring():
    cloudwatch = boto3.client("cloudwatch", "eu-west-1")
    cloudwatch.put_metric_alarm(
        AlarmName="proxy-internal-errors",
        Namespace="ImageSearchProxy",
        MetricName="InternalErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    cloudwatch.set_alarm_state(
        AlarmName="proxy-internal-errors", StateValue="ALARM", StateReason="a bug"
    )


def test_the_alarms_asked_for_are_those_that_stop_a_canary(template):
    resources = template["Resources"]
    stopping = resources["SearchFunction"]["Properties"]["DeploymentPreference"]["Alarms"]
    names = [resources[each["Ref"]]["Properties"]["AlarmName"]["Fn::Sub"] for each in stopping]
    assert names == [f"${{AWS::StackName}}-{name}" for name in ALARMS]


def test_a_gradual_deployment_may_begin(gradual, dev):
    assert obstacle(dev, dev.session(), set()) == ""


def test_a_canary_cannot_carry_the_fix_of_an_alarm_that_is_on(gradual, dev):
    ring()
    assert obstacle(dev, dev.session(), set()) == (
        f"proxy-internal-errors is on: CodeDeploy would stop, also if this is the fix. "
        f"To deploy all at once, this time: {AT_ONCE}"
    )


def test_nor_begin_from_a_version_that_cloudformation_does_not_know(gradual, dev):
    gradual.serve(gradual.versions()[0])
    assert AT_ONCE in obstacle(dev, dev.session(), set())


def test_all_at_once_nothing_is_in_the_way(gradual, dev):
    ring()
    assert obstacle(dev, dev.session(), {"GradualDeployment=false"}) == ""


def test_an_alarm_does_not_stop_deployments_that_are_not_gradual(create, dev):
    create()
    ring()
    assert obstacle(dev, dev.session(), set()) == ""


def test_an_environment_has_to_be_named(capsys):
    assert (main([]), "ENV is missing" in capsys.readouterr().err) == (1, True)


def test_a_first_deployment_asks_for_the_region_itself(sam_config, monkeypatch):
    monkeypatch.setattr("operations.environment.SAM_CONFIG", sam_config)
    monkeypatch.setattr(Environment, "session", lambda _: SimpleNamespace(region_name=None))
    assert main(["--environment", "dev"]) == 0


def test_an_obstacle_ends_the_deployment(gradual, sam_config, monkeypatch, capsys):
    monkeypatch.setattr("operations.environment.SAM_CONFIG", sam_config)
    ring()
    assert (main(["--environment", "dev"]), AT_ONCE in capsys.readouterr().err) == (1, True)
    assert main(["--environment", "dev", "GradualDeployment=false"]) == 0
