"""Parallel bars found in a page image: patch codes and the bands of cover sheets.

The page is looked at along straight lines down and across it. On each line runs of dark and light are compared with the
patterns; a pattern that neighbouring lines show at neighbouring places is a band. Rules of tables are too thin and
print is too short to do that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.covers.bars import Pattern
from scanner.covers.codes import Grey

_STEP_MM = 2.0
"""Distance of the lines that are looked along."""
_SHORTEST_MM = 30.0
"""Bars must be seen over that length; the shortest allowed patch code is 51 mm long."""
_SEEN = 0.6
"""Share of the lines across a band that must show it."""
_STEEPEST = math.tan(math.radians(14))
DARK = 0.78
"""Ink is darker than that share of the paper around it; what shows through from the back is not (measured: 0.87)."""
PALE = 0.92
"""So is pale ink, but so may be what shows through."""
_PAPER_MM = 8.0
"""Wider than any bar: within that distance there is bare paper beside every bar."""


@dataclass(frozen=True, slots=True)
class Band:
    """Bars across the page. ``down``: one meets them going down the picture, else going to the right.

    ``forward``: one meets them in the order of the pattern; ``place`` is their middle as a share of that way.
    ``slope`` is how far they fall to the right, once the page is upright, for each pixel of their length.
    """

    down: bool
    forward: bool
    place: float
    slope: float

    @property
    def inward(self) -> bool:
        """Whether they are in the order of the pattern from the nearest edge of the picture inward."""
        return self.forward == (self.place < 0.5)

    @property
    def turn(self) -> int:
        """Degrees clockwise that make the page upright, if the pattern is read downward on it."""
        return (0 if self.forward else 180) if self.down else (90 if self.forward else 270)


@dataclass(slots=True)
class _Chain:
    first: int
    begin: float
    last: int
    offset: float
    total: float
    count: int = 1


def light(grey: Grey, per_mm: float) -> NDArray[np.float32]:
    """The page as a share of the bare paper around each place: ink is below :data:`DARK`, however the page is lit."""
    side = int(_PAPER_MM * per_mm) | 1
    paper = cv2.dilate(grey, np.ones((side, side), np.uint8))
    paper = cv2.blur(paper, (side, side))
    return np.asarray(grey / np.maximum(paper, 1).astype(np.float32), np.float32)


def find_bands(ink: NDArray[np.bool_], pattern: Pattern, per_mm: float) -> list[Band]:
    """The bands of a pattern.

    Args:
        ink: H×W, true where there is ink; see :func:`light`.
        per_mm: pixels to a millimetre, at least 2.
    """
    step = max(1, round(_STEP_MM * per_mm))
    found = []
    for down in (True, False):
        lines = np.ascontiguousarray((ink.T if down else ink)[step // 2 :: step])
        edges = _edges(lines)
        for forward in (True, False):
            seen = _matches(*edges, pattern if forward else pattern.reversed, per_mm)
            for chain in _chains(seen, step):
                span = chain.last - chain.first + 1
                if span * step >= _SHORTEST_MM * per_mm and chain.count >= _SEEN * span:
                    slope = (chain.offset - chain.begin) / max(1, span - 1) / step
                    place = chain.total / chain.count / lines.shape[1]
                    found.append(Band(down, forward, place, slope if down else -slope))
    return found


def _edges(lines: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Line number and place of every change; on each line the first is to dark, the next to light, and so on."""
    padded = np.zeros((lines.shape[0], lines.shape[1] + 2), np.bool_)
    padded[:, 1:-1] = lines
    rows, places = np.nonzero(padded[:, 1:] != padded[:, :-1])
    return rows, places


def _matches(rows: NDArray[np.intp], places: NDArray[np.intp], pattern: Pattern, per_mm: float) -> NDArray[np.float64]:
    """N×2: line number and middle of every place where a line shows the pattern, with bare paper on both sides."""
    runs = np.array(pattern.runs) * per_mm
    length = len(runs)
    starts = np.arange(0, max(0, len(rows) - length), 2)
    starts = starts[rows[starts] == rows[starts + length]]
    if not starts.size:
        return np.empty((0, 2))
    widths = places[starts[:, None] + np.arange(1, length + 1)] - places[starts[:, None] + np.arange(length)]
    narrow, between = pattern.narrow * per_mm, (pattern.narrow + pattern.wide) / 2 * per_mm
    wide = runs > between
    least = np.where(wide, between, 0.45 * narrow)
    most = np.where(wide, 1.4 * pattern.wide * per_mm, np.where(np.arange(length) % 2, 1.7 * narrow, between))
    fits = ((widths >= least) & (widths <= most)).all(axis=1)
    starts = starts[fits]
    ends = starts + length
    clear = 1.3 * narrow
    before = (starts == 0) | (rows[starts - 1] != rows[starts]) | (places[starts] - places[starts - 1] >= clear)
    after = np.minimum(ends + 1, len(rows) - 1)
    behind = (after == ends) | (rows[after] != rows[ends]) | (places[after] - places[ends] >= clear)
    kept = before & behind
    seen = np.stack((rows[starts], (places[starts] + places[ends]) / 2), axis=1)
    return np.asarray(seen[kept], np.float64)


def _chains(seen: NDArray[np.float64], step: int) -> Iterator[_Chain]:
    """Matches of neighbouring lines at places that a straight band, up to 14° steep, may have."""
    chains: list[_Chain] = []
    for line, offset in seen:
        number = int(line)
        for chain in chains:
            apart = number - chain.last
            if 0 < apart <= 5 and abs(offset - chain.offset) <= _STEEPEST * apart * step + 2:
                chain.last, chain.offset = number, float(offset)
                chain.total += float(offset)
                chain.count += 1
                break
        else:
            chains.append(_Chain(number, float(offset), number, float(offset), float(offset)))
    yield from chains
