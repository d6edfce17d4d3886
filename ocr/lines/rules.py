"""Ruled lines: which of a page's text stands in tables, and in what order their cells are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Points = NDArray[np.float64]
"""2×n: x and y."""

_CELL = 4
"""Pixels of the finder's picture to a cell of the masks of rules."""
_SHORTEST = 32
"""Pixels; no letter's stroke is so long."""
_DARKER = 20
"""Greys by which a rule is darker than its surroundings."""
_AROUND = 31
_SPANNING = 0.8
"""Share of a region's side that a rule must cover to part it."""
_SMALLEST = 0.15
"""Least width of a table as a share of the picture's."""
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class _Region:
    x0: int
    y0: int
    x1: int
    y1: int

    def holds(self, x: float, y: float) -> bool:
        return self.x0 * _CELL <= x < self.x1 * _CELL and self.y0 * _CELL <= y < self.y1 * _CELL


class Rules:
    """The ruled lines of a page, levelled by its slope.

    Args:
        picture: the finder's picture, H×W.
        slope: dy/dx of the page's lines.
    """

    def __init__(self, picture: Grey, slope: float) -> None:
        around = cv2.blur(picture, (_AROUND, _AROUND))
        _, ink = cv2.threshold(cv2.subtract(around, picture), _DARKER, 255, cv2.THRESH_BINARY)
        level = np.array([[1.0, slope, 0.0], [-slope, 1.0, 0.0]])
        size = picture.shape[1], picture.shape[0]
        levelled = np.asarray(cv2.warpAffine(ink, level, size, flags=cv2.INTER_NEAREST), dtype=np.uint8)
        self._across = _strokes(levelled, (_SHORTEST, 1))
        self._down = _strokes(levelled, (1, _SHORTEST))

    def tables(self, middles: Points) -> list[list[list[int]]]:
        """For each table its cells in reading order; each cell is the numbers of the points that stand in it."""
        left = set(range(middles.shape[1]))
        found = []
        for region in self._grids():
            inside = [i for i in sorted(left) if region.holds(middles[0, i], middles[1, i])]
            cells = [cell for cell in self._cells(region, inside, middles, 0) if cell]
            if len(cells) > 1:
                found.append(cells)
                left.difference_update(inside)
        return found

    def _grids(self) -> Iterator[_Region]:
        """Bounds of connected rules that could be tables."""
        both = cv2.dilate((self._across | self._down).astype(np.uint8), np.ones((3, 3), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=8, ltype=cv2.CV_32S)
        for x, y, width, height, _ in stats[1:].tolist():
            if width >= _SMALLEST * both.shape[1] and height * _CELL >= _SHORTEST:
                yield _Region(x, y, x + width, y + height)

    def _cells(self, region: _Region, inside: Sequence[int], middles: Points, depth: int) -> Iterator[list[int]]:
        """Rows first, then the cells of a row; a cell may be parted again."""
        parts = self._parts(region) if len(inside) > 1 and depth < _DEEPEST else []
        if not parts:
            yield list(inside)
        for part in parts:
            here = [i for i in inside if part.holds(middles[0, i], middles[1, i])]
            yield from self._cells(part, here, middles, depth + 1)

    def _parts(self, region: _Region) -> list[_Region]:
        x0, y0, x1, y1 = region.x0, region.y0, region.x1, region.y1
        rows = _cuts(self._across[y0:y1, x0:x1].mean(axis=1))
        if rows:
            return [_Region(x0, y0 + a, x1, y0 + b) for a, b in pairwise([0, *rows, y1 - y0])]
        columns = _cuts(self._down[y0:y1, x0:x1].mean(axis=0))
        if columns:
            return [_Region(x0 + a, y0, x0 + b, y1) for a, b in pairwise([0, *columns, x1 - x0])]
        return []


def _strokes(ink: Grey, shape: tuple[int, int]) -> Mask:
    """Straight strokes of at least ``shape``, on a grid of cells; a rule may waver by a cell to either side."""
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape[::-1], np.uint8))
    height, width = (side // _CELL * _CELL for side in strokes.shape)
    cells = cv2.dilate(strokes, np.ones((_CELL, _CELL), np.uint8), anchor=(0, 0))[:height:_CELL, :width:_CELL]
    across = (1, 3) if shape[1] == 1 else (3, 1)
    widened = cv2.dilate(cells, np.ones((across[1], across[0]), np.uint8))
    return np.asarray(widened > 0)


def _cuts(coverage: NDArray[np.floating]) -> list[int]:
    """Middles of the runs that span a region, those on its edges left out."""
    spanning = np.diff((coverage >= _SPANNING).astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(spanning == 1), np.flatnonzero(spanning == -1)
    return [int(a + b) // 2 for a, b in zip(starts, ends, strict=True) if a > 2 and b < coverage.size - 2]
