"""Runs MiniStack, the AWS emulator, in the foreground; its environment variables set it up.

Three of its habits are changed, all private to it: what is replaced is checked first, and the exact
version is pinned in `requirements/`.

MiniStack waits up to 50 ms per invocation for a function's first log line. A proxy that answers
in milliseconds would be measured by that wait, so it is shortened.

MiniStack unpacks the layers anew for each sandbox: 47 MB in 1,600 files. Lambda mounts one
read-only directory for all of them; here, too, each layer is unpacked once and linked into the
sandboxes.

MiniStack's HTTP APIs know no limits and answer errors in words of their own: `gateway/` is put
around them, which keeps AWS's.

Command-line arguments are ignored: they only mark the process as belonging to one stack.
"""

import hashlib
import inspect
import os
import sys
import tempfile
import threading
import zipfile
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypercorn.config import Config
from ministack.app import main
from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import Worker
from ministack.services import lambda_svc

from gateway import HttpApi
from gateway.around_ministack import put_around

LOG_WAITS = {"first_line_wait": 0.002, "idle_confirm": 0.002, "hard_cap": 0.250}
"""Seconds to wait for the first line, for a further line, and at most."""


def shorten_log_waits() -> None:
    """Lower the defaults with which a worker waits for a function's log lines."""
    drain = Worker._drain_stderr_bounded
    arguments = list(inspect.signature(drain).parameters)[1:]
    if arguments != list(LOG_WAITS):
        raise SystemExit(
            f"MiniStack's log waits are now {arguments}, expected {list(LOG_WAITS)}: "
            "adapt local/emulator.py to the pinned version"
        )
    drain.__defaults__ = tuple(LOG_WAITS.values())


class SharedLayers:
    """The layers that have been unpacked, by the SHA-256 of their archives."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def pointer(self, archive: bytes) -> bytes:
        """An archive that holds nothing but the name of the directory with the real one's files."""
        name = hashlib.sha256(archive).hexdigest()
        with self._locks[name]:
            if not self.path(name).exists():
                self._unpack(archive, self.path(name))
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as pointer:
            pointer.writestr(name, b"")
        return made.getvalue()

    def path(self, name: str) -> Path:
        return self._directory / name

    def _unpack(self, archive: bytes, place: Path) -> None:
        unfinished = place.with_suffix(".unfinished")
        with zipfile.ZipFile(BytesIO(archive)) as files:
            files.extractall(unfinished)
        unfinished.rename(place)


def share_layers() -> None:
    """Give each new sandbox links to the layers: neither their archives nor their files."""
    spawn, resolve = Worker._spawn, lambda_svc._resolve_layer_zip
    if lambda_runtime.zipfile is not zipfile or "_resolve_layer_zip" not in inspect.getsource(
        spawn
    ):
        raise SystemExit("MiniStack makes sandboxes in another way now: adapt local/emulator.py")
    layers = SharedLayers(Path(tempfile.mkdtemp(prefix="layers-")))
    state = threading.local()

    def spawn_with_links(worker: Worker) -> None:
        state.is_spawning = True
        try:
            spawn(worker)
        finally:
            state.is_spawning = False

    def pointer_while_spawning(attachment: str | dict[str, Any]) -> bytes | None:
        archive: bytes | None = resolve(attachment)
        spawning = getattr(state, "is_spawning", False)
        return layers.pointer(archive) if archive and spawning else archive

    class PointedTo(zipfile.ZipFile):
        """An archive that is linked, if it is a layer's, instead of unpacked."""

        def extractall(self, path=None, members=None, pwd=None):  # type: ignore[no-untyped-def]
            if not Path(path).name.startswith("layer_"):
                return super().extractall(path, members, pwd)
            Path(path).rmdir()
            return Path(path).symlink_to(layers.path(self.namelist()[0]))

    Worker._spawn = spawn_with_links
    lambda_svc._resolve_layer_zip = pointer_while_spawning
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=PointedTo, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )


def take_long_headers() -> None:
    """Let the gateway refuse them: the server would break off at 16 KB."""
    Config.h11_max_incomplete_size = 1_000_000


if __name__ == "__main__":
    shorten_log_waits()
    share_layers()
    take_long_headers()
    put_around(HttpApi(port=os.environ["GATEWAY_PORT"]))
    sys.argv = sys.argv[:1]
    main()
