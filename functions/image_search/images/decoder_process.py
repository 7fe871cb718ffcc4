"""The process that decodes: ``main`` takes one image after another from standard input.

Codecs get no more memory than they are allowed, and some of them abort where there is none. Here
that ends nothing but this process. A message is a line of JSON, and then as many bytes as it says.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import dataclass, field
from typing import IO, Any

from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.formats.picture import Stored
from image_search.images.transcode import transcode


@dataclass(frozen=True)
class Message:
    """``values`` are JSON; ``content`` are the bytes of a picture, if there is one."""

    values: dict[str, Any]
    content: bytes = field(default=b"", repr=False)


def write_message(stream: IO[bytes], message: Message) -> None:
    stream.write(json.dumps({**message.values, "bytes": len(message.content)}).encode() + b"\n")
    stream.write(message.content)
    stream.flush()


def read_message(stream: IO[bytes]) -> Message | None:
    """None at the end of the stream, wherever that is."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    values = json.loads(line)
    length = values.pop("bytes")
    content = stream.read(length)
    return Message(values, content) if len(content) == length else None


def main() -> None:
    """Its argument: bytes of memory that the process may have."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
    # What a codec prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    write_message(answers, Message({"ready": True}))
    while (request := read_message(sys.stdin.buffer)) is not None:
        write_message(answers, _answer(request.content, **request.values))


def _answer(content: bytes, stored: list[Any], **values: Any) -> Message:
    try:
        made = transcode(content, stored=Stored(*stored), **values)
    except CorruptImage as error:
        return Message({"corrupt": error.detail})
    except ImageDimensionsExceeded as error:
        return Message({"exceeded": error.public_message, "detail": error.detail})
    return Message({"size": made.size, "displayed": made.displayed}, made.content)
