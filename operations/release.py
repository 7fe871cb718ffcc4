"""Stamps what `sam build` built with the time, so that a deployment publishes a version.

`python -m operations.release .aws-sam/build/template.yaml`

Lambda runs a published version, and SAM publishes one when a property in the template changes. It
does not see values of parameters: a deployment that changes nothing but those would leave the
version before in service. The stamp is in the function's own description, so each deployment has a
version resource of its own, and the one before stays to roll back to.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

# As it stands in template.yaml; one word, as YAML breaks lines between words.
UNRELEASED = "unreleased"


def stamp(template: Path, now: datetime | None = None) -> str:
    """Replaces what stands there for it; the stamp. Raises ``ValueError`` where nothing does."""
    text = template.read_text()
    if UNRELEASED not in text:
        raise ValueError(f"{template} has no {UNRELEASED!r} to replace: was it built anew?")
    released = f"{now or datetime.now(UTC):%Y-%m-%dT%H.%M.%SZ}"
    template.write_text(text.replace(UNRELEASED, released))
    return released


if __name__ == "__main__":
    print(f"Release {stamp(Path(sys.argv[1]))}")
