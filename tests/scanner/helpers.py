"""Small pages and batches for the tests of the scanner."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from scanner.acts import Others
from scanner.ingest import IngestResult, ingest
from scanner.options import ScanOptions
from scanner.sources import expand

CASE = "TAND-HN.HS.1987.00123"
OTHERS = Others(lambda case_file, wanted=None, /: 99)


def draw(number: int, size: tuple[int, int] = (413, 585)) -> Image.Image:
    """A page of A4 at 50 dpi (or ``size``) that differs from every other ``number``."""
    image = Image.new("L", size, 235)
    pen = ImageDraw.Draw(image)
    for row in range(10, size[1] - 20, 12):
        pen.line((20, row, size[0] - 20 - (row * number) % 60, row), fill=20 + number % 40, width=3)
    pen.rectangle((5, 5, 6 + number % 200, 8), fill=0)
    return image


def save(path: Path, number: int, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(number).save(path, **{"dpi": (50, 50), **options})
    return path


def counter() -> Callable[[str], int]:
    numbers = count(1)
    return lambda case_file: next(numbers)


def take(home: Path, *paths: Path, options: ScanOptions | None = None, **given: Any) -> IngestResult:
    """Ingest ``paths`` into the batch ``lô-1`` of ``home``."""
    settings = {"allocate": counter(), "by": "Nguyễn Thị Lan", "lock": home / "run" / "lô-1.lock", **given}
    return ingest(home / "lô-1", expand(paths), CASE, "court-a4", options or ScanOptions(), **settings)
