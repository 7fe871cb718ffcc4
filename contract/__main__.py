"""Writes the document: ``python -m contract``."""

from pathlib import Path

from contract.document import build, to_text

FILE = Path(__file__).parents[1] / "functions" / "api" / "openapi.json"

if __name__ == "__main__":
    FILE.write_text(to_text(build()), encoding="utf-8")
