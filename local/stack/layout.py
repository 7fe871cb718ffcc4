"""Where things are: the project's files, and the files of one local stack."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATE = PROJECT / "template.yaml"
SAM_CONFIG = PROJECT / "samconfig.toml"
EMULATOR = PROJECT / "local" / "emulator.py"


@dataclass(frozen=True)
class Layout:
    """The files of the stack that lives in `directory`."""

    directory: Path

    @property
    def endpoint(self) -> Path:
        """Holds the API's base URL, without a trailing slash."""
        return self.directory / "endpoint"

    @property
    def upstream(self) -> Path:
        """Holds the stand-in's base URL, without a trailing slash."""
        return self.directory / "upstream"

    @property
    def page(self) -> Path:
        """Holds the try-it page's URL, without a trailing slash."""
        return self.directory / "page"

    @property
    def aws_environment(self) -> Path:
        """Holds `NAME=value` lines: how to reach the emulator, and the names of what is in it."""
        return self.directory / "aws.env"

    @property
    def sample(self) -> Path:
        """A picture to search with."""
        return self.directory / "sample.jpg"

    @property
    def run(self) -> Path:
        """What this run chose: ports, key and token."""
        return self.directory / "run.json"

    @property
    def scratch(self) -> Path:
        """Temporary files of the emulator and of sam."""
        return self.directory / "tmp"

    @property
    def build(self) -> Path:
        """What `sam build` built."""
        return self.directory / "build"

    @property
    def build_cache(self) -> Path:
        """What `sam build` need not build again."""
        return self.directory / "build-cache"

    def log(self, name: str) -> Path:
        """The output of the process or command called `name`."""
        return self.directory / f"{name}.log"

    def process(self, name: str) -> Path:
        """What is known of the background process called `name`."""
        return self.directory / f"{name}.pid"

    def shown(self, path: Path) -> str:
        """`path` as a person would type it from the project's directory."""
        return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
