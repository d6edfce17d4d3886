"""Pieces of one line, broken at gaps and worn type, made one again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.lines.line import TextLine, fit_line
from ocr.lines.maps import CELL

_OVERLAP, _GAP = 0.5, 1.0
"""How far, in heights, the next piece may begin before or after the end of this one."""
_SIZES = 1.6
_OFF = 0.22
_ENDS = float(np.log(0.35 / 0.65))
"""Logit of the end map, probability 0.35, from which a gap parts two lines."""


def join_pieces(pieces: Sequence[TextLine], ends: NDArray[np.float32], page_slope: float) -> list[TextLine]:
    """Pieces that stand close, level and of one size become one line, unless an end is seen between them.

    Args:
        pieces: from left to right.
        ends: logits of line ends, h×w.
        page_slope: for lines too short to have a slope of their own.
    """
    waiting = list(pieces)
    lines = []
    while waiting:
        line = waiting.pop(0)
        while (index := _next(line, waiting, ends)) is not None:
            line = _joined(line, waiting.pop(index), page_slope)
        lines.append(line)
    return lines


def _next(line: TextLine, others: Sequence[TextLine], ends: NDArray[np.float32]) -> int | None:
    """Index of the piece that goes on where ``line`` ends."""
    if not others:
        return None
    starts = np.array([other.start for other in others])
    sizes = np.array([other.height for other in others])
    gaps = starts - line.end
    near = (gaps > -_OVERLAP * line.height) & (gaps < _GAP * line.height) & (starts > line.start)
    alike = (sizes < _SIZES * line.height) & (sizes * _SIZES > line.height)
    level = [i for i in np.flatnonzero(near & alike).tolist() if _off(line, others[i]) < _OFF * line.height]
    if not level:
        return None
    nearest: int = min(level, key=lambda i: float(gaps[i]))
    return None if _parted(line, others[nearest], ends) else nearest


def _off(line: TextLine, other: TextLine) -> float:
    return abs(float(other.y(other.start) - line.y(other.start)))


def _parted(line: TextLine, other: TextLine, ends: NDArray[np.float32]) -> bool:
    if other.start - line.end <= CELL:
        return False
    row = int(line.y((line.end + other.start) / 2) // CELL)
    left, right = int(line.end // CELL) - 1, int(other.start // CELL) + 2
    between = ends[max(0, row - 1) : max(0, row + 2), max(0, left) : max(0, right)]
    return between.size > 0 and bool(between.max() > _ENDS)


def _joined(line: TextLine, other: TextLine, page_slope: float) -> TextLine:
    share = line.length / (line.length + other.length)
    points = np.concatenate([line.points, other.points], axis=1)
    up = share * line.up + (1 - share) * other.up
    down = share * line.down + (1 - share) * other.down
    return fit_line(points, line.start, max(line.end, other.end), up, down, page_slope)
