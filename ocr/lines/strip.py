"""A line straightened: the band of the page around a centre line, and the way back from it.

Coordinates are continuous, as in :mod:`ocr.geometry`; a strip's own begin at its top left corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box, Polygon
from ocr.lines.line import Floats, TextLine

Grey = NDArray[np.uint8]

_ABOVE_BELOW = 0.12
_BESIDE = 0.15
"""Air around a line, in heights."""
_STRAIGHT = 0.03
"""How far, in heights, a centre line may leave the straight and still be cut out by one affine map."""
_PROBES = 9
_ALONG = np.linspace(0.0, 1.0, 5)
"""Where, along a rectangle of a strip, its edges are followed onto the page."""
_LEAST = 8
_BASE = 0.53
"""Share of the height below the centre line at which letters stand."""


@dataclass(frozen=True, eq=False)
class Strip:
    """The band around ``line``.

    Args:
        line: in pixels of the finder's picture.
        scale: pixels of the page to one of the finder's picture.
    """

    line: TextLine
    scale: float

    @cached_property
    def _left(self) -> float:
        return self.line.start - _BESIDE * self.line.height

    @cached_property
    def _right(self) -> float:
        return self.line.end + _BESIDE * self.line.height

    @cached_property
    def _top(self) -> float:
        return -self.line.up - _ABOVE_BELOW * self.line.height

    @cached_property
    def _chord(self) -> tuple[float, float, float]:
        """Slope and offset of the straight line through the curve, and the greatest distance between the two."""
        x = np.linspace(self._left, self._right, _PROBES)
        y = self.line.y(x)
        slope = float(y[-1] - y[0]) / (self._right - self._left)
        offset = float(y.mean()) - slope * float(x.mean())
        return slope, offset, float(np.abs(y - slope * x - offset).max())

    @cached_property
    def _stretch(self) -> float:
        """Length along the line for one along x."""
        return math.hypot(1.0, self._chord[0])

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the page."""
        width = (self._right - self._left) * self._stretch * self.scale
        height = self.line.height * (1 + 2 * _ABOVE_BELOW) * self.scale
        return max(_LEAST, round(width)), max(_LEAST, round(height))

    def to_page(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Where points of the strip (``u`` along, ``v`` across, in pixels of the page) lie on the page."""
        slope, offset, bend = self._chord
        x = self._left + u / (self.scale * self._stretch)
        across = self._top + v / self.scale
        if bend < _STRAIGHT * self.line.height:
            sine, cosine = slope / self._stretch, 1 / self._stretch
            return (x - sine * across) * self.scale, (slope * x + offset + cosine * across) * self.scale
        y, fall = self.line.y(x), self.line.slope(x)
        shrink = 1 / np.sqrt(1 + fall * fall)
        return (x - fall * shrink * across) * self.scale, (y + shrink * across) * self.scale

    def cut(self, picture: Grey, reduction: int = 1, step: float | None = None) -> Grey | None:
        """The strip out of the page, or out of a copy of it reduced so many times; ``None`` where it lies outside.

        ``step`` is how many pixels of the page go into one of the cut along each side: ``reduction`` if it is not
        given, and less than twice that, for the picture is interpolated.
        """
        step = step or reduction
        width, height = (max(2, round(side / step)) for side in self.size)
        if self._chord[2] < _STRAIGHT * self.line.height:
            return self._cut_straight(picture, (width, height), reduction, step)
        return self._cut_bent(picture, (width, height), reduction, step)

    def _cut_straight(self, picture: Grey, size: tuple[int, int], reduction: int, step: float) -> Grey:
        # Three corners of the cut, at their pixels' middles, give the affine map.
        width, height = size
        u, v = np.array([0.5, width + 0.5, 0.5]) * step, np.array([0.5, 0.5, height + 0.5]) * step
        corners = np.stack(self.to_page(u, v)) / reduction - 0.5
        along, across = (corners[:, 1] - corners[:, 0]) / width, (corners[:, 2] - corners[:, 0]) / height
        matrix = np.column_stack([along, across, corners[:, 0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cut, dtype=np.uint8)

    def _cut_bent(self, picture: Grey, size: tuple[int, int], reduction: int, step: float) -> Grey | None:
        u = (np.arange(size[0], dtype=np.float64) + 0.5) * step
        v = (np.arange(size[1], dtype=np.float64)[:, None] + 0.5) * step
        # A column of the strip is straight across the line, so two of its points give all of it.
        top, below = self.to_page(u, np.zeros_like(u)), self.to_page(u, np.ones_like(u))
        xs, ys = ((a + v * (b - a)) / reduction - 0.5 for a, b in zip(top, below, strict=True))
        # cv2.remap takes float32 maps only, and a picture of less than 32768 pixels a side: the part that is needed.
        left, upper = max(0, int(xs.min()) - 1), max(0, int(ys.min()) - 1)
        part = picture[upper : int(ys.max()) + 3, left : int(xs.max()) + 3]
        if part.size == 0:
            return None
        maps = (xs - left).astype(np.float32), (ys - upper).astype(np.float32)
        return np.asarray(cv2.remap(part, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)

    def boxes(self, rectangles: Floats) -> list[Box]:
        """Axis-aligned bounds on the page of rectangles of the strip (n×4: left, top, right, bottom)."""
        left, top, right, bottom = rectangles[:, :, None].transpose(1, 0, 2)
        u = left + (right - left) * _ALONG
        x, y = self.to_page(np.stack([u, u]), np.stack([top + 0 * u, bottom + 0 * u]))
        low = np.floor(np.stack([x.min(axis=(0, 2)), y.min(axis=(0, 2))])).astype(int)
        high = np.ceil(np.stack([x.max(axis=(0, 2)), y.max(axis=(0, 2))])).astype(int)
        return [(x0, y0, x1, y1) for x0, y0, x1, y1 in np.concatenate([low, high]).T.tolist()]

    def outline(self, left: float, right: float) -> Polygon:
        """The line itself from ``left`` to ``right`` of the strip, on the page, clockwise from its start on top."""
        probes = _ALONG if self._chord[2] >= _STRAIGHT * self.line.height else _ALONG[[0, -1]]
        u = left + (right - left) * np.concatenate([probes, probes[::-1]])
        air, height = _ABOVE_BELOW * self.line.height * self.scale, self.line.height * self.scale
        v = np.repeat([air, air + height], probes.size)
        x, y = self.to_page(u, v)
        return tuple((round(float(a)), round(float(b))) for a, b in zip(x, y, strict=True))

    def baseline(self, u: float) -> tuple[float, float]:
        """Where the letters at ``u`` stand on the page: about half-way from the centre line to the foot of tails."""
        across = self.line.up + _ABOVE_BELOW * self.line.height + _BASE * self.line.down
        x, y = self.to_page(np.array([u]), np.array([across * self.scale]))
        return float(x[0]), float(y[0])
