"""Cover sheets read again after a hard life, and ordinary pages that must not be taken for them.

``python -m bench.covers [--covers N] [--patches N] [--pages FOLDER...] [--dpi N] [--seed N]``. Covers are rendered
from their PDF, damaged in each of the ways of :data:`WAYS`, laid in one of four directions, and read. Pages are the
pictures and PDFs in the folders, each straight and lying on each side, skewed, and in parts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pdf2image import convert_from_bytes

from core.errors import ButlucError
from imaging.inspect import inspect
from imaging.limits import DEFAULT_LIMITS
from imaging.pdf import render_page
from imaging.picture import sniff
from imaging.raster import load_image
from samples.ageing import RECIPES, age, compressed
from scanner.covers.payload import CoverPayload, new_cover
from scanner.covers.printing import Imprint, cover_pdf
from scanner.covers.reading import Found, read_cover

Page = NDArray[np.uint8]


def rendered(covers: list[CoverPayload], patches: int, dpi: int) -> list[Page]:
    """The pages of a printing as clean RGB pictures."""
    imprint = Imprint(datetime(2026, 11, 23, tzinfo=UTC), "Nguyễn Thị Hường", "Tòa án nhân dân thành phố Hà Nội")
    return [np.asarray(page) for page in convert_from_bytes(cover_pdf(covers, patches, imprint), dpi=dpi)]


def skewed(page: Page, degrees: float, lid: int = 70) -> Page:
    """The sheet laid at an angle; the lid is seen beyond it."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=(lid, lid, lid)), np.uint8)


def creased(page: Page, rng: np.random.Generator) -> Page:
    """Hard creases: paper without toner beside a dark shadow, straight across at any angle."""
    made = page.copy()
    height, width = made.shape[:2]
    for _ in range(int(rng.integers(2, 6))):
        ends = rng.uniform(-0.1, 1.1, (2, 2)) * (width, height)
        ends[0, 0], ends[1, 0] = (0, width) if rng.random() < 0.6 else ends[:, 0]
        (x0, y0), (x1, y1) = ends.astype(int)
        wear = int(rng.integers(2, 9))
        cv2.line(made, (x0, y0), (x1, y1), (238, 236, 230), wear, cv2.LINE_AA)
        cv2.line(made, (x0, y0 + wear), (x1, y1 + wear), (120, 118, 112), max(1, wear // 2), cv2.LINE_AA)
    return made


def spilled(page: Page, rng: np.random.Generator) -> Page:
    """Coffee rings, blots, pen strokes, punched holes, a torn corner."""
    made = page.copy()
    height, width = made.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        middle = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        over = made.copy()
        cv2.circle(over, middle, int(width * rng.uniform(0.10, 0.25)), (90, 60, 30), int(width * 0.02), cv2.LINE_AA)
        made = np.asarray(cv2.addWeighted(over, 0.55, made, 0.45, 0), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        blot = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(made, blot, int(width * rng.uniform(0.006, 0.02)), (40, 30, 70), -1, cv2.LINE_AA)
    points = (rng.uniform(0, 1, (6, 1, 2)) * (width, height)).astype(np.int32)
    cv2.polylines(made, [points], False, (150, 40, 30), int(width * 0.0035), cv2.LINE_AA)
    for hole in (0.4, 0.6):
        cv2.circle(made, (int(width * 0.04), int(height * hole)), int(width * 0.014), (60, 60, 60), -1)
    torn = int(width * rng.uniform(0.05, 0.22))
    corner = np.array([(0, 0), (torn, 0), (0, torn)], np.int32)
    cv2.fillPoly(made, [corner], (70, 70, 70))
    return made


def pale(page: Page, rng: np.random.Generator) -> Page:
    """Printed with the last of the toner, in stripes: 25–60 % of the contrast is left, before it ages."""
    left = rng.uniform(0.25, 0.6)
    stripes = 1 - 0.3 * rng.uniform(0, 1, (1, page.shape[1] // 40 + 2)).astype(np.float32)
    across = cv2.resize(stripes, (page.shape[1], 1), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.asarray(255 - (255 - page.astype(np.float32)) * left * across, np.uint8)


def _recipe(rng: np.random.Generator) -> str:
    return str(rng.choice(sorted(RECIPES)))


def _flat(page: Page, rng: np.random.Generator) -> Page:
    return age(page, RECIPES[_recipe(rng)], int(rng.integers(1 << 30)))


def _skewed(page: Page, rng: np.random.Generator) -> Page:
    return skewed(_flat(page, rng), float(rng.uniform(-8, 8)))


def _stained(page: Page, rng: np.random.Generator) -> Page:
    return _flat(spilled(creased(page, rng), rng), rng)


def _low_contrast(page: Page, rng: np.random.Generator) -> Page:
    made = age(pale(page, rng), RECIPES["office-1996"], int(rng.integers(1 << 30)))
    return compressed(made, int(rng.integers(25, 50)))


WAYS: Mapping[str, Callable[[Page, np.random.Generator], Page]] = {
    "flat": _flat,
    "skewed": _skewed,
    "stained": _stained,
    "low contrast": _low_contrast,
}
"""What happens to a clean cover: aged as our sample pages are (up to 3° skew), and more."""


def turned(page: Page, quarters: int) -> Page:
    """The page turned so that ``quarters`` quarter turns clockwise make it upright again."""
    return np.ascontiguousarray(np.rot90(page, quarters))


def measure_covers(way: str, count: int, dpi: int, seed: int) -> tuple[int, int]:
    """How many covers were read rightly after that damage, and how many were at least known for covers."""
    rng = np.random.default_rng([*WAYS].index(way) * 1000 + seed)
    right = known = 0
    for index in range(count):
        cover = new_cover(f"TAND-HN.HS.{1960 + index % 60}.{index:05d}", document=index + 1, sheets=index)
        page = turned(WAYS[way](rendered([cover], 0, dpi)[0], rng), index % 4)
        if index % 2:
            page = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)
        reading = read_cover(page, dpi)
        good = reading.payload == cover and reading.turn == index % 4 * 90
        right += good
        known += good or reading.found is Found.UNREADABLE
        if not good:
            print(f"{way} {index}: {reading}", file=sys.stderr)
    return right, known


def measure_patches(way: str, count: int, dpi: int, seed: int) -> int:
    """How many Patch T sheets were found after that damage."""
    rng = np.random.default_rng([*WAYS].index(way) * 1000 + seed + 1)
    clean = rendered([], 1, dpi)[0]
    return sum(read_cover(WAYS[way](clean, rng), dpi).found is Found.PATCH_T for _ in range(count))


def ordinary_pages(folders: list[Path]) -> Iterator[tuple[str, Page, float]]:
    """Every page of every picture and PDF below the folders, as often as it can be laid otherwise."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    for path in files:
        try:
            if sniff(path) is None:
                continue
            info = inspect(path, DEFAULT_LIMITS, decode=False)
            for frame in info.frames[:40]:
                if info.extension == ".pdf":
                    scale = min(1.0, 3000 / max(frame.width, frame.height))
                    size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
                    page, dpi = render_page(path, frame.frame, *size), (frame.dpi or 200) * scale
                else:
                    page, dpi = load_image(path, frame.frame), frame.dpi or 200.0
                yield from ((f"{path.name}#{frame.frame} {how}", form, dpi) for how, form in _forms(page))
        except ButlucError as err:  # odd files are part of the folders; they are no pages
            print(f"{path.name}: {err}", file=sys.stderr)


def _forms(page: Page) -> Iterator[tuple[str, Page]]:
    for quarters in range(4):
        yield f"turned {quarters * 90}", turned(page, quarters)
    yield "skewed", skewed(page, 6.0)
    height, width = page.shape[:2]
    yield "upper half", np.ascontiguousarray(page[: height // 2])
    yield "right half", np.ascontiguousarray(page[:, width // 2 :])


def measure_pages(folders: list[Path]) -> tuple[Counter[str], list[float]]:
    """What ordinary pages were taken for, and the milliseconds of one core that each took."""
    found: Counter[str] = Counter()
    times = []
    for name, page, dpi in ordinary_pages(folders):
        started = time.thread_time()
        reading = read_cover(page, dpi)
        if 1500 <= max(page.shape[:2]) <= 3600:
            times.append(1000 * (time.thread_time() - started))
        found[reading.found] += 1
        if reading.found is not Found.NOTHING:
            print(f"{name}: {reading}", file=sys.stderr)
    return found, times


def main() -> None:
    """Print what was found, way by way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--covers", type=int, default=110, help="covers for each kind of damage")
    parser.add_argument("--patches", type=int, default=25, help="patch sheets for each kind of damage")
    parser.add_argument("--pages", type=Path, nargs="*", default=[Path("samples/case-files"), Path("../shared/pages")])
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    for way in WAYS:
        right, known = measure_covers(way, args.covers, args.dpi, args.seed)
        print(f"covers, {way}: {right} of {args.covers} read, {known} known for covers", flush=True)
    for way in WAYS:
        right = measure_patches(way, args.patches, args.dpi, args.seed)
        print(f"Patch T, {way}: {right} of {args.patches} found", flush=True)
    found, times = measure_pages(args.pages)
    taken = ", ".join(f"{count} for {what}" for what, count in found.items())
    print(f"ordinary pages, taken: {taken or 0}")
    if times:
        middle, most = np.percentile(times, (50, 99))
        print(f"milliseconds of one core a page: median {middle:.1f}, 99th percentile {most:.1f}")


if __name__ == "__main__":
    main()
