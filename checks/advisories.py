"""Asks PyPI's advisory service about the packages of one lock file, by way of pip-audit.

`python -m checks.advisories .venv-security/bin/pip-audit requirements/dev.txt`

Where the service cannot be reached, pip-audit ends with a traceback; where a mirror answers in its
place and knows nothing of advisories, even with success. Both end with status 75 here, and say why.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from checks.__main__ import NOT_CHECKED


def audit(pip_audit: str, lock: str) -> tuple[int, str]:
    """An exit status, and what to print."""
    command = [pip_audit, "--progress-spinner=off", "--disable-pip", "--require-hashes", "-r", lock]
    readable = subprocess.run([*command, "--dry-run"], capture_output=True, text=True, check=False)
    if readable.returncode != 0:
        return 1, readable.stderr
    asked = subprocess.run([*command, "--format=json"], capture_output=True, text=True, check=False)
    if not asked.stdout:
        reason = asked.stderr.strip().splitlines()[-1:]
        return NOT_CHECKED, "\n".join(["The advisory service did not answer:", *reason])
    return judge(json.loads(asked.stdout)["dependencies"])


def judge(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """The same, of pip-audit's report."""
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}, fixed in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]
    if weak:
        return 1, "\n".join(weak)
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        some = unknown[:5] + ["…"] * (len(unknown) > 5)
        counted = f"{len(unknown)} of {len(packages)} packages"
        return NOT_CHECKED, f"The advisory service does not know {counted}: {', '.join(some)}"
    return 0, f"No known weakness in {len(packages)} packages"


def main() -> int:
    status, text = audit(*sys.argv[1:])
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
