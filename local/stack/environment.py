"""The environment variables that the stack's processes get, and no others that would mislead them.

Nothing here may reach AWS itself: credentials are the emulator's test ones, every endpoint is
the emulator's, and the user's own profile and configuration files are out of sight.
"""

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.ports import HOST

REGION = "us-east-1"
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"

_NO_ACCOUNT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
_NO_PROXY = {"NO_PROXY": f"{HOST},localhost", "no_proxy": f"{HOST},localhost"}

# The emulator runs functions on this machine itself: on a Mac, Linux wheels would not load.
_LAYER_PLATFORM = {"Darwin": {"LAYER_PLATFORM": "macos"}}

# The emulator hands its environment on to the functions, so it starts from very little.
_KEPT_FOR_SERVERS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")

# A user's AWS account, and what an outer `make` or Python says about itself.
_DROPPED_FOR_TOOLS = ("AWS_", "SAM_", "MAKE", "MFLAGS", "PYTHON", "VIRTUAL_ENV")


def isolate() -> None:
    """Put the user's AWS account, and any proxy, out of the way of this process."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(_NO_ACCOUNT | _NO_PROXY)


def aws_variables(emulator_url: str) -> dict[str, str]:
    """What an AWS SDK needs to talk to the emulator and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": emulator_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        **_NO_ACCOUNT,
    }


def server_environment(scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """For the emulator and the stand-in: they only ever talk to this machine."""
    kept = {name: os.environ[name] for name in _KEPT_FOR_SERVERS if name in os.environ}
    return {**kept, "TMPDIR": str(scratch), **extra}


def emulator_environment(scratch: Path, port: int) -> dict[str, str]:
    """For MiniStack, listening on `port` and keeping nothing beyond its own life."""
    settings = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true",  # functions may do what their roles allow, and no more
        "MINISTACK_REGION": REGION,
    }
    return server_environment(scratch, settings)


def tool_environment(scratch: Path, emulator_url: str, runtime: str) -> dict[str, str]:
    """For sam, which may need the machine's proxy and index settings to build the layer."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_DROPPED_FOR_TOOLS)
    }
    return {
        **kept,
        **aws_variables(emulator_url),
        **_NO_PROXY,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        "__SAM_CLI_APP_DIR": str(scratch / "sam"),
        "PYTHON_RUNTIME": runtime,
        "ARCHITECTURE": architecture(),
        "UV": str(Path(sys.executable).parent / "uv"),
        **_LAYER_PLATFORM.get(platform.system(), {}),
    }


def architecture() -> str:
    """This machine's processor, as Lambda calls it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"
