"""Where the sheet lies in the picture: its sides, as far as they stand out against the ground around it.

Each side is searched from the picture's border inwards on the ground without ink: where paper follows on something
darker (a black backing, the table) or on something whiter (a white backing behind old paper), along a straight line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.gate.findings import Place
from scanner.gate.view import PageView

SIDES = (Place.LEFT, Place.TOP, Place.RIGHT, Place.BOTTOM)
_REACH = 0.3
"""Share of the picture in which a side is searched."""
_STEP_MM = 1.5
_DARK_STEP, _WHITE_STEP = 1.25, 1.05
"""Light of the paper against a dark ground, and of a white ground against the paper."""
_MAX_DEGREES = 15.0
_FIT_MM = 0.8
_DARK_SHARE, _WHITE_SHARE = 0.25, 0.6
"""Share of the side along which the edge must be seen; turned sheets show only a part of a side."""
_MIN_MM = 12.0

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Side:
    """A side of the sheet as a line: ``at + slope · (along − middle)`` pixels of the view from the picture's border.

    ``along`` runs down for left and right, to the right for top and bottom.
    """

    at: float
    slope: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sides that are seen, in a picture of ``width`` × ``height`` pixels of the view."""

    width: int
    height: int
    sides: Mapping[Place, Side]

    def margin(self, place: Place) -> float:
        """Pixels from the picture's border to the sheet at the middle of that side; 0.0 where it is not seen."""
        side = self.sides.get(place)
        return side.at if side else 0.0

    @property
    def across(self) -> float:
        """Width of the sheet, or of its part that is seen, in pixels of the view."""
        return (self.width - self.margin(Place.LEFT) - self.margin(Place.RIGHT)) * self._foreshortening

    @property
    def down(self) -> float:
        """Height of the sheet, or of its part that is seen, in pixels of the view."""
        return (self.height - self.margin(Place.TOP) - self.margin(Place.BOTTOM)) * self._foreshortening

    @property
    def degrees(self) -> float | None:
        """How far the sheet is turned, positive where it falls to the right; ``None`` without a side to tell."""
        turns = {Place.LEFT: -1, Place.RIGHT: 1, Place.TOP: 1, Place.BOTTOM: -1}
        slopes = [turns[place] * side.slope for place, side in self.sides.items()]
        return float(np.degrees(np.arctan(np.median(slopes)))) if slopes else None

    @property
    def _foreshortening(self) -> float:
        return float(np.cos(np.radians(self.degrees or 0.0)))

    def inner(self, margin: float = 0.0) -> tuple[int, int, int, int]:
        """An upright box that holds paper only, ``margin`` pixels within the sides; never empty."""
        low = [self._deepest(place) + margin for place in SIDES]
        x0, x1 = _ordered(low[0], self.width - low[2], self.width)
        y0, y1 = _ordered(low[1], self.height - low[3], self.height)
        return x0, y0, x1, y1

    def _deepest(self, place: Place) -> float:
        side = self.sides.get(place)
        length = self.height if place in (Place.LEFT, Place.RIGHT) else self.width
        return max(0.0, side.at + abs(side.slope) * length / 2) if side else 0.0


def _ordered(low: float, high: float, size: int) -> tuple[int, int]:
    start = min(max(0, round(low)), size - 1)
    return start, min(max(start + 1, round(high)), size)


def find_sheet(page: PageView) -> Sheet:
    """The sides of the sheet that are seen on ``page``."""
    height, width = page.grey.shape
    ground = np.asarray(page.ground, np.float32) + 1
    scale = height / ground.shape[0]
    found = {}
    for turn, place in enumerate((Place.TOP, Place.RIGHT, Place.BOTTOM, Place.LEFT)):
        side = _find_side(np.rot90(ground, turn), page.px(1.0) / scale)
        if side is not None:
            # Turned to the top, the right side runs as it does, the bottom and the left side run backwards.
            slope = -side.slope if place in (Place.BOTTOM, Place.LEFT) else side.slope
            found[place] = Side(side.at * scale, slope)
    return Sheet(width, height, {place: found[place] for place in SIDES if place in found})


def _find_side(ground: Plane, px: float) -> Side | None:
    """The top side on a ground whose millimetre has ``px`` pixels, or ``None`` where none is seen."""
    depth, step = int(ground.shape[0] * _REACH), max(1, round(_STEP_MM * px))
    if depth <= 2 * step or ground.shape[1] < _MIN_MM * px:
        return None
    top = np.asarray(cv2.blur(ground[:depth], (max(1, round(2 * px)), 1)), np.float32)
    paper = np.median(ground[depth : ground.shape[0] - depth], axis=0).astype(np.float32)
    outside, inside = top[:-step], top[step:]
    rise = inside / outside
    dark = np.where(outside < paper / 1.15, rise, 1.0)
    white = np.where(outside > paper * 1.03, 1 / rise, 1.0)
    for steps, least, share in ((dark, _DARK_STEP, _DARK_SHARE), (white, _WHITE_STEP, _WHITE_SHARE)):
        row = steps.argmax(axis=0)
        seen = np.flatnonzero(steps[row, np.arange(steps.shape[1])] >= least)
        if len(seen) >= max(share * ground.shape[1], 8):
            line = _straight(seen - ground.shape[1] / 2, row[seen] + step / 2, _FIT_MM * px, share * ground.shape[1])
            if line is not None:
                return line
    return None


def _straight(along: NDArray[np.float64], depth: NDArray[np.float64], tolerance: float, least: float) -> Side | None:
    """The line that most points lie on, if at least ``least`` of them do."""
    thin = slice(None, None, max(1, len(along) // 150))
    slope = at = 0.0
    for span, step in ((_MAX_DEGREES, 0.5), (0.5, 0.1)):
        centre = np.degrees(np.arctan(slope))
        slopes = np.tan(np.radians(centre + np.arange(-span, span + step / 2, step)))
        rests = depth[thin, None] - along[thin, None] * slopes
        counts = [_fullest(rests[:, column], 2 * tolerance) for column in range(len(slopes))]
        best = max(range(len(slopes)), key=lambda column: counts[column][0])
        slope, at = float(slopes[best]), counts[best][1]
    near = np.abs(depth - at - slope * along) <= tolerance
    if np.count_nonzero(near) < least:
        return None
    slope, at = np.polyfit(along[near], depth[near], 1)
    return Side(float(at), float(slope))


def _fullest(values: NDArray[np.float64], width: float) -> tuple[int, float]:
    """How many values the fullest window of ``width`` holds, and its middle."""
    ordered = np.sort(values)
    counts = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    first = int(counts.argmax())
    return int(counts[first]), float(ordered[first] + width / 2)
