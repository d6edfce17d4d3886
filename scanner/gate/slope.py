"""The slope of the text, by projection profiles (Postl, US patent 4 723 297) of the lower rims of the ink.

Coarse by intent: a doubt is raised at whole degrees, while levelling before reading needs hundredths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner.gate.sheet import Sheet
from scanner.gate.view import PageView

_INK = 190
_MARGIN_MM = 4.0
_MIN_POINTS, _MAX_POINTS = 600, 8000
_SPAN = 20.0
_STEPS = (1.0, 0.2)
_BIN = 2.0
_MIN_SHARPNESS = 2.2
"""Jaggedness of the best profile against that of a typical direction; what has no lines stays near 1."""


def text_slope(page: PageView, sheet: Sheet) -> float | None:
    """Degrees by which text falls to the right, within 20 of level; ``None`` without lines of text."""
    x0, y0, x1, y1 = sheet.inner(page.px(_MARGIN_MM))
    ink = page.light[y0:y1, x0:x1] < _INK
    ys, xs = np.nonzero(ink[:-1] & ~ink[1:])
    if len(xs) < _MIN_POINTS:
        return None
    thin = slice(None, None, max(1, len(xs) // _MAX_POINTS))
    across, down = xs[thin].astype(np.float64) - (x1 - x0) / 2, ys[thin].astype(np.float64)
    centre, span = 0.0, _SPAN
    for step in _STEPS:
        angles = centre + np.arange(-span, span + step / 2, step)
        jags = np.array([_jaggedness(across, down, float(angle)) for angle in angles])
        best = int(jags.argmax())
        if span == _SPAN and jags[best] < _MIN_SHARPNESS * max(float(np.median(jags)), 1e-9):
            return None
        centre, span = float(angles[best]), step
    return round(centre, 1)


def _jaggedness(xs: NDArray[np.float64], ys: NDArray[np.float64], degrees: float) -> float:
    rows = (ys * np.cos(np.radians(degrees)) - xs * np.sin(np.radians(degrees))) / _BIN
    profile = np.bincount((rows - rows.min()).astype(np.int64))
    return float(np.square(np.diff(profile)).sum())
