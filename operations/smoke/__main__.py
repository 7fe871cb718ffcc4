"""`make smoke`, which `make deploy` ends with: see the package.

Needs `cloudformation:DescribeStacks`, `logs:FilterLogEvents`, `cloudwatch:GetMetricStatistics`,
`sns:ListSubscriptionsByTopic` and `lambda:GetFunctionConfiguration`.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import chain

from botocore.exceptions import BotoCoreError, ClientError

from operations import checks
from operations.environment import Environment, EnvironmentProblem
from operations.smoke.api import Api, client
from operations.smoke.target import Target
from operations.smoke.traces import Traces


def main(words: list[str] | None = None) -> int:
    """0 where all is as expected, 1 where something is not."""
    parser = argparse.ArgumentParser(prog="make smoke", description=__doc__)
    parser.add_argument("--environment", default="")
    arguments = parser.parse_args(words)
    try:
        environment = Environment.read(arguments.environment, "make smoke")
        session = environment.session()
        print(environment.described(session))
        target = Target.find(environment, session)
    except (BotoCoreError, ClientError, EnvironmentProblem) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"Makes two searches at {target.set_to('UpstreamUrl')}, which are paid for.")
    # Not as words of the command, which every user of this machine can read.
    token, key = os.environ.get("TOKEN", ""), os.environ.get("KEY", "")
    with client(target) as http:
        api = Api(target, http, token, key)
        return checks.table(chain(api.checks(), Traces(api).checks()))


if __name__ == "__main__":
    sys.exit(main())
