"""A local stack for the end-to-end tests: the real template, the emulator and the stand-in.

The tests get a stack of their own, beside one that may be running, unless `E2E_LOCAL_DIR` names
the directory of one that is up. It is deployed with `PARAMETERS`. Whatever else runs in the same
session uses it too, as the variable names it from then on.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from PIL import Image

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import NotificationConfigurationTypeDef
    from mypy_boto3_secretsmanager import SecretsManagerClient

PROJECT = Path(__file__).resolve().parents[2]
PARAMETERS = {"UpstreamTimeoutSeconds": "25", "AllowedBuckets": "e2e-further-photos"}
"""With room for a slow machine: no test means upstream's time-out, but one, which shortens it."""


@dataclass(frozen=True)
class LocalStack:
    """A stack that is up: base URLs without a trailing slash, names, and clients to look inside."""

    endpoint: str
    upstream: str
    page: str
    table: str
    bucket: str
    secret_arn: str
    function: str
    dynamodb: "DynamoDBClient"
    lambda_: "LambdaClient"
    logs: "CloudWatchLogsClient"
    s3: "S3Client"
    secretsmanager: "SecretsManagerClient"
    client: Callable[[str], Any]
    """A client of any other service."""

    @property
    def search_url(self) -> str:
        """Where a photo is posted."""
        return f"{self.endpoint}/v2/image_search"

    @property
    def log_text(self) -> str:
        """All that the function has logged."""
        return self.logged_by(self.function)

    def logged_by(self, function: str) -> str:
        """All that a function of the stack has logged, once its invocations were over."""
        group = f"/aws/lambda/{function}"
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])


@pytest.fixture(scope="session")
def parameters() -> dict[str, str]:
    """The template's parameters that the stack is deployed with."""
    return PARAMETERS


@pytest.fixture(scope="session")
def stack(parameters: dict[str, str]) -> Iterator[LocalStack]:
    """The stack; torn down at the end when it was brought up here."""
    with ExitStack() as cleanup:
        if "E2E_LOCAL_DIR" not in os.environ:
            os.environ["E2E_LOCAL_DIR"] = str(bring_up(cleanup, parameters))
            cleanup.callback(os.environ.pop, "E2E_LOCAL_DIR")
        yield describe(Path(os.environ["E2E_LOCAL_DIR"]))


@pytest.fixture
def without_prefetch(stack: LocalStack) -> Iterator[None]:
    """An upload is not searched before the phone asks."""
    reported = stack.s3.get_bucket_notification_configuration(Bucket=stack.bucket)
    functions = reported["LambdaFunctionConfigurations"]

    def tell(configuration: "NotificationConfigurationTypeDef") -> None:
        stack.s3.put_bucket_notification_configuration(
            Bucket=stack.bucket, NotificationConfiguration=configuration
        )

    tell({})
    yield
    tell({"LambdaFunctionConfigurations": functions})


@pytest.fixture(scope="session")
def sample_photo(stack: LocalStack, client: httpx.Client) -> bytes:
    """A JPEG of a product that the stand-in knows."""
    return client.get(f"{stack.upstream}/sample.jpg").raise_for_status().content


@pytest.fixture
def photo(sample_photo: bytes) -> bytes:
    """The sample with a speck of its own: a photo that nobody has searched, without metadata."""
    image = Image.open(BytesIO(sample_photo))
    image.paste(tuple(os.urandom(3)), (0, 0, 16, 16))
    image.paste(tuple(os.urandom(3)), (16, 0, 32, 16))
    file = BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.fixture(autouse=True)
def forgetful_stand_in(stack: LocalStack, client: httpx.Client) -> None:
    """No test sees another's requests and faults."""
    client.delete(f"{stack.upstream}/_control").raise_for_status()


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """An HTTP client that waits far longer than the API may take, cold starts included."""
    with httpx.Client(timeout=120, trust_env=False) as http:
        yield http


def bring_up(
    cleanup: ExitStack, parameters: dict[str, str], beside: str | None = None, *more: str
) -> Path:
    """The directory of a stack, or of a second deployment to the one that is up in ``beside``.

    ``more``: further options of the command.
    """
    directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="image-search-e2e-")))
    words = [*more, *(f"--parameter={name}={value}" for name, value in parameters.items())]
    if beside:
        words.append(f"--beside={beside}")
    else:
        port, stand_in_port = free_ports()
        words += [f"--port={port}", f"--stand-in-port={stand_in_port}"]
    cleanup.callback(_run, directory, "down")
    _run(directory, "up", "--quiet", *words)
    return directory


def _run(directory: Path, *words: str) -> None:
    """Run one command of the local stack; its output is shown when a test fails."""
    subprocess.run(
        [sys.executable, "-m", "stack", f"--local-dir={directory}", *words],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'local'}:{PROJECT}"},
        check=True,
    )


def free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


def describe(directory: Path) -> LocalStack:
    lines = (directory / "aws.env").read_text().splitlines()
    names = dict(line.split("=", 1) for line in lines)
    session = boto3.Session(
        region_name=names["AWS_REGION"],
        aws_access_key_id=names["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=names["AWS_SECRET_ACCESS_KEY"],
    )
    url = names["AWS_ENDPOINT_URL"]
    return LocalStack(
        endpoint=(directory / "endpoint").read_text().strip(),
        upstream=(directory / "upstream").read_text().strip(),
        page=(directory / "page").read_text().strip(),
        table=names["CACHE_TABLE"],
        bucket=names["UPLOADS_BUCKET"],
        secret_arn=names["CREDENTIALS_SECRET_ARN"],
        function=names["FUNCTION_NAME"],
        dynamodb=session.client("dynamodb", endpoint_url=url),
        lambda_=session.client("lambda", endpoint_url=url),
        logs=session.client("logs", endpoint_url=url),
        s3=session.client("s3", endpoint_url=url),
        secretsmanager=session.client("secretsmanager", endpoint_url=url),
        client=lambda service: session.client(service, endpoint_url=url),  # type: ignore[call-overload]
    )
