"""``make plots``: draws docs/plots anew from the committed figures."""

from __future__ import annotations

from benchmarks import baseline, places
from benchmarks.plots import cost, latency, start

DIRECTORY = places.PROJECT / "docs" / "plots"


def main() -> None:
    figures = baseline.load()
    DIRECTORY.mkdir(exist_ok=True)
    for plot in (cost, latency, start):
        (DIRECTORY / plot.NAME).write_text(plot.draw(figures))


if __name__ == "__main__":
    main()
