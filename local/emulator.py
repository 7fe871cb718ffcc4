"""Runs MiniStack, the AWS emulator, in the foreground; its environment variables set it up.

Two of its habits are changed, both private to it: what is replaced is checked first, and the exact
version is pinned in `requirements/`.

MiniStack waits up to 50 ms per invocation for a function's first log line. A proxy that answers
in milliseconds would be measured by that wait, so it is shortened.

MiniStack unpacks the layers anew for each sandbox: 47 MB in 1,600 files. Lambda mounts one
read-only directory for all of them; here, too, each layer is unpacked once and linked into the
sandboxes.

Command-line arguments are ignored: they only mark the process as belonging to one stack.
"""

import hashlib
import inspect
import sys
import tempfile
import threading
import zipfile
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import Worker

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

    def unpacked(self, archive: Path) -> Path:
        """Where the archive's files are; a second caller waits for the first to unpack them."""
        name = hashlib.sha256(archive.read_bytes()).hexdigest()
        place = self._directory / name
        with self._locks[name]:
            if not place.exists():
                unfinished = place.with_suffix(".unfinished")
                with zipfile.ZipFile(archive) as files:
                    files.extractall(unfinished)
                unfinished.rename(place)
        return place


def share_layers() -> None:
    """Have the sandboxes' ``layer_<n>.zip`` linked instead of unpacked."""
    if getattr(lambda_runtime, "zipfile", None) is not zipfile or "layer_{" not in (
        inspect.getsource(Worker._spawn)
    ):
        raise SystemExit(
            "MiniStack unpacks layers in another way now: adapt local/emulator.py to it"
        )
    layers = SharedLayers(Path(tempfile.mkdtemp(prefix="layers-")))

    class LinkedLayer(zipfile.ZipFile):
        """An archive that, if it is a layer's, is not unpacked into each sandbox."""

        @property
        def _is_layer(self) -> bool:
            return Path(self.filename or "").name.startswith("layer_")

        def namelist(self) -> list[str]:
            # Each name would be checked, 6,000 times for each sandbox; our own build made them.
            return [] if self._is_layer else super().namelist()

        def extractall(self, path=None, members=None, pwd=None):  # type: ignore[no-untyped-def]
            if not self._is_layer:
                return super().extractall(path, members, pwd)
            Path(path).rmdir()
            return Path(path).symlink_to(layers.unpacked(Path(str(self.filename))))

    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=LinkedLayer,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
    )


if __name__ == "__main__":
    shorten_log_waits()
    share_layers()
    sys.argv = sys.argv[:1]
    main()
