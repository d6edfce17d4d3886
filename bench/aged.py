"""Character error rate on the aged sample pages: plain Tesseract beside our reader, page by page.

``python -m bench.aged [FOLDER]`` takes every ``*.jpg`` with its ``*.txt`` below FOLDER (the samples).
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import pytesseract
from rapidfuzz.distance import Levenshtein

from core.text import nfc
from imaging.raster import load_image
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.reader import read_page


def character_errors(truth: str, read: str) -> float:
    """Levenshtein distance over the length of the truth, both NFC with white space folded."""
    want, got = (" ".join(nfc(text).split()) for text in (truth, read))
    return Levenshtein.distance(want, got) / max(1, len(want))


def measure(image: Path) -> tuple[float, float, float, float]:
    """CER and seconds of plain Tesseract, CER and seconds of our reader, on one page."""
    truth = image.with_suffix(".txt").read_text(encoding="utf-8")
    started = time.perf_counter()
    plain = pytesseract.image_to_string(str(image), lang="vie")
    between = time.perf_counter()
    options = OcrOptions()
    ours = read_page(load_image(image), options, make_engine(options)).text
    ended = time.perf_counter()
    return character_errors(truth, plain), between - started, character_errors(truth, ours), ended - between


def main() -> None:
    """Print a row per page and the medians, as Markdown."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("samples/case-files")
    images = [path for path in sorted(folder.rglob("*.jpg")) if len(path.with_suffix(".txt").read_text().split()) > 40]
    print("| page | tesseract CER | s | ours CER | s |\n|---|---|---|---|---|")
    rows = []
    for image in images:
        rows.append(measure(image))
        name = f"{image.parent.name}/{image.name}"
        print("| {} | {:.1%} | {:.2f} | {:.2%} | {:.2f} |".format(name, *rows[-1]), flush=True)
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    means = [statistics.mean(column) for column in zip(*rows, strict=True)]
    for name, values in (("median", medians), ("mean", means)):
        print("| **{}** | {:.1%} | {:.2f} | {:.2%} | {:.2f} |".format(name, *values))


if __name__ == "__main__":
    main()
