"""How right and how fast the engines read: a table of pages, means and medians of each set.

``python -m bench.reading FOLDER... [--engine NAME]... [--brief]`` reads every ``*.jpg`` and ``*.png`` below the folders
whose truth lies beside it as ``NAME.gt.txt`` or ``NAME.txt``. Truths of fewer than ten words are passed over.
Measures: see :mod:`bench.textscore`. Seconds are processor time of reading alone, programs called included.
``tesseract`` reads the prepared page as in the product, ``tesseract-alone`` the scan as it is.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray

from bench.textscore import Score, score
from imaging.raster import load_image
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.reader import read_page

Reader = Callable[[NDArray[np.uint8]], tuple[str, float]]
"""From the pixels of a page to its text and the quality the engine gives itself (0.0 if it gives none)."""

ENGINES = ("butluc", "tesseract")
ALONE = "tesseract-alone"
FEWEST_WORDS = 10
HEAD = "| page | page CER | recall | precision | paragraph CER | tone errors | quality | s (processor) |"
LINE = "|---" * 8 + "|"
ROW = "| {} | {:.2%} | {:.3f} | {:.3f} | {:.2%} | {:.2%} | {} | {:.2f} |"


@dataclass(frozen=True, slots=True)
class Result:
    """One page read by one engine."""

    name: str
    score: Score
    quality: float
    seconds: float


def pages(folder: Path) -> Iterator[tuple[Path, str]]:
    """Pictures below a folder, each with its truth."""
    for image in sorted(path for path in folder.rglob("*") if path.suffix in (".jpg", ".png")):
        truths = (image.with_suffix(".gt.txt"), image.with_suffix(".txt"))
        text = next((path.read_text(encoding="utf-8") for path in truths if path.exists()), "")
        if len(text.split()) >= FEWEST_WORDS:
            yield image, text


def make_reader(name: str) -> tuple[str, Reader]:
    """The engine's name and version, and what reads with it."""
    if name == ALONE:
        version = pytesseract.get_tesseract_version()
        return f"tesseract {version} alone", lambda raster: (pytesseract.image_to_string(raster, lang="vie"), 0.0)
    options = OcrOptions(engine=name)
    engine = make_engine(options)

    def read(raster: NDArray[np.uint8]) -> tuple[str, float]:
        page = read_page(raster, options, engine)
        return page.text, page.quality

    return engine.name_version, read


def measure(image: Path, truth: str, read: Reader) -> Result:
    """Read one page and judge it."""
    raster = load_image(image)
    started = _processor()
    text, quality = read(raster)
    seconds = _processor() - started
    return Result(f"{image.parent.name}/{image.stem}", score(truth, text), quality, seconds)


def _processor() -> float:
    """Seconds of processor time of this process and of the programs it has run."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def row(result: Result) -> str:
    """A page as a row of the table."""
    it = result.score
    paragraphs = it.line_errors / max(1, it.line_characters)
    tones = it.tones_wrong / max(1, it.tones_compared)
    quality = f"{result.quality:.3f}"
    return ROW.format(result.name, it.cer, it.recall, it.precision, paragraphs, tones, quality, result.seconds)


def summary(results: Sequence[Result]) -> str:
    """Means and medians; paragraph and tone errors are those of all pages together."""
    scores = [result.score for result in results]
    paragraphs = sum(it.line_errors for it in scores) / max(1, sum(it.line_characters for it in scores))
    tones = sum(it.tones_wrong for it in scores) / max(1, sum(it.tones_compared for it in scores))
    columns = [
        [it.cer for it in scores],
        [it.recall for it in scores],
        [it.precision for it in scores],
        [result.seconds for result in results],
    ]
    rows = []
    for name, middle in (("mean", statistics.mean), ("median", statistics.median)):
        cer, recall, precision, seconds = map(middle, columns)
        rows.append(ROW.format(f"**{name}**", cer, recall, precision, paragraphs, tones, "", seconds))
    return "\n".join(rows)


def quality_fit(results: Sequence[Result]) -> str:
    """How well the pages' quality predicts the share of characters and of words read right."""
    quality = [result.quality for result in results]
    measures = {
        "1 − page CER": [max(0.0, 1 - result.score.cer) for result in results],
        "recall": [result.score.recall for result in results],
    }
    if len(set(quality)) < 2 or any(len(set(right)) < 2 for right in measures.values()):
        return ""
    fits = (f"{statistics.correlation(quality, right):.2f} with {name}" for name, right in measures.items())
    return f"Correlation of quality: {', '.join(fits)}."


def main() -> None:
    """Read the folders with each engine and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument(
        "--engine", action="append", choices=(*ENGINES, ALONE), help="one engine only (may be repeated)"
    )
    parser.add_argument("--brief", action="store_true", help="means and medians only")
    given = parser.parse_args()
    for name in given.engine or ENGINES:
        version, read = make_reader(name)
        for folder in given.folders:
            print(f"\n{version}, {folder.name}\n\n{HEAD}\n{LINE}")
            results = []
            for image, truth in pages(folder):
                results.append(measure(image, truth, read))
                if not given.brief:
                    print(row(results[-1]), flush=True)
            if results:
                print(f"{summary(results)}\n\n{quality_fit(results)}")


if __name__ == "__main__":
    main()
