"""Whether AWS can be asked at all: a region, and somebody's credentials."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.checks import Checks, Finding, Verdict


@dataclass
class Access:
    """``session``: boto3's. ``works``: once it was checked."""

    session: Any = field(repr=False)
    works: bool = False

    def checks(self) -> Checks:
        return (("region", self.check_region), ("credentials", self.check_credentials))

    def check_region(self) -> Finding:
        """That one is set; botocore may be older than the region."""
        region = self.session.region_name
        if not region:
            got = "none: set AWS_DEFAULT_REGION, or region in samconfig.toml"
            return Finding("one that AWS has", got, Verdict.WRONG)
        known = {
            name
            for partition in self.session.get_available_partitions()
            for name in self.session.get_available_regions("lambda", partition)
        }
        if region in known:
            return Finding("one that AWS has", region, Verdict.RIGHT)
        return Finding("one that AWS has", f"{region}, unknown to botocore", Verdict.NOTE)

    def check_credentials(self) -> Finding:
        try:
            found = self.session.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as problem:
            got = f"{problem}: sign in first (aws sso login)"
            return Finding("of an AWS account", got, Verdict.WRONG)
        self.works = True
        return Finding("of an AWS account", f"{found['Account']}, {found['Arn']}", Verdict.RIGHT)
