"""How often the gate finds what is wrong with a page, and how often it finds fault with good ones.

``python -m bench.gate [--dpi 300] [--pages N] [--good FOLDER ...]``. Faults of known size are done to the pages of
the sample case files as a good scanner takes them; the rates are shares of pages. ``--good`` judges real pictures,
whose resolution is taken from their size on A4.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import cv2

from imaging.raster import load_image
from samples.faults import (
    Picture,
    blurred,
    cornered,
    exposed,
    on_ground,
    overlapping,
    scanned,
    second_tone,
    shifted,
    smeared,
    streaked,
    turned,
)
from samples.fonts import FontBook
from samples.make import CASES, age_page, document_seed, render_case
from scanner.gate.findings import Judgement
from scanner.gate.judge import judge
from scanner.gate.options import Check, GateOptions
from scanner.gate.streaks import RollerHistory
from scanner.measure import assumed_dpi
from scanner.options import ScanOptions

SEED = 1975
Fault = Callable[[Picture], Picture]


def pages(dpi: int, count: int) -> Iterator[tuple[Picture, Picture]]:
    """Pages of the sample case files, as a good scanner takes them new and as they are after their ageing."""
    book, made = FontBook(), 0
    for case_file in sorted(path.name for path in CASES.iterdir() if path.is_dir()):
        for document, rendered in render_case(case_file, book, dpi, SEED):
            for number, page in enumerate(rendered):
                if page.blank or made == count:
                    continue
                made += 1
                seed = document_seed(case_file, document, SEED) * 100 + number
                yield scanned(page.image, seed), age_page(document, page, rendered[number - 1], seed).image


def faults(dpi: int) -> dict[str, tuple[str, Fault]]:
    """Each fault by its description, with the codes that name it."""
    made: dict[str, tuple[str, Fault]] = {"none": ("", lambda page: page)}
    for sigma in (0.12, 0.16, 0.2, 0.25, 0.3, 0.4):
        made[f"blur {sigma} mm"] = "blurred", partial(blurred, dpi=dpi, sigma=sigma)
    for length in (0.4, 0.8, 1.2):
        made[f"smear {length} mm"] = "blurred", partial(smeared, dpi=dpi, length=length)
    for right, down in ((-36, 0), (26, 0), (0, -30), (0, 40)):
        for ground in (40, 250):
            shift = partial(shifted, dpi=dpi, right=right, down=down, ground=ground)
            made[f"shift {right},{down} mm on {ground}"] = "cut outside", shift
    for degrees in (1, 2, 4, 7, 10, 14):
        made[f"turn {degrees}°"] = "skew", partial(turned, degrees=degrees)
    for gain in (0.1, 0.2, 0.35, 0.5, 1.3, 1.6, 2.2):
        made[f"light ×{gain}"] = "dark burnt faint black white", partial(exposed, gain=gain)
    for leg in (5, 10, 20, 35):
        for ground, folded in ((40, True), (252, True), (40, False)):
            name = f"corner {'folded' if folded else 'missing'} {leg} mm on {ground}"
            made[name] = "corner", partial(cornered, dpi=dpi, leg=leg, ground=ground, folded=folded)
    made["on a dark ground"] = "", partial(on_ground, dpi=dpi, margin=8)
    made["on a white ground"] = "", partial(on_ground, dpi=dpi, margin=8, ground=253)
    made["another sheet's tone 6 %"] = "second-sheet", partial(second_tone, dpi=dpi, at=230, percent=6)
    return made


def codes(judgement: Judgement) -> set[str]:
    """The codes found, without their common beginning."""
    return {finding.code.removeprefix("scanner.gate-") for finding in judgement.findings}


def report(name: str, expected: str, judgements: Iterable[Judgement]) -> None:
    """Print the share found (of the expected codes), the verdicts, and what else was found."""
    verdicts: Counter[str] = Counter()
    others: Counter[str] = Counter()
    found = count = 0
    for judgement in judgements:
        count += 1
        verdicts[judgement.verdict] += 1
        found += bool(codes(judgement) & set(expected.split()))
        others.update(codes(judgement) - set(expected.split()))
    print(f"{name:34} found {found / count:5.0%}  {dict(verdicts)}  others {dict(others)}", flush=True)


def feed(sheets: Iterable[Picture], dpi: int) -> Iterator[Judgement]:
    """Judge pages in feed order, by a profile that asks for their resolution."""
    history, options = RollerHistory(), ScanOptions(dpi=dpi)
    for sheet in sheets:
        yield judge(sheet, dpi, options, history)


def synthetic(dpi: int, count: int) -> None:
    """Every fault on every page."""
    both = list(pages(dpi, count))
    fresh, aged = [pair[0] for pair in both], [pair[1] for pair in both]
    print(f"{len(fresh)} pages at {dpi} dpi")
    report("aged", "", feed(aged, dpi))
    for name, (expected, fault) in faults(dpi).items():
        report(name, expected, (next(feed([fault(page)], dpi)) for page in fresh))
    for gain in (1.6, 2.2):
        brighter = (next(feed([exposed(page, gain)], dpi)) for page in aged)
        report(f"light ×{gain}, aged", "burnt faint", brighter)
    for width, percent in ((0.1, 10), (0.2, 5), (0.3, 15), (0.2, -3)):
        for kind, group in (("new", fresh), ("aged", aged)):
            streaks = (streaked(page, dpi, 77.3, width, percent) for page in group)
            judged = list(feed(streaks, dpi))
            report(f"streak {width} mm {percent} % {kind}, page 1", "streak-alone", judged[:1])
            report(f"streak {width} mm {percent} % {kind}, page 3 on", "streaks", judged[2:])
    for shift in (8, 20, 60):
        pairs = zip(fresh, fresh[1:] + fresh[:1], strict=True)
        double = [overlapping(first, second, dpi, shift) for first, second in pairs]
        report(f"two sheets, {shift} mm apart", "too-long", (next(feed([page], dpi)) for page in double))
        report(f"two sheets, {shift} mm apart, edge", "second-sheet", (next(feed([page], dpi)) for page in double))
    speed(fresh[0], dpi)


def speed(page: Picture, dpi: int) -> None:
    """Print the processor time of one page."""
    cv2.setNumThreads(1)
    history, options = RollerHistory(), ScanOptions(dpi=dpi)
    seconds: list[float] = []
    for _ in range(25):
        started = time.process_time()
        judge(page, dpi, options, history)
        seconds.append(time.process_time() - started)
    print(f"one page: median {statistics.median(seconds):.3f} s, worst {max(seconds):.3f} s of processor time")


def real(folder: Path) -> None:
    """Judge the pictures of a folder as one feed; sizes and resolutions are not the gate's to blame here."""
    history, judged = RollerHistory(), []
    options = ScanOptions(dpi=1, min_dpi=1, gate=GateOptions(off=frozenset({Check.SIZE})))
    for path in sorted(it for it in folder.rglob("*") if it.suffix in (".jpg", ".png", ".tif")):
        raster = load_image(path)
        dpi = assumed_dpi(raster.shape[1], raster.shape[0], options)
        judged.append(judge(raster, dpi, options, history))
    report(folder.name, "", judged)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--good", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    for folder in args.good:
        real(folder)
    if args.pages:
        synthetic(args.dpi, args.pages)


if __name__ == "__main__":
    main()
