"""What stands by itself in the upper right corner of a page: boxes that may hold a folio.

The corner is cut out, divided by its own paper, freed of ruling, and its marks are gathered into short lines. A line
that runs on beyond the corner, is long, or has more beside it is text and no folio.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box
from scanner.folios.strip import Light

WIDE_MM, HIGH_MM = 80.0, 32.0
"""The corner, from the right and from the top side."""
_DPI = 150.0
"""Finer pictures are reduced to it: a pencil stroke still is two pixels wide."""
_MM = 25.4
_STROKE, _RIM = 0.84 * 255, 0.91 * 255
"""Light of ink against the paper: below the first is a stroke, and around it, below the second, its rim."""
_LEAST_MM, _MOST_MM = 1.5, 15.0
"""Height of figures."""
_FRAME_MM = 22.0
"""What is wider in one piece is a frame, a seal or a signature."""
_RULING_MM = 14.0
_SPECK_MM2 = 0.12
_GAP, _CLEAR = 0.9, 1.7
"""Shares of the height: marks closer than the first are one line, and beside a folio so much is free."""
_LONGEST_MM = 42.0
_MOST_MARKS = 16
MOST = 5
"""Boxes of one corner, those next to it."""


@dataclass(frozen=True, slots=True)
class Corner:
    """The corner of a page and the boxes in it, the next to the corner first."""

    light: Light
    boxes: tuple[Box, ...]
    scale: float
    """Pixels of the page to one of ``light``."""
    left: int
    """Where the corner begins, in pixels of the page."""

    def on_page(self, box: Box) -> Box:
        """A box of the corner in pixels of the page."""
        x0, y0, x1, y1 = (round(value * self.scale) for value in box)
        return x0 + self.left, y0, x1 + self.left, y1


def find_corner(raster: NDArray[np.uint8], dpi: float) -> Corner:
    """The corner of a page of H×W or H×W×3 pixels at ``dpi``; pages of any size have one, be it the whole page."""
    height, width = raster.shape[:2]
    left = max(0, width - round(WIDE_MM / _MM * dpi))
    cut = raster[: max(1, min(height, round(HIGH_MM / _MM * dpi))), left:]
    shrink = min(1.0, _DPI / dpi)
    size = max(1, round(cut.shape[1] * shrink)), max(1, round(cut.shape[0] * shrink))
    small = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA) if shrink < 1 else cut, np.uint8)
    px = dpi * shrink / _MM
    light = _light(small, px)
    return Corner(light, tuple(_boxes(light, px)), cut.shape[1] / size[0], left)


def _light(small: NDArray[np.uint8], px: float) -> Light:
    """Light against the paper around, of the channel that ink darkens most; ``px`` pixels to a millimetre."""
    planes = cv2.split(small) if small.ndim == 3 else (small,)
    reach = max(3, round(3.0 * px) | 1)
    shares = []
    for plane in planes:
        paper = cv2.blur(cv2.dilate(cv2.blur(plane, (5, 5)), np.ones((reach, reach), np.uint8)), (reach, reach))
        share = cv2.divide(plane, np.maximum(paper, 1), scale=255)
        # On rough paper the lightest around is lighter than most of it.
        shares.append(cv2.convertScaleAbs(share, alpha=255 / max(128.0, float(np.median(share)))))
    light = shares[0]
    for share in shares[1:]:
        light = cv2.min(light, share)
    return np.asarray(light, np.uint8)


def _boxes(light: Light, px: float) -> list[Box]:
    marks = _marks(light, px)
    lines = _lines(marks)
    height, width = light.shape
    fit = [line for line in lines if line.box[3] < height and _may_be_folio(line, lines, px)]
    fit.sort(key=lambda line: (width - line.box[2]) + line.box[1])
    return [line.box for line in fit[:MOST]]


def _marks(light: Light, px: float) -> list[Box]:
    """Boxes around the marks that may be figures or letters."""
    soft = np.asarray(cv2.GaussianBlur(light, (3, 3), 0), np.uint8)
    rim = np.asarray(soft < _RIM, np.uint8)
    ruled = cv2.morphologyEx(rim, cv2.MORPH_OPEN, np.ones((1, max(3, round(_RULING_MM * px))), np.uint8))
    upright = cv2.morphologyEx(rim, cv2.MORPH_OPEN, np.ones((max(3, round(_RULING_MM * px)), 1), np.uint8))
    rim[cv2.max(ruled, upright) > 0] = 0
    strong = soft < _STROKE
    near = cv2.morphologyEx(rim, cv2.MORPH_CLOSE, np.ones((max(1, round(0.45 * px)),) * 2, np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    cores = np.bincount(labels[strong & (rim > 0)], minlength=count)
    high, wide = boxes[:, cv2.CC_STAT_HEIGHT] / px, boxes[:, cv2.CC_STAT_WIDTH] / px
    fit = (cores >= _SPECK_MM2 * px * px) & (high <= _MOST_MM) & (wide <= _FRAME_MM)
    fit[0] = False
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h in boxes[fit, :4]]


@dataclass(frozen=True, slots=True)
class _Line:
    box: Box
    marks: int
    tallest: int


def _lines(marks: list[Box]) -> list[_Line]:
    """Marks that stand beside or upon one another, gathered."""
    if not marks:
        return []
    x0, y0, x1, y1 = (np.asarray(side) for side in zip(*marks, strict=True))
    high = np.maximum(y1 - y0, 1)
    small, tall = np.minimum.outer(high, high), np.maximum.outer(high, high)
    beside = np.maximum.outer(x0, x0) - np.minimum.outer(x1, x1)
    shared = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    accent = (beside <= 0) & (-shared <= 0.25 * tall) & (small < 0.5 * tall)
    linked = ((shared >= 0.4 * small) & (beside <= _GAP * tall)) | accent
    lines = []
    left = set(range(len(marks)))
    while left:
        group, new = set(), {left.pop()}
        while new:
            group |= new
            new = {int(index) for one in new for index in np.flatnonzero(linked[one])} & left
            left -= new
        own = list(group)
        box = int(x0[own].min()), int(y0[own].min()), int(x1[own].max()), int(y1[own].max())
        lines.append(_Line(box, len(own), int(high[own].max())))
    return lines


def _may_be_folio(line: _Line, lines: list[_Line], px: float) -> bool:
    x0, y0, x1, y1 = line.box
    fits = _LEAST_MM * px <= line.tallest and y1 - y0 <= _MOST_MM * px and x1 - x0 <= _LONGEST_MM * px
    if not fits or x0 == 0 or line.marks > _MOST_MARKS:
        return False
    clear = _CLEAR * line.tallest
    return not any(
        other is not line
        and other.tallest >= 0.35 * line.tallest
        and min(y1, other.box[3]) - max(y0, other.box[1]) >= 0.4 * min(y1 - y0, other.box[3] - other.box[1])
        and max(x0, other.box[0]) - min(x1, other.box[2]) <= clear
        for other in lines
    )
