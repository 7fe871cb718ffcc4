"""The name of a site: one of several indexes that a deployment serves."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

SiteName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=50)]
