"""The code of a damaged cover sheet, read where the sheet's own design says that it must be.

A reader of QR codes looks for their three corner marks one by one, and a pen stroke or crease through one of them hides
the code. Here the bands tell how the sheet lies; the three marks are looked for together, at the distances that the
design allows; the modules are measured one by one, and what is the same in every code is drawn anew before it is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.covers.bands import Band
from scanner.covers.codes import Code, Grey, read_modules
from scanner.covers.printing import QR_SIDE

_COARSE = 2.0
"""Pixels to a millimetre for finding the marks …"""
_FINE = 6.0
"""… and for measuring the modules."""
_SAMPLES = 8
"""Looks at a module, along each side."""
_SIDES = tuple(range(33, 78, 4))
"""Modules along a side: QR code versions 4 to 15."""
_SCALES = (1.0, 0.97, 0.94, 0.71, 0.68)
"""Printers that fit the page to its printable part make it so much smaller; covers of A5 are smaller by design."""
_LIKE_MARKS = 0.9
"""Sum of the three correlations below which no code is there."""
_SURELY_MARKS = 2.0
"""Above it no other scale is tried."""
_MARK = np.pad(np.pad(np.ones((3, 3), np.float32), 1), 1, constant_values=1)
"""The corner mark of a QR code, 7×7 modules, 1 is dark (ISO/IEC 18004, 6.3.3)."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """A code's place: middles of its upper left, upper right and lower left mark in pixels, modules along a side."""

    marks: NDArray[np.float32]
    side: int
    module: float


def read_straightened(grey: Grey, per_mm: float, band: Band) -> Code | None:
    """The code with our prefix on a cover sheet that lies as ``band`` shows, or ``None``.

    Args:
        grey: the page, H×W.
        per_mm: its pixels to a millimetre.
    """
    upright = _upright(grey, band)
    fine = _even(_resized(upright, min(1.0, _FINE / per_mm)), min(per_mm, _FINE))
    scale = min(1.0, _COARSE / min(per_mm, _FINE))
    found = _find(_resized(fine, scale), min(per_mm, _COARSE))
    if found is None:
        return None
    grid = _refined(fine, _Grid(found.marks / scale, found.side, found.module / scale))
    values = _measured(fine, grid)
    for dark in _judged(values):
        text = read_modules(_with_fixed_parts(dark))
        if text is not None:
            return Code(text, band.turn)
    return None


def _upright(grey: Grey, band: Band) -> Grey:
    turned = np.ascontiguousarray(np.rot90(grey, -band.turn // 90))
    height, width = turned.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(math.atan(band.slope)), 1.0)
    return np.asarray(cv2.warpAffine(turned, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _resized(grey: Grey, scale: float) -> Grey:
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _even(grey: Grey, per_mm: float) -> Grey:
    """The page with its light evened: bare paper is white. Marks and blots up to 15 mm stay dark."""
    side = int(15 * per_mm) | 1
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, np.ones((side // 4 | 1,) * 2, np.uint8))
    paper = cv2.blur(paper, (side // 4 | 1,) * 2)
    return np.asarray(cv2.divide(grey, cv2.resize(paper, grey.shape[::-1]), scale=255), np.uint8)


def _find(coarse: Grey, per_mm: float) -> _Grid | None:
    """The three marks where together they are most like those of a code of ours."""
    best, found = _LIKE_MARKS, None
    for scale in _SCALES:
        for side in _SIDES:
            module = QR_SIDE * scale / (side + 8) * per_mm
            value, marks = _marks(coarse, module, round(module * (side - 7)))
            if value > best:
                best, found = value, _Grid(marks, side, module)
        if best > _SURELY_MARKS:
            break
    return found


def _marks(coarse: Grey, module: float, apart: int) -> tuple[float, NDArray[np.float32]]:
    """How alike the three marks are at their best, and where their middles are."""
    like = _likeness(coarse, module)
    if like is None or min(like.shape) <= apart:
        return 0.0, np.zeros((3, 2), np.float32)
    together = like[:-apart, :-apart] + like[:-apart, apart:] + like[apart:, :-apart]
    _, value, _, (x, y) = cv2.minMaxLoc(together)
    half = _template(module).shape[0] / 2 - 0.5
    return float(value), np.array([(x, y), (x + apart, y), (x, y + apart)], np.float32) + np.float32(half)


def _template(module: float) -> NDArray[np.uint8]:
    """A corner mark within its white border of one module, as it looks in a picture."""
    mark = 255 * (1 - np.pad(_MARK, 1)).astype(np.uint8)
    size = round(9 * module)
    return np.asarray(cv2.resize(mark, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _likeness(picture: Grey, module: float) -> NDArray[np.float32] | None:
    template = _template(module)
    if min(template.shape) < 9 or min(picture.shape) <= template.shape[0]:
        return None
    return np.asarray(cv2.matchTemplate(picture, template, cv2.TM_CCOEFF_NORMED), np.float32)


def _refined(fine: Grey, grid: _Grid) -> _Grid:
    """Each mark where it is most like one, within two modules of where the three together are."""
    half = _template(grid.module).shape[0] / 2 - 0.5
    reach = math.ceil(2 * grid.module + half + 1)
    marks = grid.marks.copy()
    for mark in marks:
        x, y = max(0, round(mark[0]) - reach), max(0, round(mark[1]) - reach)
        like = _likeness(fine[y : y + 2 * reach + 1, x : x + 2 * reach + 1], grid.module)
        if like is not None:
            _, value, _, place = cv2.minMaxLoc(like)
            if value > 0.5:
                mark[:] = np.array(place) + (x, y) + half
    return _Grid(marks, grid.side, grid.module)


def _measured(fine: Grey, grid: _Grid) -> NDArray[np.float32]:
    """Darkness of each module, side×side, 0 white to 255 black: the median, which a stroke or crease that covers less
    than half of it does not change."""
    end = grid.side - 3.5
    corners = np.array([(3.5, 3.5), (end, 3.5), (3.5, end)], np.float32) * _SAMPLES - 0.5
    straight = cv2.getAffineTransform(grid.marks, corners)
    size = grid.side * _SAMPLES
    picture = 255.0 - np.asarray(cv2.warpAffine(fine, straight, (size, size), flags=cv2.INTER_LINEAR), np.float32)
    looks = picture.reshape(grid.side, _SAMPLES, grid.side, _SAMPLES)
    return np.asarray(np.median(looks, axis=(1, 3)), np.float32)


def _judged(values: NDArray[np.float32]) -> Iterator[NDArray[np.bool_]]:
    """Dark modules by what is around them (stains, fading), then by one threshold for all."""
    for around in (9, 15):
        low, high = (cv2.GaussianBlur(edge, (0, 0), around / 3) for edge in _extremes(values, around))
        yield np.asarray(values > (low + high) / 2)
    threshold, _ = cv2.threshold(values.clip(0, 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    yield np.asarray(values > threshold)


def _extremes(values: NDArray[np.float32], around: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    kernel = np.ones((around, around), np.uint8)
    calm = np.asarray(cv2.medianBlur(values, 3), np.float32)
    low, high = np.minimum(values, calm), np.maximum(values, calm)
    return np.asarray(cv2.erode(low, kernel), np.float32), np.asarray(cv2.dilate(high, kernel), np.float32)


def _with_fixed_parts(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The modules with corner marks, their white borders and the timing rows as every code has them (6.3.3–6.3.5)."""
    made = dark.copy()
    side = len(made)
    made[6, 8 : side - 8] = made[8 : side - 8, 6] = np.arange(8, side - 8) % 2 == 0
    mark = np.pad(_MARK, 1).astype(np.bool_)
    made[:8, :8] = mark[1:, 1:]
    made[:8, -8:] = mark[1:, :-1]
    made[-8:, :8] = mark[:-1, 1:]
    return made
