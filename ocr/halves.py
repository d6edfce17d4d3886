"""Opened books read as two pages, the left one wholly before the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.model import Region
from ocr.preprocess.paper import Grey
from ocr.preprocess.spread import Spread
from ocr.reading import Engine, Reading


def read_halves(page: Grey, spread: Spread, engine: Engine, languages: Sequence[str]) -> Reading:
    """Both pages of an opened book, in pixels of ``page``.

    Rotation, angle, language and recipe are those of the page with more text; the quality is weighted by letters.
    Where both pages lie the wrong way round, that of the right one comes first.
    """
    left, right = (_read(page, box, engine, languages) for box in (spread.left, spread.right))
    first, second = (right, left) if left.rotation == right.rotation == 180 else (left, right)
    main = max(left, right, key=_letters)
    total = _letters(left) + _letters(right)
    quality = (left.quality * _letters(left) + right.quality * _letters(right)) / total if total else 0.0
    return replace(
        main,
        lines=first.lines + second.lines,
        regions=_with_lines_first(first.regions, second.regions, len(first.lines)),
        unread=first.unread + second.unread,
        quality=quality,
        recipe={**spread.recipe, **main.recipe},
    )


def _read(page: Grey, box: tuple[int, int, int, int], engine: Engine, languages: Sequence[str]) -> Reading:
    x0, y0, x1, y1 = box
    reading = engine.read(np.ascontiguousarray(page[y0:y1, x0:x1]), languages)
    shift = np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], dtype=np.float64)
    return reading.moved(shift, page.shape[1], page.shape[0])


def _with_lines_first(first: Sequence[Region], second: Sequence[Region], lines: int) -> tuple[Region, ...]:
    """The regions of both pages, those that hold lines in the order of these, then the others."""
    moved = [replace(region, first=region.first + lines) if region.count else region for region in second]
    both = (*first, *moved)
    return (*(region for region in both if region.count), *(region for region in both if not region.count))


def _letters(reading: Reading) -> int:
    return sum(len(line.text) for line in reading.lines)
