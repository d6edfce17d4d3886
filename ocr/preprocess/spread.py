"""Opened books: two pages in one picture, parted by a gutter that no ink crosses.

The gutter is sought as the straight line near the middle, upright or leaning a little, along which an even page bears
no ink from top to bottom while both sides bear much. Tables and wide lines cross it; running text in two columns is
taken for two pages, which gives the same order of reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box
from ocr.preprocess.paper import Grey, Recipe, flatten_background, shrunk
from ocr.preprocess.skew import ink_threshold

_SIDE = 800
_LEAST_ASPECT, _MOST_ASPECT = 1.2, 2.2
"""Width over height of two pages side by side."""
_MIDDLE = (0.38, 0.62)
"""Shares of the width between which the gutter lies."""
_LEAN = np.linspace(-0.06, 0.06, 25)
"""Slopes dx/dy of the gutter that are tried: up to 3.4 degrees."""
_GUTTER = 0.035
"""Least width of the gutter, in shares of the picture's; the space between columns of a page is narrower."""
_STRAY = 0.02
"""Share of the gutter's height that may bear ink: specks, a thread, the rim of its shadow."""
_LEAST_INK = 0.004
"""Share of each side that bears ink at least; a page of text has 0.03 and more."""
_LEAST_ROWS = 0.2
"""Share of the height over which each side's ink is spread at least."""
_INK = 215
"""Least grey of paper on an even page."""
_BROAD = 7
"""Pixels: ink broader than letters' strokes is shadow, edge or picture."""
_RULE = 0.04
"""Least length of a rule, in shares of the width."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Two pages, in pixels of the picture given."""

    top: float
    """Where the gutter's middle meets the upper edge, x."""
    bottom: float
    """Where it meets the lower edge, x."""
    left: Box
    right: Box
    """The two pages; where the gutter leans, both boxes hold all of it, and nothing is cut."""
    recipe: Recipe


def find_spread(grey: Grey) -> Spread | None:
    """The two pages of an opened book, H×W; ``None`` for any other picture."""
    height, width = grey.shape
    if not _LEAST_ASPECT <= width / height <= _MOST_ASPECT:
        return None
    small = shrunk(grey, _SIDE)
    ink, rules = _ink_and_rules(small)
    best = _emptiest(ink, rules)
    if best is None:
        return None
    middle, lean = best
    rows, columns = ink.shape
    ends = middle - lean * rows / 2, middle + lean * rows / 2
    part = np.arange(columns)[None, :] < (middle + lean * (np.arange(rows) - rows / 2))[:, None]
    if not all(_is_page(ink & side, side) for side in (part, ~part)):
        return None
    scale = width / columns
    top, bottom = round(ends[0] * scale, 1), round(ends[1] * scale, 1)
    left, right = (0, 0, round(max(top, bottom)), height), (round(min(top, bottom)), 0, width, height)
    return Spread(top, bottom, left, right, {"spread": f"gutter from {top:g} to {bottom:g}"})


def _ink_and_rules(small: Grey) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Ink without broad shadows, and of it what runs level for longer than letters do."""
    flat = flatten_background(small)
    ink = np.where(flat < min(ink_threshold(flat), _INK), np.uint8(255), np.uint8(0))
    broad = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_BROAD, _BROAD), np.uint8))
    ink[cv2.dilate(broad, np.ones((_BROAD, _BROAD), np.uint8)) > 0] = 0
    length = round(_RULE * small.shape[1])
    rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return ink > 0, np.asarray(rules > 0, dtype=np.bool_)


def _emptiest(ink: NDArray[np.bool_], rules: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Middle (x at half the height) and slope of the widest empty band, the straightest of those as wide."""
    rows, columns = ink.shape
    ys, xs = np.nonzero(ink)
    # A rule that crosses is proof enough against a gutter.
    weight = np.where(rules[ys, xs], rows, 1)
    low, high = (round(share * columns) for share in _MIDDLE)
    widest, found = _GUTTER * columns, None
    for lean in sorted(_LEAN, key=abs):
        across = np.clip(np.round(xs - lean * (ys - rows / 2)).astype(np.int64), 0, columns - 1)
        crossed = np.bincount(across, weight, minlength=columns)
        start, end = _longest_run(crossed <= _STRAY * rows, low, high)
        if end - start > widest:
            widest, found = end - start + 1.0, ((max(start, low) + min(end, high)) / 2, float(lean))
    return found


def _longest_run(empty: NDArray[np.bool_], low: int, high: int) -> tuple[int, int]:
    """The longest run of empty columns that reaches between ``low`` and ``high``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.astype(np.int8), [0]))))
    runs = [(int(start), int(end)) for start, end in edges.reshape(-1, 2) if end > low and start < high]
    return max(runs, key=lambda run: run[1] - run[0], default=(0, 0))


def _is_page(ink: NDArray[np.bool_], side: NDArray[np.bool_]) -> bool:
    """Whether a side bears enough ink over enough of its height to be a page of its own."""
    rows = ink.any(axis=1)
    return bool(ink.sum() >= _LEAST_INK * side.sum() and rows.sum() >= _LEAST_ROWS * rows.size)
