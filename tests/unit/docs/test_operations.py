"""Alarms, dashboard, metrics and the pages about them belong together."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from image_search.telemetry.metrics import NAMESPACE, Metric

PAGE = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
ALARMS = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
OURS = {metric.title for metric in Metric}
ERROR_BUDGET = 0.5
"""Per cent of the requests of 30 days."""


@pytest.fixture(scope="module")
def alarms(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those that notify, by what follows the stack's name in theirs."""
    found = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] in ALARMS and "AlarmActions" in each["Properties"]
    ]
    return {each["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-"): each for each in found}


@pytest.fixture(scope="module")
def widgets(template: dict[str, Any]) -> list[dict[str, Any]]:
    """As they are where everything is switched on."""
    body, parts = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, (_, if_on, if_off) in ((name, part["Fn::If"]) for name, part in parts.items()):
        json.loads(re.sub(r"\$\{(PrefetchAlarm|ServiceLevels)\}", if_off, body))
        body = body.replace(f"${{{name}}}", if_on["Fn::Sub"])
    return list(json.loads(body)["widgets"])


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def metrics_of(widgets: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for widget in widgets:
        for row in widget["properties"].get("metrics", ()):
            if isinstance(row[0], str):
                yield row


def test_every_alarm_has_its_entry_and_every_entry_its_alarm(alarms: dict[str, Any]) -> None:
    assert re.findall(r"^### ([a-z-]+)$", section("Alarms"), re.MULTILINE) == list(alarms)


def test_every_alarm_says_where_its_entry_is(alarms: dict[str, Any]) -> None:
    ends = [each["AlarmDescription"].rpartition("Runbook: ")[2] for each in alarms.values()]
    assert ends == [f"docs/operations.md#{name}" for name in alarms]


def test_every_alarm_notifies_when_it_goes_off_and_when_it_is_over(
    alarms: dict[str, Any],
) -> None:
    reported = [(each["AlarmActions"], each["OKActions"]) for each in alarms.values()]
    topic = [{"Ref": "AlarmTopic"}]
    assert reported == [(topic, topic)] * len(alarms)


def test_what_is_not_measured_is_no_alarm(alarms: dict[str, Any]) -> None:
    simple = [each for each in alarms.values() if "AlarmRule" not in each]
    assert {each["TreatMissingData"] for each in simple} == {"notBreaching"}


def test_alarms_of_ours_are_on_metrics_that_are_emitted(alarms: dict[str, Any]) -> None:
    ours = [each for each in alarms.values() if each.get("Namespace") == NAMESPACE]
    service = [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}]
    assert {each["MetricName"] for each in ours} <= OURS
    assert [each["Dimensions"] for each in ours] == [service] * len(ours)


def test_the_metrics_are_emitted_under_the_stacks_name(template: dict[str, Any]) -> None:
    names = [
        template["Resources"][function]["Properties"]["Environment"]["Variables"][
            "POWERTOOLS_SERVICE_NAME"
        ]
        for function in ("SearchFunction", "PrefetchFunction")
    ]
    assert names == [{"Ref": "AWS::StackName"}] * 2


def test_a_log_level_that_would_hide_the_metrics_cannot_be_set(template: dict[str, Any]) -> None:
    assert template["Parameters"]["LogLevel"]["AllowedValues"] == ["DEBUG", "INFO"]


def test_the_dashboard_shows_each_of_our_metrics_and_no_other(widgets: list[Any]) -> None:
    shown = {row[1] for row in metrics_of(widgets) if row[0] == NAMESPACE}
    assert shown == OURS


def test_our_metrics_are_shown_by_their_only_dimension(widgets: list[Any]) -> None:
    dimensions = {tuple(row[2:4]) for row in metrics_of(widgets) if row[0] == NAMESPACE}
    assert dimensions == {("service", "${AWS::StackName}")}


def test_the_dashboards_expressions_use_metrics_that_are_there(widgets: list[Any]) -> None:
    for widget in widgets:
        rows = widget["properties"].get("metrics", [])
        known = {row[-1]["id"] for row in rows if isinstance(row[-1], dict) and "id" in row[-1]}
        for row in rows:
            if isinstance(row[0], dict):
                text = re.sub(r"\$\{\w+\}|FILL", "", row[0]["expression"])
                assert set(re.findall(r"[a-z]\w*", text)) <= known


def test_the_dashboards_widgets_lie_side_by_side(widgets: list[Any]) -> None:
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert (len(cells), max(x for x, _ in cells)) == (len(set(cells)), 23)


def test_the_dashboard_shows_every_alarm(template: dict[str, Any], widgets: list[Any]) -> None:
    (shown,) = [each["properties"]["alarms"] for each in widgets if each["type"] == "alarm"]
    assert shown == [
        f"${{{name}.Arn}}"
        for name, each in template["Resources"].items()
        if each["Type"] in ALARMS and "AlarmActions" in each["Properties"]
    ]


def test_the_dashboard_shows_alarms_only_where_they_are(template: dict[str, Any]) -> None:
    _, parts = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for condition, if_on, if_off in (part["Fn::If"] for part in parts.values()):
        named = re.findall(r"\$\{(\w+)\.Arn\}", if_on["Fn::Sub"])
        conditions = {template["Resources"][name]["Condition"] for name in named}
        assert (conditions, if_off) == ({condition}, "")


def test_the_bill_on_the_dashboard_has_every_large_line(widgets: list[Any]) -> None:
    (bill,) = [
        each for each in widgets if each["properties"].get("title", "").startswith("What it costs")
    ]
    rows = [row[0] for row in bill["properties"]["metrics"] if isinstance(row[0], dict)]
    assert [row["id"] for row in rows] == ["lambda", "gateway", "table", "out", "logs"]


@pytest.mark.parametrize(
    ("alarm", "burn", "hours", "minutes"),
    [("BudgetBurnsFastAlarm", 14.4, 1, 5), ("BudgetBurnsSlowlyAlarm", 6, 6, 30)],
)
def test_an_alarm_of_the_service_level_looks_at_two_windows(
    template: dict[str, Any], alarm: str, burn: float, hours: int, minutes: int
) -> None:
    resources = template["Resources"]
    rule = resources[alarm]["Properties"]["AlarmRule"]["Fn::Sub"]
    parts = [resources[name]["Properties"] for name in re.findall(r"\$\{(\w+)\}", rule)]
    periods = [
        {row["MetricStat"]["Period"] for row in part["Metrics"] if "MetricStat" in row}
        for part in parts
    ]
    thresholds = {float(part["Threshold"]) for part in parts}
    assert (periods, thresholds) == ([{hours * 3600}, {minutes * 60}], {burn * ERROR_BUDGET})


def test_the_page_states_the_service_level_that_the_alarms_are_about() -> None:
    assert f"{100 - ERROR_BUDGET} %" in section("Service levels")


def test_the_page_lists_every_metric() -> None:
    rows = [line for line in section("Where to look").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}
    assert named == OURS


def test_a_rollback_listens_to_alarms_of_the_code(template: dict[str, Any]) -> None:
    preference = template["Resources"]["SearchFunction"]["Properties"]["DeploymentPreference"]
    assert preference == {
        "Enabled": {"Ref": "GradualDeployment"},
        "Type": {"Ref": "DeploymentType"},
        "Alarms": [{"Ref": "FunctionErrorsAlarm"}, {"Ref": "InternalErrorsAlarm"}],
    }
    assert template["Parameters"]["GradualDeployment"]["Default"] == "false"


def test_the_page_states_each_alarms_threshold_and_severity(alarms: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([123]) \| (.+) \|$", section("Alarms"), re.MULTILINE)
    assert [name for name, _, _ in rows] == list(alarms)
    stated = {name: text for name, _, text in rows}
    for name, alarm in alarms.items():
        if "AlarmRule" not in alarm:
            numbers = [str(alarm["Threshold"])]
            if alarm["EvaluationPeriods"] > 1:
                numbers += [str(alarm["DatapointsToAlarm"]), str(alarm["EvaluationPeriods"])]
            found = re.findall(r"\d+", stated[name].replace("p95", ""))
            assert found[:2] + found[-1:] == numbers or found[:1] == numbers, name
