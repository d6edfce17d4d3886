"""Reading order: bands of the levelled page from top to bottom, blocks that stand side by side one after the other.

Bands are parted by white across the page, columns of a band by white down it. Bands that share one gutter are a block
(the two heads of a court paper, recipients beside the signature, running text in two columns): left side whole, then
right side. Bands with more columns than two, and pairs of left-aligned columns, are tables: row after row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.lines.line import TextLine
from ocr.lines.rules import Rules

_BODY = 0.75
"""Share of a line's heights above and below that counts as its body: marks and tails of neighbours overlap."""
_GUTTER = 0.5
"""Least white between columns, in heights."""
_APART = 3.0
"""Greatest distance between bands of a block, in heights."""
_ALIGNED = 0.7
"""Within how many heights left edges count as aligned."""
_ROWS_OF_A_TABLE = 2
_APART_IN_A_TABLE = 3.0
"""Least white between the columns of a form, in heights; columns of running text stand closer."""
_DEEPEST = 40

Boxes = NDArray[np.float64]
"""n×4: x0, y0, x1, y1 of levelled lines."""
Group = tuple[int, ...]
"""Indices of lines."""


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Lines as a person reads them."""

    lines: tuple[TextLine, ...] = ()
    tables: tuple[int | None, ...] = ()
    """For each line the number of the ruled table that it stands in; lines of a table follow one another."""


def reading_order(lines: Sequence[TextLine], slope: float, rules: Rules) -> Ordered:
    """``lines`` in order; ``slope`` is that of the page's lines, ``rules`` its ruled lines."""
    if not lines:
        return Ordered()
    boxes = np.array([_levelled(line, slope) for line in lines])
    middles = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]]) / 2
    tables = rules.tables(middles)
    order = _Orderer(boxes).order
    # A table stands among the lines as one box of its own.
    table_of = {i: number for number, cells in enumerate(tables) for cell in cells for i in cell}
    units: list[list[int]] = [[i] for i in range(len(lines)) if i not in table_of]
    units += [[i for cell in cells for i in order(tuple(cell))] for cells in tables]
    outer = np.array([[*boxes[unit, :2].min(axis=0), *boxes[unit, 2:].max(axis=0)] for unit in units])
    ordered = [i for number in _Orderer(outer).order(tuple(range(len(units)))) for i in units[number]]
    return Ordered(tuple(lines[i] for i in ordered), tuple(table_of.get(i) for i in ordered))


def _levelled(line: TextLine, slope: float) -> tuple[float, float, float, float]:
    middle = float(line.y(line.middle))
    y, shift = middle - slope * line.middle, slope * middle
    return line.start + shift, y - _BODY * line.up, line.end + shift, y + _BODY * line.down


@dataclass(frozen=True, slots=True)
class _Band:
    columns: tuple[Group, ...]
    gutters: tuple[tuple[float, float], ...]
    top: float
    bottom: float

    @property
    def lines(self) -> Group:
        return tuple(i for column in self.columns for i in column)


def _cells(block: Sequence[_Band]) -> list[Group]:
    return [column for band in block for column in band.columns]


class _Orderer:
    def __init__(self, boxes: Boxes) -> None:
        self._boxes = boxes

    def order(self, group: Group, depth: int = 0) -> list[int]:
        """The lines of a group in reading order."""
        if len(group) < 2 or depth > _DEEPEST:
            return sorted(group, key=lambda i: (self._boxes[i, 1], self._boxes[i, 0]))
        bands = [self._band(band) for band in self._parts(group, axis=1, least=0.0)]
        if len(bands) == 1 and len(bands[0].columns) == 1:
            return self._rows(group)
        ordered: list[int] = []
        start = 0
        while start < len(bands):
            end, gutter = self._block(bands, start)
            block = bands[start:end]
            parts = _cells(block) if gutter is None or self._is_table(block) else self._sides(block, gutter)
            ordered += [i for part in parts for i in self.order(part, depth + 1)]
            start = end
        return ordered

    def _sides(self, block: Sequence[_Band], gutter: tuple[float, float]) -> tuple[Group, Group]:
        lines = [i for band in block for i in band.lines]
        left = tuple(i for i in lines if self._boxes[i, 0] + self._boxes[i, 2] < gutter[0] + gutter[1])
        return left, tuple(i for i in lines if i not in left)

    def _height(self, group: Group) -> float:
        return float(np.median(self._boxes[list(group), 3] - self._boxes[list(group), 1]))

    def _parts(self, group: Group, *, axis: int, least: float) -> list[Group]:
        """The group parted wherever more than ``least`` pixels along ``axis`` are white."""
        order = sorted(group, key=lambda i: self._boxes[i, axis])
        parts, reached = [[order[0]]], self._boxes[order[0], axis + 2]
        for i in order[1:]:
            if self._boxes[i, axis] - reached > least:
                parts.append([])
            parts[-1].append(i)
            reached = max(reached, self._boxes[i, axis + 2])
        return [tuple(part) for part in parts]

    def _band(self, group: Group) -> _Band:
        columns = self._parts(group, axis=0, least=_GUTTER * self._height(group))
        edges = [(self._boxes[list(c), 0].min(), self._boxes[list(c), 2].max()) for c in columns]
        gutters = tuple((float(a[1]), float(b[0])) for a, b in pairwise(edges))
        ids = list(group)
        return _Band(tuple(columns), gutters, float(self._boxes[ids, 1].min()), float(self._boxes[ids, 3].max()))

    def _block(self, bands: Sequence[_Band], start: int) -> tuple[int, tuple[float, float] | None]:
        """Where the block that begins with band ``start`` ends, and its gutter; ``None`` if it has no gutter."""
        if len(bands[start].gutters) != 1:
            return start + 1, None
        gutter, height = bands[start].gutters[0], self._height(bands[start].lines)
        end = start + 1
        while end < len(bands) and bands[end].top - bands[end - 1].bottom <= _APART * height:
            common = self._common(bands[end], gutter, height)
            if common is None:
                break
            gutter, end = common, end + 1
        return end, gutter

    def _common(self, band: _Band, gutter: tuple[float, float], height: float) -> tuple[float, float] | None:
        """What is left of the gutter beside or between the columns of a further band."""
        if len(band.gutters) > 1:
            return None
        if band.gutters:
            common = max(gutter[0], band.gutters[0][0]), min(gutter[1], band.gutters[0][1])
        else:
            ids = list(band.lines)
            left, right = self._boxes[ids, 0].min(), self._boxes[ids, 2].max()
            if left >= (gutter[0] + gutter[1]) / 2:
                common = gutter[0], min(gutter[1], float(left))
            else:
                common = max(gutter[0], float(right)), gutter[1]
        return common if common[1] - common[0] >= _GUTTER * height else None

    def _is_table(self, bands: Sequence[_Band]) -> bool:
        """Whether the columns of a block are those of a form: aligned on the left, row by row, far apart."""
        pairs = [band for band in bands if len(band.columns) == 2]
        if len(pairs) < _ROWS_OF_A_TABLE or len(pairs) < len(bands):
            return False
        height = self._height(tuple(i for band in bands for i in band.lines))
        edges = np.array([[self._boxes[list(column), 0].min() for column in band.columns] for band in pairs])
        gaps = [band.gutters[0][1] - band.gutters[0][0] for band in pairs]
        aligned = np.abs(edges - np.median(edges, axis=0)) < _ALIGNED * height
        return bool(aligned.all()) and float(np.median(gaps)) >= _APART_IN_A_TABLE * height

    def _rows(self, group: Group) -> list[int]:
        """Where nothing parts the lines: rows by their middles, each from left to right."""
        middles = {i: (self._boxes[i, 1] + self._boxes[i, 3]) / 2 for i in group}
        height = self._height(group)
        rows: list[list[int]] = []
        for i in sorted(group, key=middles.__getitem__):
            if rows and middles[i] - np.mean([middles[j] for j in rows[-1]]) < 0.5 * height:
                rows[-1].append(i)
            else:
                rows.append([i])
        return [i for row in rows for i in sorted(row, key=lambda j: self._boxes[j, 0])]
