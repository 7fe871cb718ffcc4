"""``make plots``: draws docs/plots anew from the committed figures."""

from __future__ import annotations

from benchmarks import baseline, places
from benchmarks.plots import cost, latency, start
from benchmarks.plots.picture import svg

DIRECTORY = places.PROJECT / "docs" / "plots"
PLOTS = (cost, latency, start)


def main() -> None:
    figures = baseline.load()
    DIRECTORY.mkdir(exist_ok=True)
    for plot in PLOTS:
        (DIRECTORY / plot.NAME).write_text(svg(plot.SIZE, plot.TITLE, plot.draw, figures))


if __name__ == "__main__":
    main()
