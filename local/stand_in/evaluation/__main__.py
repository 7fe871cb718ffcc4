"""`python -m stand_in.evaluation`: measure, print tables, fail when a target is missed."""

import argparse
import sys
import time

from rich.console import Console
from rich.table import Table

from stand_in.evaluation.cost import Cost
from stand_in.evaluation.detection import Detection
from stand_in.evaluation.evaluate import Evaluation, evaluate
from stand_in.evaluation.recognition import Recognition
from stand_in.evaluation.targets import missed
from stand_in.service.engine import Engine


def main() -> None:
    """Read the command line, evaluate, print."""
    parser = argparse.ArgumentParser(prog="stand_in.evaluation", description=__doc__)
    parser.add_argument("--singles", type=int, default=336, help="photos of one product")
    parser.add_argument("--scenes", type=int, default=60, help="photos of three products")
    parser.add_argument("--seed", type=int, default=2024)
    arguments = parser.parse_args()
    console = Console(width=110)
    console.print(
        f"Searching with {arguments.singles} photos of one product and {arguments.scenes} of three:"
        " about two minutes …"
    )
    start, began = Cost(), time.perf_counter()
    engine = start.timed(Engine)
    found = evaluate(
        engine.index, engine.products, arguments.singles, arguments.scenes, arguments.seed
    )
    console.print(_recognition_table(found.recognition))
    console.print(_detection_table(found.detection))
    console.print(_cost_table(found, start, len(engine.products)))
    console.print(f"evaluated in {time.perf_counter() - began:.0f} s")
    failures = missed(found)
    if failures:
        sys.exit("\n".join(failures))


def _recognition_table(kinds: dict[str, Recognition]) -> Table:
    table = Table(title="One product: what the first five results hold, in percent", min_width=70)
    for heading in ("", *kinds):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("photos", *(str(counts.photos) for counts in kinds.values()))
    for name in Recognition().shares():
        table.add_row(name, *(_percent(counts.shares()[name]) for counts in kinds.values()))
    return table


def _detection_table(kinds: dict[str, Detection]) -> Table:
    table = Table(title="Three products: boxes that agree by half, in percent", min_width=70)
    for heading in ("", *kinds):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("objects", *(str(counts.objects) for counts in kinds.values()))
    for name in ("recall", "precision", "right_class"):
        shares = (_percent(getattr(counts, name)) for counts in kinds.values())
        table.add_row(name.replace("_", " "), *shares)
    return table


def _cost_table(found: Evaluation, start: Cost, products: int) -> Table:
    table = Table(title="Processor time in milliseconds", min_width=70)
    for heading in ("", "median", "95th percentile"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, cost in (
        ("a search of one product", found.search),
        ("a search of three segments", found.segmented_search),
        (f"start with {products} products", start),
    ):
        table.add_row(name, *(f"{cost.percentile(share):.0f}" for share in (50, 95)))
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
