"""Builds the real template and deploys it to the emulator."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3

from operations.bytecode import compile_artifacts
from operations.release import UNRELEASED, stamp
from stack import layout
from stack.cors import apply_cors
from stack.environment import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    architecture,
    aws_variables,
    tool_environment,
)
from stack.layout import Layout
from stack.run import Run
from stack.sam import sam

STACK_NAME = "image-search-proxy"
ARTIFACTS_BUCKET = "image-search-proxy-artifacts"


@dataclass(frozen=True)
class Deployed:
    """What the deployed template made: the API's base URL, and the names of the rest."""

    api_id: str
    endpoint: str
    table: str
    bucket: str
    secret_arn: str
    function: str
    log_group: str

    def variables(self, run: Run) -> dict[str, str]:
        """What a script needs to look into the stack, as environment variables."""
        return {
            **aws_variables(run.emulator_url),
            "CACHE_TABLE": self.table,
            "UPLOADS_BUCKET": self.bucket,
            "CREDENTIALS_SECRET_ARN": self.secret_arn,
            "FUNCTION_NAME": self.function,
            "LOG_GROUP": self.log_group,
        }


def python_runtime(python: Path) -> str:
    """The Lambda runtime that `python`, the one that will run the functions, stands for."""
    program = "import sys; print('python%d.%d' % sys.version_info[:2])"
    return subprocess.check_output([python, "-c", program], text=True).strip()


def build(
    place: Layout, run: Run, runtime: str, python: Path, template: Path = layout.TEMPLATE
) -> None:
    """Build; layers get the wheels that `runtime` needs on this machine, and `python` compiles."""
    options = {
        "--template-file": str(template),
        "--build-dir": str(place.build),
        "--cache-dir": str(place.build_cache / runtime),  # not shared between runtimes
    }
    sam("build", options, place, tool_environment(place.scratch, run.emulator_url, runtime))
    compile_artifacts(place.build, python)
    built = place.build / "template.yaml"
    if UNRELEASED in built.read_text():  # not in templates from before there was a stamp
        stamp(built)


def deploy(
    place: Layout,
    run: Run,
    runtime: str,
    overrides: Mapping[str, str],
    *,
    built: Path | None = None,
    name: str = STACK_NAME,
) -> Deployed:
    """Deploy what was built, here or in `built`, with `overrides` of the template's parameters."""
    client = emulated().client("s3", endpoint_url=run.emulator_url)
    client.create_bucket(Bucket=ARTIFACTS_BUCKET)
    options = {
        "--template-file": str((built or place.build) / "template.yaml"),
        "--stack-name": name,
        "--s3-bucket": ARTIFACTS_BUCKET,
        "--region": REGION,
    }
    environment = tool_environment(place.scratch, run.emulator_url, runtime)
    parameters = _parameters(run, runtime, overrides)
    sam("deploy", options, place, environment, parameters=parameters)
    made = deployed(run, name)
    apply_cors(emulated(), run.emulator_url, made.api_id, parameters)
    return made


def deployed(run: Run, name: str = STACK_NAME) -> Deployed:
    """What the deployed stack made, read from its outputs."""
    client = emulated().client("cloudformation", endpoint_url=run.emulator_url)
    stack = client.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return Deployed(
        api_id=outputs["ApiId"],
        endpoint=f"{run.emulator_url}/_aws/execute-api/{outputs['ApiId']}",
        table=outputs["TableName"],
        bucket=outputs["BucketName"],
        secret_arn=outputs["SecretArn"],
        function=outputs["FunctionName"],
        log_group=outputs["LogGroup"],
    )


def emulated() -> boto3.Session:
    """A session with the emulator's test credentials."""
    return boto3.Session(
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )


def _parameters(run: Run, runtime: str, overrides: Mapping[str, str]) -> dict[str, str]:
    return {
        "ClientId": "cio-be-lambda-local",
        "ConstructorKey": run.key,
        "ConstructorToken": run.token,
        "UpstreamUrl": run.stand_in_url,
        "PythonRuntime": runtime,
        "Architecture": architecture(),
        "SnapStart": "off",
        "RequireTls": "false",
        "AllowAnonymous": "true",
        "CorsAllowOrigins": "*",
        "AllowCacheBypass": "true",
        # More than development ever needs.
        "SearchesPerMinute": "1000000",
        "SearchesPerDay": "1000000",
        "UpstreamCallsPerDay": "1000000",
        "UploadsThrottleRate": "10000",
        "UploadsThrottleBurst": "5000",
        **overrides,
    }
