"""From the finder's maps to pieces of lines: connected cores, each with the centre of its columns and its heights."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.lines.line import Floats, TextLine, fit_line

Maps = NDArray[np.float32]
"""4×h×w: logits of core and of line ends, logarithms of the heights above and below, in pixels of the picture."""

CELL = 4
"""Pixels of the finder's picture to a cell of its maps."""
_CORE = float(np.log(0.4 / 0.6))
_SURE_CORE = 0.0
_END = float(np.log(0.6 / 0.4))
"""Logits: probabilities 0.4, 0.5 and 0.6."""
_SMALLEST = 2
_HEIGHT_RANK = 0.65
_LONG = 6.0


def find_pieces(maps: Maps) -> tuple[list[TextLine], float]:
    """The pieces, from left to right, and the slope of the page's lines (dy/dx; 0.0 where nothing tells)."""
    raw = _components(maps)
    slope = _page_slope(raw)
    pieces = [fit_line(points, start, end, up, down, slope) for points, start, end, up, down in raw]
    return sorted(pieces, key=lambda piece: piece.start), slope


_Raw = tuple[Floats, float, float, float, float]
"""Points, start, end, height above, height below."""


def _components(maps: Maps) -> list[_Raw]:
    core, ends, up, down = maps
    mask = ((core > _CORE) & (ends < _END)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    ys, xs = np.nonzero(mask)
    label = labels[ys, xs].astype(np.int64)
    logits = core[ys, xs]
    peak = np.full(count, -np.inf, np.float32)
    np.maximum.at(peak, label, logits)
    keep = (stats[:, cv2.CC_STAT_AREA] >= _SMALLEST) & (peak >= _SURE_CORE)
    chosen = keep[label]
    ys, xs, label, logits = ys[chosen], xs[chosen], label[chosen], logits[chosen]
    columns = _column_centres(xs, ys, label, 1 / (1 + np.exp(-logits.astype(np.float64))), mask.shape[1])
    above, below = (_ranked(np.exp(height[ys, xs]), label, count) for height in (up, down))
    left, width = stats[:, cv2.CC_STAT_LEFT] * float(CELL), stats[:, cv2.CC_STAT_WIDTH] * float(CELL)
    return [(points, left[i], left[i] + width[i], above[i], below[i]) for i, points in columns]


def _column_centres(
    xs: NDArray[np.int64], ys: NDArray[np.int64], label: NDArray[np.int64], weight: Floats, width: int
) -> list[tuple[int, Floats]]:
    """For each component its number and 3×n: middle of each column, weighted centre in it, weight of it."""
    key, place = np.unique(label * width + xs, return_inverse=True)
    total = np.bincount(place, weight)
    centre = np.bincount(place, weight * (ys + 0.5)) / np.maximum(total, 1e-12)
    points = np.stack([(key % width + 0.5) * CELL, centre * CELL, total])
    numbers, starts = np.unique(key // width, return_index=True)
    return list(zip(numbers.tolist(), np.split(points, starts[1:], axis=1), strict=True)) if numbers.size else []


def _ranked(values: NDArray[np.float32], label: NDArray[np.int64], count: int) -> list[float]:
    """For each component the value that 65 % of its cells do not exceed; 0.0 for those without a cell."""
    order = np.lexsort((values, label))
    sizes = np.bincount(label, minlength=count)
    firsts = np.cumsum(sizes) - sizes
    at = np.minimum(firsts + np.round(_HEIGHT_RANK * np.maximum(sizes - 1, 0)).astype(np.int64), max(0, label.size - 1))
    found = np.where(sizes > 0, values[order][at] if label.size else 0.0, 0.0)
    return [float(value) for value in found]


def _page_slope(raw: list[_Raw]) -> float:
    """The median slope of long pieces, weighted by length."""
    slopes, lengths = [], []
    for points, start, end, up, down in raw:
        if end - start > _LONG * (up + down) and points.shape[1] > 1:
            x, y, weight = points
            away = weight * (x - weight @ x / weight.sum())
            slopes.append(float(away @ y / (away @ x)))
            lengths.append(end - start)
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    reached = np.cumsum(np.array(lengths)[order])
    return float(np.array(slopes)[order][np.searchsorted(reached, reached[-1] / 2)])
