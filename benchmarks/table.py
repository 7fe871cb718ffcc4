"""The one table: each figure beside a floor or a peer of the same run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from benchmarks.measured import OURS, Case, Spread

_WIDTH = 110
_HEAD = f"{'':26} {'median':>9} {'quartiles':>17}  {'ratio':>6} {'quartiles':>13}"


def show(cases: Iterable[Case]) -> None:
    part = None
    for case in cases:
        if case.part != part:
            part = case.part
            print(f"\n== {part}\n")
        _show_case(case)


def show_over(cases: Sequence[Case]) -> bool:
    """Prints what is over budget; whether anything is."""
    missed = [(case, bound, ratio) for case in cases for bound, ratio in case.over()]
    print("\n== over budget\n" if missed else "\nEverything is within its budget.")
    for case, bound, ratio in missed:
        print(f"{case.key}: {ratio:.2f} x {bound.reference}, at most {bound.limit:g}")
    return bool(missed)


def _show_case(case: Case) -> None:
    print(f"{case.name}, in {case.unit}; ratios to {case.reference}\n{_HEAD}")
    for variant in case.samples:
        figure, ratio = case.spread(variant), case.ratio(variant)
        line = f"  {variant:24} {figure.median:9.2f} {_quartiles(figure):>17}"
        line += f"  {ratio.median:6.2f} {_quartiles(ratio):>13}"
        print(line + (_budgets(case) if variant == OURS else ""))
    for variant, why in (case.missing or {}).items():
        line = f"  {variant:24} {'-':>9}  {why}"
        print(textwrap.fill(line, _WIDTH, subsequent_indent=" " * 38))
    print()


def _quartiles(spread: Spread) -> str:
    return "" if spread.low == spread.high else f"{spread.low:.2f} - {spread.high:.2f}"


def _budgets(case: Case) -> str:
    """Each bound of ours with what came out."""
    reported = []
    for bound in case.bounds:
        ratio = case.ratio(OURS, bound.reference).median
        verdict = "ok" if ratio <= bound.limit else "OVER"
        reported.append(f"{ratio:.2f} x {bound.reference}, at most {bound.limit:g}: {verdict}")
    return "  " + "; ".join(reported) if reported else ""
