"""How deep the strokes on a page are, and how sharp: measured where there is writing, on the full picture.

An edge of contrast C blurred by a Gaussian of deviation σ rises by at most C / (σ √2π) from pixel to pixel, whatever
is written; so contrast over steepest rise tells σ. Where strokes are thinner than σ, it looks up to a third smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.gate.sheet import Sheet
from scanner.gate.view import Grey, PageView

_CELL_MM = 11.0
_TILE_MM = 5.0
_MAX_TILES = 64
_MIN_DEPTH = 0.14
"""Share of the paper's light that a stroke takes: show-through and grain take less."""
_MIN_TILES = 5
_SOFTENING = 0.8
"""Deviation in pixels of a Gaussian that quiets the sensor's noise; what it adds to the blur is taken off again."""
_SHARP_PIXELS = 0.9
"""No picture is sharper than its pixels: blur up to this many of them is the resolution's doing."""
_EDGE_MM = 3.0


@dataclass(frozen=True, slots=True)
class Strokes:
    """What the strokes of a page are like; ``tiles`` is how many places were measured.

    ``depth`` is the share of the paper's light that they take, 0–1. ``blur`` is the standard deviation of the blur
    across them in mm, in the worse of both directions; 0.0 where it is no more than the resolution's.
    """

    tiles: int
    depth: float
    blur: float

    @property
    def enough(self) -> bool:
        """Whether there is writing enough to judge by."""
        return self.tiles >= _MIN_TILES


def measure_strokes(page: PageView, sheet: Sheet) -> Strokes:
    """Depth and sharpness of the strokes on ``page``."""
    depths, across, down = [], [], []
    for depth, tile in _tiles(page, sheet):
        depths.append(depth)
        soft = np.asarray(cv2.GaussianBlur(tile, (0, 0), _SOFTENING), np.float32)
        contrast = float(soft.max() - soft.min())
        across.append(_deviation(contrast, np.diff(soft, axis=1)))
        down.append(_deviation(contrast, np.diff(soft, axis=0)))
    if not depths:
        return Strokes(0, 0.0, 0.0)
    pixels = max(float(np.percentile(across, 35)), float(np.percentile(down, 35)))
    blur = pixels * 25.4 / page.dpi if pixels > _SHARP_PIXELS else 0.0
    return Strokes(len(depths), float(np.median(depths)), blur)


def _deviation(contrast: float, rises: NDArray[np.float32]) -> float:
    """σ in pixels of the sharpest edge in a tile."""
    steepest = max(float(np.abs(rises).max()), 1e-3)
    return float(np.sqrt(max((contrast / steepest) ** 2 / (2 * np.pi) - _SOFTENING**2, 0.0)))


def _tiles(page: PageView, sheet: Sheet) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Depth of the deepest stroke of each cell that has one, and the full picture around it in grey."""
    x0, y0, x1, y1 = sheet.inner(page.px(_EDGE_MM))
    light = page.light[y0:y1, x0:x1]
    cell, reach = max(2, round(page.px(_CELL_MM))), max(3, round(_TILE_MM / 2 / 25.4 * page.dpi))
    corners = ((x, y) for y in range(0, light.shape[0], cell) for x in range(0, light.shape[1], cell))
    deepest = [(*_darkest(light[y : y + cell, x : x + cell]), x, y) for x, y in corners]
    strokes = sorted(entry for entry in deepest if entry[0] <= (1 - _MIN_DEPTH) * 255)
    for value, column, row, x, y in strokes[:_MAX_TILES]:
        across, down = (round(at * page.scale) for at in (x0 + x + column, y0 + y + row))
        part = page.full[max(0, down - reach) : down + reach, max(0, across - reach) : across + reach]
        if min(part.shape[:2]) < 3:
            continue
        grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY) if part.ndim == 3 else part
        yield 1 - value / 255, np.asarray(grey, np.float32)


def _darkest(cell: Grey) -> tuple[int, int, int]:
    at = int(cell.argmin())
    row, column = divmod(at, cell.shape[1])
    return int(cell[row, column]), column, row
