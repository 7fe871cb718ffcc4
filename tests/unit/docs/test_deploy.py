"""The page for newcomers explains every parameter and output, with the template's own defaults."""

import re
from pathlib import Path
from typing import Any

from image_search.images.memory import BYTES_PER_PIXEL, MemoryBudget
from image_search.telemetry.metrics import Metric

PAGE = (Path(__file__).parents[3] / "docs" / "deploy.md").read_text()


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


IDLE = section("Idle cost")


def rows(text: str) -> list[list[str]]:
    """The cells of every table's rows, without headings."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines]


def test_every_parameter_is_explained_with_its_default(template: dict[str, Any]) -> None:
    explained = {row[0].strip("` "): row[1].strip("` ") for row in rows(section("Parameters"))}
    assert explained == {
        name: str(each.get("Default", "")) for name, each in template["Parameters"].items()
    }


def test_the_parameters_are_grouped_as_the_console_groups_them(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    asked = {each["Label"]["default"]: each["Parameters"] for each in groups}
    parts = re.split(r"\n### (.+)\n", section("Parameters"))[1:]
    reported = {
        title: [row[0].strip("` ") for row in rows(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }
    assert reported == asked


def test_every_output_is_explained(template: dict[str, Any]) -> None:
    explained = {
        name for row in rows(section("Outputs")) for name in re.findall(r"`(\w+)`", row[0])
    }
    assert explained == set(template["Outputs"])


def test_the_pixels_that_fit_are_those_of_the_budget() -> None:
    sizes = (256, 512, 768, 1024, 1769)
    table = {
        media_type.removeprefix("image/"): [
            *(f"{_megapixels(size, media_type):.1f}" for size in sizes),
            f"{cost:g}",
        ]
        for media_type, cost in BYTES_PER_PIXEL.items()
    }
    lines = section("Images and memory").splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    stated = {row[0].lower(): row[1:] for row in cells if row[0].lower() in table}
    assert stated == table


def _megapixels(megabytes: int, media_type: str) -> float:
    budget = MemoryBudget(megabytes, max_image_bytes=20_000_000)
    return budget.max_pixels(media_type, 5_000_000) / 1e6


def test_the_idle_cost_is_what_its_items_sum_to(template: dict[str, Any]) -> None:
    cells = re.findall(r"^\| (\D*?)(\d+)?(\D*?) \| (\*\*)?([\d.]+)\4? \|$", IDLE, re.MULTILINE)
    sums = [float(dollars) for *_, bold, dollars in cells if bold]
    items = [float(dollars) for *_, bold, dollars in cells if not bold]
    assert (len(items), [round(sum(items[:-1]), 2), round(sum(items), 2)]) == (5, sums)


def test_the_idle_cost_counts_alarms_and_metrics(template: dict[str, Any]) -> None:
    resources = template["Resources"].values()
    always = [
        each
        for each in resources
        if each["Type"] == "AWS::CloudWatch::Alarm"
        and each.get("Condition") != "UseServiceLevelAlarms"
    ]
    assert f"| {len(always)} alarms | {len(always) * 0.10:.2f} |" in IDLE
    assert f"| {len(Metric)} metrics," in IDLE
    assert f"| {len(Metric) * 0.30:.2f} |" in IDLE


def test_the_price_of_alarms_on_the_service_level_is_by_their_metrics(
    template: dict[str, Any],
) -> None:
    """A metric in an alarm is $0.10 a month, an alarm made of alarms $0.50."""
    dollars = 0.0
    for each in template["Resources"].values():
        if each.get("Condition") == "UseServiceLevelAlarms":
            metrics = each["Properties"].get("Metrics", ())
            dollars += 0.1 * sum("MetricStat" in row for row in metrics) if metrics else 0.5
    assert f"`ServiceLevelAlarms=on` {dollars:.2f}" in IDLE
    assert f"${dollars:.2f} a month" in template["Parameters"]["ServiceLevelAlarms"]["Description"]


def test_a_snapshot_is_charged_for_the_memory_that_is_deployed(template: dict[str, Any]) -> None:
    """By the second that a version is kept, of a month of 30 days."""
    gigabytes = template["Parameters"]["MemorySize"]["Default"] / 1024
    assert f"(`SnapStart`) | {gigabytes * 30 * 86_400 * 0.0000015046:.2f} |" in IDLE
