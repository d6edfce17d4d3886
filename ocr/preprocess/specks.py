"""Specks taken off a page, never the marks of letters.

A dot below, the dot of an i, a hook or a tilde is as small as a speck but stands close to a stroke; a speck is what is
small and has no stroke near it. Where so much of a page is in small pieces that its letters themselves must have
broken up, the page is left as it is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.paper import Cleaned, Grey, find_paper, flatten_background, reduce
from ocr.preprocess.skew import ink_threshold, letters

_SMALL = 0.3
"""Greatest side of a speck, in heights of letters: a full stop has 0.15 to 0.2, a tilde 0.4 by 0.15."""
_NEAR = 1.4
"""How far from a stroke, in heights, a small piece is still its mark: the last dot of an ellipsis stands 1.2 off."""
_ROW, _STEP, _BESIDE = 0.15, 2.5, 2
"""Small pieces with so many others within a step to the side, at one height, are a dotted leader (in heights)."""
_MANY = 4000
"""Small pieces beyond which a page is noise, and is left as it is."""
_MOST_INK = 0.02
"""Greatest share of the ink that may go: the dots and hooks of Vietnamese are about 0.05 of it."""
_FAINT = 0.5
"""A stroke half as dark as ink, against the paper, still keeps its marks."""
_FALLBACK = 20.0
"""Pixels of a letter's height where no letter is found."""


def despeckle(grey: Grey) -> Cleaned:
    """The page, H×W, with isolated specks painted as paper.

    The recipe says ``specks: refused …`` where more than a tiny share of the ink would have gone; then, and where
    there is no speck, the page is given back as it is.
    """
    flat = flatten_background(grey)
    height = letters(flat)[2] or _FALLBACK
    threshold = min(ink_threshold(flat), 215.0)
    labels, stats, small = _pieces(flat, threshold, height)
    if np.count_nonzero(small) > _MANY:
        return Cleaned(grey, {"specks": f"refused: {np.count_nonzero(small)} small pieces"})
    faint_labels, _, faint_small = _pieces(flat, threshold + _FAINT * (255 - threshold) / 2, height)
    strokes = ~small[labels] & (labels > 0) | ~faint_small[faint_labels] & (faint_labels > 0)
    reach = 2 * round(_NEAR * height) + 1
    near = cv2.dilate(strokes.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    specks = small & ~_leaders(stats, small, height)
    specks[np.unique(labels[near])] = False
    area = stats[:, cv2.CC_STAT_AREA]
    pieces, lost = int(specks.sum()), float(area[specks].sum() / max(1, area[1:].sum()))
    if not pieces:
        return Cleaned(grey, {})
    if lost > _MOST_INK:
        return Cleaned(grey, {"specks": f"refused: {pieces} pieces, {lost:.4f} of the ink"})
    return Cleaned(_painted(grey, specks[labels]), {"specks": f"{pieces} removed, {lost:.4f} of the ink"})


def _pieces(
    flat: Grey, threshold: float, height: float
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """The connected pieces of what is darker: labels, OpenCV's statistics, and which are as small as a speck."""
    ink = (flat < threshold).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    small = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= max(2.0, _SMALL * height)
    small[0] = False
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(small, np.bool_)


def _leaders(stats: NDArray[np.int32], small: NDArray[np.bool_], height: float) -> NDArray[np.bool_]:
    """Which small pieces stand in a row of dots."""
    numbers = np.flatnonzero(small)
    x, y = stats[numbers, cv2.CC_STAT_LEFT], stats[numbers, cv2.CC_STAT_TOP]
    level = np.abs(y[:, None] - y[None, :]) < _ROW * height
    beside = (level & (np.abs(x[:, None] - x[None, :]) < _STEP * height)).sum(axis=1) - 1
    rows = np.zeros_like(small)
    rows[numbers[beside >= _BESIDE]] = True
    return rows


def _painted(grey: Grey, specks: NDArray[np.bool_]) -> Grey:
    """Specks with their rims in the grey of the paper around."""
    wide = cv2.dilate(specks.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    paper = cv2.resize(find_paper(reduce(grey)), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.where(wide, np.asarray(paper, np.uint8), grey)
