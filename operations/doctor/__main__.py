"""`make doctor`: see the package.

Needs `cloudformation:DescribeStacks`, `lambda:GetAccountSettings`,
`lambda:GetFunctionConfiguration`, `logs:DescribeLogGroups` and `dynamodb:DescribeLimits`; with
DomainName also `acm:DescribeCertificate`, `apigateway:GET`, `route53:GetHostedZone` and
`route53:ListResourceRecordSets`.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations import checks
from operations.checks import Checks, Finding
from operations.doctor.access import Access
from operations.doctor.account import Account
from operations.doctor.domain import Domain
from operations.doctor.plan import Plan
from operations.environment import Environment, EnvironmentProblem


def main(words: list[str] | None = None) -> int:
    """0 where nothing speaks against a deployment, 1 where something does."""
    parser = argparse.ArgumentParser(prog="make doctor", description=__doc__)
    parser.add_argument("--environment", default="")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args(words)
    try:
        environment = Environment.read(arguments.environment, "make doctor")
        session = environment.session()
    except (BotoCoreError, EnvironmentProblem) as problem:
        print(problem, file=sys.stderr)
        return 1
    return checks.table(all_checks(environment, session, arguments.parameter))


def all_checks(environment: Environment, session: Any, words: list[str]) -> Checks:
    """Where AWS cannot be asked, those of access alone: they are made before this goes on."""
    access = Access(session)
    yield from access.checks()
    if not access.works:
        return
    try:
        plan = Plan.read(environment, session, words)
    except (BotoCoreError, ClientError) as problem:
        yield "stack", partial(_fail, problem)
        return
    for part in (plan, Account(plan), Domain(plan)):
        yield from part.checks()


def _fail(problem: Exception) -> Finding:
    raise problem


if __name__ == "__main__":
    sys.exit(main())
