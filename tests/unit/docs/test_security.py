"""Every test that the threat model points to is there."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "security.md").read_text()


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert (len(named) > 20, [path for path in sorted(named) if not (PROJECT / path).exists()]) == (
        True,
        [],
    )


def test_every_threat_has_a_test() -> None:
    threats = PAGE.partition("## Threats and mitigations")[2].partition("## Residual risks")[0]
    rows = [line for line in threats.splitlines() if line.startswith("| ") and "---" not in line]
    claims = [row for row in rows if not row.startswith("| threat |")]
    untested = [row for row in claims if "`tests/" not in row.split("|")[3]]
    assert (len(claims) > 20, untested) == (True, [])
