"""``floor_best`` with our client of DynamoDB."""

import thin_client  # noqa: F401
from floor_best import lambda_handler  # noqa: F401
