"""Folios read from corners of real pages, and faults of batches found by them.

``python -m bench.folios --digits FOLDER [--pages FOLDER] [--fonts FOLDER...] [--sheets N] [--batches N] [--seed N]``.
Numbers are put into the upper right corner of the pages of the folder as clerks put them: handwritten by samples that
training never saw, in type, stamped; in ink, ball pen and pencil. First single sheets are read, then batches, half of
them with a fault, are checked as ``batch close`` does.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.inspect import inspect
from imaging.pdf import render_page
from imaging.raster import load_image
from scanner.folios.corner import HIGH_MM, WIDE_MM
from scanner.folios.findings import check
from scanner.folios.folio import Folio
from scanner.folios.reading import read_folios
from scanner.folios.sequence import SURE, Unit
from scanner.folios.training.figures import Inking, Samples, faces, handwritten, load_samples, printed

Picture = NDArray[np.uint8]
DPI = 200
_MM = DPI / 25.4
_INKS = {"pencil": (120, 120, 122), "blue": (40, 50, 150), "black": (30, 30, 32), "red": (170, 40, 45)}
FAULTS = ("gap", "repeat", "moved", "swapped")


@dataclass(frozen=True, slots=True)
class Hand:
    """How the sheets of a case file are numbered."""

    way: str
    ink: str
    face: Path
    before: str
    height_mm: float


def corners(folder: Path, most: int) -> list[Picture]:
    """The upper right corners of the pages below ``folder``, at 200 dpi."""
    found: list[Picture] = []
    for path in sorted(folder.rglob("*.pdf")):
        for frame in inspect(path, decode=False).frames[:4]:
            scale = DPI / (frame.dpi or DPI)
            page = render_page(path, frame.frame, round(frame.width * scale), round(frame.height * scale))
            found.append(_corner(page))
    for path in sorted([*folder.rglob("*.png"), *folder.rglob("*.jpg"), *folder.rglob("*.tif")]):
        found.append(_corner(load_image(path)))
    return found[:most]


def _corner(page: Picture) -> Picture:
    return page[: round(HIGH_MM * _MM), max(0, page.shape[1] - round(WIDE_MM * _MM)) :].copy()


def hand(kind: str, types: Sequence[Path], rng: np.random.Generator) -> Hand:
    """A way of numbering: ``hand`` or ``type``."""
    ink = str(rng.choice(list(_INKS), p=(0.35, 0.35, 0.2, 0.1)))
    before = str(rng.choice(("", "", "", "", "BL ", "Bút lục số: "))) if kind == "type" else ""
    height = rng.uniform(4.0, 8.0) if kind == "hand" else rng.uniform(2.6, 4.5)
    return Hand(kind, ink if kind == "hand" else "black", types[int(rng.integers(len(types)))], before, height)


def numbered(corner: Picture, number: int, by: Hand, samples: Samples, rng: np.random.Generator) -> Picture | None:
    """The corner with the number in a free place near its upper right; ``None`` where there is none."""
    height = round(by.height_mm * _MM * rng.uniform(0.85, 1.15))
    if by.way == "hand":
        inking = handwritten(str(number), samples, rng, height)
    else:
        inking = printed(f"{by.before}{number}", by.face, height)
    place = _free(corner, inking, rng)
    if place is None:
        return None
    x, y = place
    made = corner.copy()
    area = made[y : y + inking.shape[0], x : x + inking.shape[1]].astype(np.float32)
    strength = (inking * rng.uniform(0.7, 1.0))[..., None]
    ink = np.asarray(_INKS[by.ink], np.float32)
    made[y : y + inking.shape[0], x : x + inking.shape[1]] = area * (1 - strength) + area * ink / 255 * strength
    return made


def _free(corner: Picture, inking: Inking, rng: np.random.Generator) -> tuple[int, int] | None:
    """A place with bare paper around; nearer to the corner first."""
    high, wide = inking.shape
    margin, clear = round(4 * _MM), round(2.5 * _MM)
    for _ in range(60):
        x = corner.shape[1] - wide - margin - int(abs(rng.normal(0, 10)) * _MM)
        y = margin + int(abs(rng.normal(0, 5)) * _MM)
        if x < clear or y + high + clear > corner.shape[0]:
            continue
        around = corner[max(0, y - clear) : y + high + clear, x - clear : x + wide + clear]
        if np.percentile(around, 0.5) > np.median(around) - 40:
            return x, y
    return None


def read_sheets(pool: list[Picture], samples: Samples, types: Sequence[Path], count: int, seed: int) -> None:
    """Read rate and errors of single sheets."""
    rng = np.random.default_rng(seed)
    for kind in ("hand", "type"):
        seen: Counter[str] = Counter()
        spent = 0.0
        while seen["all"] < count:
            number = int(rng.integers(1, 400))
            made = numbered(pool[int(rng.integers(len(pool)))], number, hand(kind, types, rng), samples, rng)
            if made is None:
                continue
            began = time.process_time()
            found = read_folios(made, DPI)
            spent += time.process_time() - began
            seen["all"] += 1
            best = found[0] if found else None
            seen["first"] += best is not None and best.value == number
            seen["told"] += any(one.value == number for one in found)
            seen["sure"] += best is not None and best.confidence >= SURE
            seen["sure wrong"] += best is not None and best.confidence >= SURE and best.value != number
        print(kind, dict(seen), f"{spent / seen['all'] * 1000:.1f} ms of one core each", flush=True)
    bare = [read_folios(corner, DPI) for corner in pool]
    sure = sum(bool(found) and found[0].confidence >= SURE for found in bare)
    print(f"without a number: {len(pool)} corners, {sure} sure readings", flush=True)


def order_of(fault: str, count: int, rng: np.random.Generator) -> list[int]:
    """Numbers of the sheets in the order in which they lie."""
    numbers = list(range(1, count + 1))
    at = int(rng.integers(6, count - 6))
    if fault == "gap":
        del numbers[at : at + int(rng.integers(1, 3))]
    elif fault == "repeat":
        numbers.insert(at, numbers[at])
    elif fault == "moved":
        to = (at + count // 2) % count
        numbers.insert(to, numbers.pop(at))
    elif fault == "swapped":
        numbers[at], numbers[at + 1] = numbers[at + 1], numbers[at]
    return numbers


def check_batches(pool: list[Picture], samples: Samples, types: Sequence[Path], count: int, seed: int) -> None:
    """Faults found and false alarms."""
    rng = np.random.default_rng(seed + 1)
    alarms: Counter[str] = Counter()
    rates = []
    for index in range(count):
        fault = "" if index % 2 else FAULTS[index // 2 % len(FAULTS)]
        by = hand("hand" if rng.random() < 0.6 else "type", types, rng)
        units = []
        for sheet, number in enumerate(order_of(fault, int(rng.integers(30, 61)), rng), 1):
            corner = pool[int(rng.integers(len(pool)))]
            made = None if rng.random() < 0.03 else numbered(corner, number, by, samples, rng)
            found: tuple[Folio, ...] = read_folios(corner if made is None else made, DPI)
            units.append(Unit(sheet, f"s{sheet}", found))
        said = check("TAND-HN.HS.1987.00123", units, units)
        rates.append(said.read / said.sheets)
        alarms[f"{fault or 'none'}: {'found' if said.findings else 'silent'}"] += 1
        if bool(fault) != bool(said.findings):
            print(index, fault or "none", by.way, f"{rates[-1]:.2f}", [(it.code, it.params) for it in said.findings])
    print(dict(sorted(alarms.items())), f"read on {np.mean(rates):.3f} of the sheets", flush=True)


def main() -> None:
    """See the module's text."""
    given = argparse.ArgumentParser(description="Measure the reading of folios.")
    given.add_argument("--digits", type=Path, required=True)
    given.add_argument("--pages", type=Path, default=Path("../shared/pages"))
    given.add_argument("--fonts", type=Path, nargs="*", default=[Path("/usr/share/fonts")])
    given.add_argument("--sheets", type=int, default=2000)
    given.add_argument("--batches", type=int, default=200)
    given.add_argument("--seed", type=int, default=7)
    asked = given.parse_args()
    samples, types = load_samples(asked.digits, held_out=True), faces(asked.fonts, "0123456789BúụcLtlốs:")
    folders = ("printed-vi", "scans-vi", "typewritten-fr")
    pool = [corner for name in folders for corner in corners(asked.pages / name, 150)]
    print(f"{len(pool)} corners, {len(types)} type faces", flush=True)
    read_sheets(pool, samples, types, asked.sheets, asked.seed)
    check_batches(pool, samples, types, asked.batches, asked.seed)


if __name__ == "__main__":
    main()
