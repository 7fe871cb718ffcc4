"""The page for newcomers explains every parameter and output, with the template's own defaults."""

import re
from pathlib import Path
from typing import Any

from image_search.images.memory import BYTES_PER_PIXEL, MemoryBudget

PAGE = (Path(__file__).parents[3] / "docs" / "deploy.md").read_text()


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


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
