"""Decodes in a process of its own, which may take so much memory and time, and no more."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.decoder_process import Message, read_message, write_message
from image_search.images.formats.picture import AS_DISPLAYED, Stored
from image_search.images.transcode import Transcoded

if TYPE_CHECKING:
    from subprocess import Popen  # nosec B404 - for its type

# A sound photo of 48 megapixels takes 7 s with the processor that 768 MB come with.
MAX_SECONDS = 20.0

_PROGRAM = "from image_search.images.decoder_process import main; main()"
# What Python and malloc go by. Codecs need none of the rest, credentials least of all.
_ENVIRONMENT = ("LD_", "MALLOC_", "PYTHON")


class Decoder:
    """The process is started for the first image and kept for the next, until one is its end."""

    def __init__(self, memory: int, seconds: float = MAX_SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._process: _Process | None = None
        self._lock = threading.Lock()

    def transcode(
        self,
        content: bytes,
        media_type: str,
        max_side: int,
        max_pixels: int,
        stored: Stored = AS_DISPLAYED,
    ) -> Transcoded:
        """As ``transcode.transcode``, and ``CorruptImage`` where the process came to its end."""
        values = {"media_type": media_type, "max_side": max_side, "max_pixels": max_pixels}
        request = Message({**values, "stored": stored}, content)
        with self._lock:
            process = self._running()
            answer = process.ask(request, self._seconds)
            if answer is None:
                raise CorruptImage(detail=f"the decoder ended with {self._end(process)}")
        return _transcoded(answer)

    def _running(self) -> _Process:
        """The one from before, unless it has ended since or is that of another process."""
        if self._process is not None and not self._process.is_alive():
            self._end(self._process)
        if self._process is None or not self._process.is_ours():
            self._process = _Process.start(self._memory)
            # Not by ``__del__``: of garbage that refers to itself, the process may be finalized
            # before the decoder, and warns that it still runs.
            self._finalizer = weakref.finalize(self, self._process.end_if_ours)
        return self._process

    def _end(self, process: _Process) -> int:
        """Its exit status."""
        self._process = None
        self._finalizer.detach()
        return process.end()


def _transcoded(answer: Message) -> Transcoded:
    values = answer.values
    if "corrupt" in values:
        raise CorruptImage(detail=values["corrupt"])
    if "exceeded" in values:
        raise ImageDimensionsExceeded(values["exceeded"], detail=values["detail"])
    (width, height), (displayed_width, displayed_height) = values["size"], values["displayed"]
    return Transcoded(answer.content, (width, height), (displayed_width, displayed_height))


@dataclass(frozen=True)
class _Process:
    child: Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    parent: int

    @classmethod
    def start(cls, memory: int) -> _Process:
        """Raises ``RuntimeError`` where the process does not come to read its first image."""
        from subprocess import PIPE, Popen  # nosec B404 - most sandboxes never need it

        environment = {k: v for k, v in os.environ.items() if k.startswith(_ENVIRONMENT)}
        child = Popen(  # nosec B603 - the words are ours
            # Without `site`, which looks for packages in places that sys.path names already.
            [sys.executable, "-S", "-c", _PROGRAM, str(memory)],
            stdin=PIPE,
            stdout=PIPE,
            env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        requests, answers = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
        process = cls(child, requests, answers, os.getpid())
        if process._receive() is None:
            raise RuntimeError(f"the decoder cannot be started: status {process.end()}")
        return process

    def is_ours(self) -> bool:
        """Not so in a fork of the process that started it."""
        return self.parent == os.getpid()

    def is_alive(self) -> bool:
        return not self.is_ours() or self.child.poll() is None

    def ask(self, request: Message, seconds: float) -> Message | None:
        """None where no answer comes."""
        watch = threading.Timer(seconds, self.child.kill)
        watch.start()
        try:
            write_message(self.requests, request)
            return self._receive()
        except BrokenPipeError:
            return None
        finally:
            watch.cancel()

    def end(self) -> int:
        """Its exit status; the number of a signal is negative."""
        self.child.kill()
        status = self.child.wait()
        for stream in (self.requests, self.answers):
            with suppress(OSError):  # of what could not be written any more
                stream.close()
        return status

    def end_if_ours(self) -> None:
        if self.is_ours():
            self.end()

    def _receive(self) -> Message | None:
        return read_message(self.answers)
