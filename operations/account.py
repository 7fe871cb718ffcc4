"""Says that there are no AWS credentials before anything is built or asked for.

`python -m operations.account`
"""

from __future__ import annotations

import sys

import boto3
from botocore.exceptions import BotoCoreError


def main() -> int:
    """0 where there are credentials, though they may have expired; AWS is not asked."""
    try:
        if boto3.Session().get_credentials() is not None:
            return 0
        problem = "There are no AWS credentials here"
    except BotoCoreError as error:  # such as a profile that does not exist
        problem = str(error)
    print(f"{problem}: sign in first (aws sso login), or set AWS_PROFILE.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
