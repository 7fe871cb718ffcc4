"""``make simulate``: runs everything, and writes the tables of docs/capacity.md anew."""

from __future__ import annotations

from benchmarks.simulation import page, results


def main() -> None:
    results.keep(results.run())
    outcomes = results.load()
    page.write(outcomes)
    for name, table in page.TABLES.items():
        print(f"{name}\n{table(outcomes)}")


if __name__ == "__main__":
    main()
