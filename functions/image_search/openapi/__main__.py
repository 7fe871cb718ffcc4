"""Writes the document: ``python -m image_search.openapi``."""

from pathlib import Path

from image_search.openapi.document import build, to_text

FILE = Path(__file__).parent.parent / "openapi.json"

if __name__ == "__main__":
    FILE.write_text(to_text(build()), encoding="utf-8")
