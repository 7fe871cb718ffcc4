"""AWS's JSON services without botocore's client, which is most of what a hit costs.

The calls are those of botocore's client, and so are results and errors: a request is signed by
botocore's own signer, and is tried again when botocore's ``standard`` mode would. Not done here:
other endpoints than those of the region or of the environment, and proxies. `clients` takes
botocore's client for those.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pybase64
from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    ConnectionError,  # noqa: A004 - a failed connection, as botocore names it
    HTTPClientError,
)

from image_search.aws.json_client.connections import Connections, DiedIdle, Response, Timeouts
from image_search.aws.json_client.signer import Signer

# Before the second and last try; the sandboxes that are throttled together come back apart.
MAX_PAUSE_SECONDS = 0.05
_USER_AGENT = "image-search-proxy"

# botocore's, from botocore.retries.standard.
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_TRANSIENT_ERRORS = (ConnectionError, HTTPClientError, ChecksumError)
_TRANSIENT_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_SKEWED_CODES = frozenset(
    {"InvalidSignatureException", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"}
)


class Service(NamedTuple):
    name: str
    """As it is signed for."""
    target: str
    """What the header names before the operation."""
    json_version: str


class ConditionalCheckFailedException(ClientError):
    """The item does not fulfil the condition of a write."""


class Exceptions(NamedTuple):
    """The errors with a class of their own, as botocore's clients have them."""

    ConditionalCheckFailedException: type[ConditionalCheckFailedException]


class JsonClient:
    """Calls one service. It belongs to no thread."""

    exceptions = Exceptions(ConditionalCheckFailedException)

    def __init__(self, service: Service, region: str, url: str, timeouts: Timeouts) -> None:
        url = url.rstrip("/") + "/"
        self._service = service
        self._host = urlsplit(url).netloc
        self._signer = Signer(service.name, region, url)
        self._connections = Connections(url, timeouts)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(parameters, default=_as_base64).encode()
        try:
            return self._attempt(operation, body, 0)
        except (BotoCoreError, ClientError) as error:
            if not self._may_succeed(error):
                raise
        time.sleep(random.uniform(0, MAX_PAUSE_SECONDS))  # noqa: S311 - not for secrecy
        return self._attempt(operation, body, 1)

    def _may_succeed(self, error: BotoCoreError | ClientError) -> bool:
        """Whether another try may, after what came of the first."""
        if not isinstance(error, ClientError):
            return isinstance(error, _TRANSIENT_ERRORS)
        code, metadata = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        if code in _SKEWED_CODES:
            return self._signer.set_clock(metadata["HTTPHeaders"].get("date", ""))
        return code in _TRANSIENT_CODES or metadata["HTTPStatusCode"] in _TRANSIENT_STATUSES

    def _attempt(self, operation: str, body: bytes, retries: int) -> dict[str, Any]:
        response = self._send(operation, body)
        _check(response)
        if response.status >= 300:
            raise _error(operation, response, retries)
        return {**_read(response.body), "ResponseMetadata": _metadata(response, retries)}

    def _send(self, operation: str, body: bytes) -> Response:
        headers = {
            "Host": self._host,
            "X-Amz-Target": f"{self._service.target}.{operation}",
            "Content-Type": f"application/x-amz-json-{self._service.json_version}",
            "User-Agent": _USER_AGENT,
        }
        try:
            return self._connections.post(self._signer.sign(headers, body), body)
        except DiedIdle:  # which leaves no idle connection
            return self._connections.post(self._signer.sign(headers, body), body)


class DynamoDb(JsonClient):
    """The operations on single items, with botocore's parameters."""

    def __init__(self, region: str, url: str, timeouts: Timeouts) -> None:
        super().__init__(Service("dynamodb", "DynamoDB_20120810", "1.0"), region, url, timeouts)

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("DeleteItem", parameters)


class SecretsManager(JsonClient):
    """Reads secrets. Times stay numbers, and ``SecretBinary`` is left as base64."""

    def __init__(self, region: str, url: str, timeouts: Timeouts) -> None:
        super().__init__(Service("secretsmanager", "secretsmanager", "1.1"), region, url, timeouts)

    def get_secret_value(self, **parameters: Any) -> dict[str, Any]:
        return self._call("GetSecretValue", parameters)


def _as_base64(value: bytes) -> str:
    return pybase64.b64encode_as_string(value)


def _binary_as_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value ``{"B": "<base64>"}`` or ``{"BS": […]}`` with bytes for the text.

    An attribute that is *named* so has a value of its own, which is no text.
    """
    if isinstance(text := value.get("B"), str):
        return {"B": pybase64.b64decode(text, validate=True)}
    if isinstance(texts := value.get("BS"), list):
        return {"BS": [pybase64.b64decode(text, validate=True) for text in texts]}
    return value


def _read(body: bytes) -> dict[str, Any]:
    """Raises ``HTTPClientError`` for what is no answer of AWS's."""
    try:
        found = json.loads(body, object_hook=_binary_as_bytes)
    except (ValueError, RecursionError) as error:
        raise HTTPClientError(error=error) from error
    if not isinstance(found, dict):
        raise HTTPClientError(error=TypeError("an answer that is no JSON object"))
    return found


def _check(response: Response) -> None:
    """DynamoDB's sum of what it sent. Raises ``ChecksumError``."""
    expected = response.headers.get("x-amz-crc32")
    if expected is not None and expected != (found := str(zlib.crc32(response.body))):
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=found
        )


def _error(operation: str, response: Response, retries: int) -> ClientError:
    """Raises ``HTTPClientError`` for what is no error of AWS's."""
    from botocore.parsers import JSONParser  # 5 ms, for those that meet an error

    raw = {"status_code": response.status, "headers": response.headers, "body": response.body}
    try:
        parsed: Any = JSONParser().parse(raw, None)  # type: ignore[arg-type] # what has no shape
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise HTTPClientError(error=error) from error
    parsed["ResponseMetadata"]["RetryAttempts"] = retries
    if parsed["Error"]["Code"] != ConditionalCheckFailedException.__name__:
        return ClientError(parsed, operation)
    if item := _read(response.body).get("Item"):
        parsed["Item"] = item
    return ConditionalCheckFailedException(parsed, operation)


def _metadata(response: Response, retries: int) -> dict[str, Any]:
    metadata = {
        "HTTPStatusCode": response.status,
        "HTTPHeaders": response.headers,
        "RetryAttempts": retries,
    }
    request_id = response.headers.get("x-amzn-requestid")
    return metadata if request_id is None else {"RequestId": request_id, **metadata}
