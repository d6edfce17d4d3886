"""A line of text by its centre line, in pixels of the finder's picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LEVEL_BELOW = 2.5
"""Lines shorter than so many of their heights take the slope of the page: their own is noise."""
_DEGREES = ((9.0, 1), (18.0, 2), (math.inf, 3))
"""Length in heights below which a line's curve has the degree."""
_STRAY_SLOPE = 0.06
_OUTLIER = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """Runs from ``start`` to ``end`` along x; ``up`` and ``down`` are the heights above and below the centre line."""

    start: float
    end: float
    up: float
    down: float
    curve: Floats
    """Polynomial in (x − middle) / half the length, highest power first."""
    points: Floats
    """3×n: x, y and weight of the measurements that the curve goes through."""

    @property
    def height(self) -> float:
        """From the top of marks to the foot of descenders."""
        return self.up + self.down

    @property
    def length(self) -> float:
        """Along x."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The x half-way."""
        return (self.start + self.end) / 2

    def y(self, x: float | Floats) -> Floats:
        """The centre line at ``x``; beyond the ends it goes on as the polynomial does."""
        return np.asarray(np.polyval(self.curve, (np.asarray(x) - self.middle) / (self.length / 2)))

    def slope(self, x: float | Floats) -> Floats:
        """dy/dx at ``x``."""
        half = self.length / 2
        return np.asarray(np.polyval(np.polyder(self.curve), (np.asarray(x) - self.middle) / half) / half)


def fit_line(points: Floats, start: float, end: float, up: float, down: float, page_slope: float) -> TextLine:
    """The line through ``points`` (3×n: x, y, weight), of the degree that its length bears."""
    curve = _fit(points, start, end, up + down, page_slope)
    return TextLine(start, end, up, down, curve, points)


def _fit(points: Floats, start: float, end: float, height: float, page_slope: float) -> Floats:
    x, y, weight = points
    middle, half = (start + end) / 2, (end - start) / 2
    ratio = 2 * half / height
    if ratio < _LEVEL_BELOW or x.size < 4:
        level = float(weight @ (y - page_slope * (x - middle)) / weight.sum())
        return np.array([page_slope * half, level])
    degree = next(degree for limit, degree in _DEGREES if ratio < limit)
    t = (x - middle) / half
    curve = _least_squares(t, y, weight, degree)
    off = np.abs(y - np.polyval(curve, t))
    good = off <= max(2.0, _OUTLIER * float(np.sort(off)[off.size // 2]))
    if not good.all() and good.sum() > degree + 2:
        curve = _least_squares(t[good], y[good], weight[good], degree)
    if degree == 1 and abs(curve[0] / half - page_slope) > _STRAY_SLOPE:
        return np.array([page_slope * half, curve[1]])
    return curve


def _least_squares(t: Floats, y: Floats, weight: Floats, degree: int) -> Floats:
    # The normal equations are well conditioned, for t runs from -1 to 1; np.polyfit takes ten times as long.
    powers = t[:, None] ** np.arange(degree, -1, -1)
    weighted = powers * weight[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ powers + 1e-9 * np.eye(degree + 1), weighted.T @ y))
