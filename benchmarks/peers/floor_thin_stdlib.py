"""``floor_stdlib`` with our client of DynamoDB."""

import thin_client  # noqa: F401
from floor_stdlib import lambda_handler  # noqa: F401
