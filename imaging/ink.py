"""Where there is ink on a page, and how sure one can be that there is none.

Paper is never white: the page is divided by its own background (a wide dilation, then a median, of a small copy), so
that yellowing, shadow and uneven lamps fall away and only what is darker than the paper around it remains. Each colour
channel is divided by itself, so a pale red seal or blue ink counts as much as black.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_BLANK_SIDE = 1200
"""Longer side of the copy that is judged blank or not: about 100 dpi for A4, where paper grain is averaged away and a
pencil stroke still is two pixels wide."""
_MASK_SIDE = 1800
_STRONG, _WEAK = 0.86, 0.92
"""Share of the paper's light that comes back: below the first is a stroke, and around it, below the second, its rim.
Show-through of a written back rarely takes more than a tenth of the light."""
_DARK = 0.5
"""Broad areas below this share of the page's paper level are no paper, whatever lies around them."""
_BLACK_LEVEL = 60
"""A page whose brightest tenth is darker is a black picture, which is no blank sheet."""
_WHITE = 250
"""Nothing on the page is darker: an empty page that never was paper."""
_EDGE = 0.06
"""How far from the border, in shares of the side, the shadow of a scanner's lid or the table may reach."""
_SPECK_MM2 = 0.6
"""Dust: smaller marks are not writing."""
_FOLD_LONG, _FOLD_THIN, _MAX_FOLDS = 0.6, 0.006, 3
"""Shares of the page's sides; more such lines than a letter has folds are ruling."""
_PUNCH_REACH = 0.1
_NOTHING_MM2, _FULL_MM2 = 1.0, 600.0
_A4_MM2 = 210.0 * 297.0


def blank_score(rgb: NDArray[np.uint8]) -> float:
    """0.0 (full of writing) … 1.0 (certainly blank) for a page of H×W×3.

    The ink that is left once dust, edge shadows and show-through are gone is measured in mm² of an A4 sheet, on a
    logarithmic scale from 1 mm² (nothing) to 600 mm² (a few lines): a pencilled folio number has about 5–15 mm² and
    lies near 0.6, a small stamp near 0.4.
    """
    small = _shrunk(rgb, _BLANK_SIDE)
    if small.min() >= _WHITE:
        return 1.0
    if _paper_level(small) < _BLACK_LEVEL:
        return 0.0
    share = _light_share(small)
    strong = (share < _STRONG * 255) | _broad_dark(small)
    weak = strong | (share < _WEAK * 255)
    area = _writing_mm2(strong, weak)
    if area <= _NOTHING_MM2:
        return 1.0
    return float(np.clip(1.0 - np.log(area / _NOTHING_MM2) / np.log(_FULL_MM2 / _NOTHING_MM2), 0.0, 1.0))


def ink_mask(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """H×W, true where the page of H×W×3 bears ink, a seal, a picture or a dark edge: where nothing may be printed."""
    small = _shrunk(rgb, _MASK_SIDE)
    mask = (_light_share(small) < _STRONG * 255) | _broad_dark(small)
    height, width = rgb.shape[:2]
    full = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return full.astype(np.bool_)


def _shrunk(rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    # Halving is an order of magnitude faster than a free scale, which then has a quarter of the work.
    while max(rgb.shape[:2]) >= 2 * side and min(rgb.shape[:2]) >= 2:
        half = rgb.shape[1] // 2, rgb.shape[0] // 2
        rgb = np.asarray(cv2.resize(rgb, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return np.ascontiguousarray(rgb)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _brightest(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    red, green, blue = cv2.split(small)
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _paper_level(small: NDArray[np.uint8]) -> float:
    return float(np.percentile(_brightest(small)[::3, ::3], 90))


def _light_share(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Light against the paper around, 0–255, of the channel that is darkened most."""
    height, width = small.shape[:2]
    quarter = cv2.resize(small, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(max(quarter.shape[:2]) * 0.03) | 1)
    light = cv2.dilate(quarter, np.ones((reach, reach), np.uint8))
    light = cv2.medianBlur(light, reach * 2 + 1)
    background = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    share = cv2.GaussianBlur(cv2.divide(small, np.maximum(background, 1), scale=255), (3, 3), 0)
    red, green, blue = cv2.split(share)
    return np.asarray(cv2.min(cv2.min(red, green), blue), dtype=np.uint8)


def _broad_dark(small: NDArray[np.uint8]) -> NDArray[np.bool_]:
    level = _paper_level(small)
    return np.asarray(_brightest(small) < (_DARK * level if level >= _BLACK_LEVEL else 256), dtype=np.bool_)


def _writing_mm2(strong: NDArray[np.bool_], weak: NDArray[np.bool_]) -> float:
    """Area of what is neither dust, fold, punch hole nor the shadow along the edges, in mm² of an A4 sheet."""
    height, width = strong.shape
    mm2 = _A4_MM2 / (height * width)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(weak.astype(np.uint8), connectivity=8)
    stats = np.asarray(boxes, dtype=np.int32)
    cores = np.bincount(labels[strong], minlength=count)
    at_edge = _touches_border(stats, height, width)
    inner = strong.copy()
    band_y, band_x = round(_EDGE * height), round(_EDGE * width)
    inner[:band_y], inner[height - band_y :], inner[:, :band_x], inner[:, width - band_x :] = False, False, False, False
    cores[at_edge] = np.bincount(labels[inner], minlength=count)[at_edge]
    marks = (stats[:, cv2.CC_STAT_AREA] * mm2 >= _SPECK_MM2) & ~_folds(stats, height, width)
    marks &= ~_punch_holes(stats, mm2, width, height)
    marks[0] = False
    return float(cores[marks].sum() * mm2)


def _touches_border(stats: NDArray[np.int32], height: int, width: int) -> NDArray[np.bool_]:
    left, top, wide, high = stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3]
    return np.asarray((left == 0) | (top == 0) | (left + wide == width) | (top + high == height), dtype=np.bool_)


def _folds(stats: NDArray[np.int32], height: int, width: int) -> NDArray[np.bool_]:
    """Creases: long, thin, straight along a side."""
    wide, high = stats[:, 2] / width, stats[:, 3] / height
    crease = ((wide > _FOLD_LONG) & (high < _FOLD_THIN)) | ((high > _FOLD_LONG) & (wide < _FOLD_THIN))
    return np.asarray(crease & (np.count_nonzero(crease[1:]) <= _MAX_FOLDS), dtype=np.bool_)


def _punch_holes(stats: NDArray[np.int32], mm2: float, width: int, height: int) -> NDArray[np.bool_]:
    """Filled discs of 4 to 9 mm near a side, as a hole punch leaves them on a dark ground."""
    left, top, wide, high, area = (stats[:, column].astype(np.float64) for column in range(5))
    size = np.sqrt(area * mm2)
    disc = (area > 0.7 * wide * high) & (np.maximum(wide, high) < 1.3 * np.minimum(wide, high))
    x, y = (left + wide / 2) / width, (top + high / 2) / height
    near = (np.minimum(x, 1 - x) < _PUNCH_REACH) | (np.minimum(y, 1 - y) < _PUNCH_REACH)
    return np.asarray(disc & near & (size > 3.5) & (size < 8.5), dtype=np.bool_)
