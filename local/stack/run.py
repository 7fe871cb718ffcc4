"""What one run of the local stack chose for itself, kept for the next command."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stack.ports import HOST


@dataclass(frozen=True)
class Run:
    """Ports of the three servers, and the credentials that both sides of the API are given."""

    port: int
    stand_in_port: int
    page_port: int
    key: str = field(default_factory=lambda: f"key_{secrets.token_hex(8)}", repr=False)
    token: str = field(default_factory=lambda: f"tok_{secrets.token_hex(16)}", repr=False)

    @property
    def emulator_url(self) -> str:
        """Where the emulated AWS answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def stand_in_url(self) -> str:
        """Where the stand-in image search answers."""
        return f"http://{HOST}:{self.stand_in_port}"

    @property
    def page_url(self) -> str:
        """Where the try-it page is."""
        return f"http://{HOST}:{self.page_port}"

    def save(self, file: Path) -> None:
        """Write it down, readable by its owner only."""
        file.touch(mode=0o600)
        os.chmod(file, 0o600)
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, file: Path) -> "Run | None":
        """What `save` wrote, or `None` when there is nothing of use."""
        try:
            return cls(**json.loads(file.read_text()))
        except (OSError, ValueError, TypeError):
            return None
