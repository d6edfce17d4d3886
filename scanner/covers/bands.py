"""Parallel bars found in a page image: patch codes and the bands of cover sheets.

The page is looked at along narrow strips down and across it. On each strip runs of dark and light are compared with the
patterns; a pattern that neighbouring strips show at neighbouring places is a band. Rules of tables are too thin and
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

_STEP_MM = 1.5
"""Width of the strips that are looked along."""
_SHORTEST_MM = 30.0
"""Bars must be seen over that length; the shortest allowed patch code is 51 mm long."""
_SEEN = 0.6
"""Share of the lines across a band that must show it."""
_STEEPEST = math.tan(math.radians(14))
DARK = 0.78
"""Ink is darker than that share of the paper around it; what shows through from the back is not (measured: 0.87)."""
PALE = 0.88
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


@dataclass(frozen=True, slots=True)
class Profiles:
    """Strips of the page, each by the light along it as a share of that of bare paper: ink is below :data:`DARK`.

    ``down`` holds those that go down the page, from left to right, ``across`` those to the right, from top to bottom; a
    strip is ``step`` pixels wide, which smooths noise and leaves bars across it as they are.
    """

    down: NDArray[np.float32]
    across: NDArray[np.float32]
    step: int
    per_mm: float


def profiles(grey: Grey, per_mm: float) -> Profiles:
    """The strips of a page, H×W, of that many pixels to a millimetre (at least 2), however it is lit."""
    side = int(_PAPER_MM * per_mm) | 1
    paper = cv2.blur(cv2.dilate(grey, np.ones((side, side), np.uint8)), (side, side))
    light = grey / np.maximum(paper, 1).astype(np.float32)
    step = max(1, round(_STEP_MM * per_mm))
    down = cv2.blur(light, (step, 1))[:, step // 2 :: step]
    across = cv2.blur(light, (1, step))[step // 2 :: step]
    return Profiles(np.ascontiguousarray(down.T), np.ascontiguousarray(across), step, per_mm)


def find_bands(page: Profiles, pattern: Pattern, limit: float) -> list[Band]:
    """The bands of a pattern, in ink that is darker than ``limit``: :data:`DARK` or :data:`PALE`."""
    found = []
    for lines, down in ((page.down, True), (page.across, False)):
        edges = _edges(lines < limit)
        for forward in (True, False):
            seen = _matches(*edges, pattern if forward else pattern.reversed, page.per_mm)
            for chain in _chains(seen, page.step):
                span = chain.last - chain.first + 1
                if span * page.step >= _SHORTEST_MM * page.per_mm and chain.count >= _SEEN * span:
                    slope = (chain.offset - chain.begin) / max(1, span - 1) / page.step
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
    length = len(pattern.runs)
    count = len(places) - length
    if count < 1:
        return np.empty((0, 2))
    widths = np.diff(places) / per_mm
    kinds = _kinds(widths, pattern)
    fits = rows[:-length] == rows[length:]
    for offset, kind in enumerate(" ".join(pattern.bars)):
        fits &= kinds[kind][offset : offset + count]
    starts = np.nonzero(fits)[0]
    starts = starts[starts % 2 == 0]
    ends = starts + length
    padded = np.pad(np.where(np.diff(rows) == 0, widths, np.inf), 1, constant_values=np.inf)
    clear = 1.3 * pattern.narrow
    kept = (padded[starts] >= clear) & (padded[ends + 1] >= clear)
    seen = np.stack((rows[starts], (places[starts] + places[ends]) / 2), axis=1)
    return np.asarray(seen[kept], np.float64)


def _kinds(widths: NDArray[np.float64], pattern: Pattern) -> dict[str, NDArray[np.bool_]]:
    """Which runs, by their millimetres, may be a narrow bar, a wide one, the space between two."""
    between = (pattern.narrow + pattern.wide) / 2
    least = widths >= 0.45 * pattern.narrow
    return {
        "N": least & (widths <= between),
        "W": (widths > between) & (widths <= 1.4 * pattern.wide),
        " ": least & (widths <= 1.7 * pattern.narrow),
    }


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
