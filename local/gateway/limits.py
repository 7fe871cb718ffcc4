"""The limits that requests meet, none of which can be raised.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html and
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, and where these say "10 MB"
and "6 MB", the number of bytes that the services name when they refuse.
"""

# "Payload size".
PAYLOAD_BYTES = 10 * 1024 * 1024
# "Total combined size of request line and header values".
REQUEST_LINE_AND_HEADER_BYTES = 10_240
# "Maximum integration timeout".
INTEGRATION_SECONDS = 30.0
# "Invocation payload (request and response)", synchronous: of the event as JSON, in which binary
# bodies are base64. An invocation "must be smaller than 6291456 bytes".
FUNCTION_REQUEST_BYTES = 6_291_456
# "exceeded maximum allowed payload size (6291556 bytes)".
FUNCTION_RESPONSE_BYTES = 6_291_556
# Of a stage that sets none: the account's, which can be raised. Requests a second, and at once.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
ACCOUNT_RATE = 10_000.0
ACCOUNT_BURST = 5_000.0
