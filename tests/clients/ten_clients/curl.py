"""curl, as its manual sends a file."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Mapping
from email.parser import BytesHeaderParser
from pathlib import Path

from requests.structures import CaseInsensitiveDict

from clients.ten_clients.exchange import Reply

PATIENCE_SECONDS = 120


class Curl:
    def post_body(self, url: str, photo: Path) -> Reply:
        return self._run(url, "--data-binary", f"@{photo}")

    def post_form(self, url: str, photo: Path) -> Reply:
        return self._run(url, "--form", f"image=@{photo}")

    def post_json(self, url: str, photo: Path) -> Reply:
        document = json.dumps({"image": base64.b64encode(photo.read_bytes()).decode()})
        header = "Content-Type: application/json"
        return self._run(url, "--header", header, "--data-binary", "@-", sent=document.encode())

    def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        return self._run(url, *(word for line in lines for word in ("--header", line)))

    def _run(self, url: str, *words: str, sent: bytes = b"") -> Reply:
        with tempfile.NamedTemporaryFile() as head:
            command = ["curl", "--silent", "--show-error", "--compressed", "--noproxy", "*"]
            command += ["--max-time", str(PATIENCE_SECONDS), "--dump-header", head.name]
            done = subprocess.run(
                [*command, *words, url], input=sent, capture_output=True, check=True
            )
            return _reply(head.read(), done.stdout)


def _reply(head: bytes, content: bytes) -> Reply:
    """Of several heads, the last: a "100 Continue" may come first."""
    last = head.strip().split(b"\r\n\r\n")[-1]
    status_line, _, lines = last.partition(b"\r\n")
    fields = BytesHeaderParser().parsebytes(lines)
    headers = CaseInsensitiveDict(fields.items())
    return Reply(int(status_line.split()[1]), headers, content)
