"""The command; see :mod:`bench.reading`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bench.reading
from bench.reading.catalogue import ENGINES, EngineSpec
from bench.reading.measure import Result, measure
from bench.reading.pages import find_pages, spread
from bench.reading.quality import quality_report
from bench.reading.report import errors_report
from bench.reading.tables import PAGE_HEAD, page_row, set_table
from bench.reading.worstlines import draw_sheet, worst_cases


def main() -> None:
    """Read the folders with each engine and print Markdown."""
    given = _arguments()
    specs = {name: spec for name, spec in ENGINES.items() if not given.engine or name in given.engine}
    with tempfile.TemporaryDirectory(prefix="bench-reading-") as work:
        results = _read_sets(given, specs, Path(work))
        print("\n## Quality and confidence\n")
        for name, read in results.items():
            if report := quality_report(name, read, given.quality):
                print(f"{report}\n")
        if given.errors is not None:
            for name, read in results.items():
                _write_errors(name, read, given.errors)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.reading",
        description=bench.reading.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--engine", action="append", choices=tuple(ENGINES), help="one engine only (may be repeated)")
    parser.add_argument("--brief", action="store_true", help="means and medians only")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N pages of each folder, evenly spread")
    parser.add_argument("--marked", action="store_true", help="take the marks _ and ^ out of the truths")
    parser.add_argument("--errors", type=Path, metavar="DIR", help="where to write confusions and worst lines")
    parser.add_argument("--quality", type=Path, metavar="DIR", help="where to write reliability diagrams")
    return parser.parse_args()


def _read_sets(given: argparse.Namespace, specs: dict[str, EngineSpec], work: Path) -> dict[str, list[Result]]:
    """Prints the tables of each folder; gives the results of all folders by engine."""
    results: dict[str, list[Result]] = {name: [] for name in specs}

    def tell(name: str, result: Result) -> None:
        if not given.brief:
            print(page_row(name, result), flush=True)

    for folder in given.folders:
        pages = spread(list(find_pages(folder, work, marked=given.marked)), given.sample)
        print(f"\n## {folder.name} (pages: {len(pages)})\n" + ("" if given.brief else f"\n{PAGE_HEAD}"), flush=True)
        runs = measure(pages, specs, tell)
        versions = "; ".join(f"{name} is {run.version}" for name, run in runs.items() if run.version)
        print(f"\n{versions}.\n\n{set_table(runs)}", flush=True)
        for name, run in runs.items():
            results[name] += run.results
    return results


def _write_errors(name: str, results: Sequence[Result], folder: Path) -> None:
    if not results:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-errors.md").write_text(errors_report(name, results), encoding="utf-8")
    if cases := worst_cases(results):
        draw_sheet(cases, folder / f"{name}-worst.png")


if __name__ == "__main__":
    main()
