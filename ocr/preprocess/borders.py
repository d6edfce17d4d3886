"""Dark borders: what a scanner shows around the sheet becomes paper, text at the sheet's edge stays.

Broad dark areas that touch the edge of the picture are border. Strokes of letters are far thinner; should ink of
letters' size nevertheless lie in what would go, nothing is done.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.paper import Cleaned, Grey, shrunk

_SIDE = 440
_DARK = 1 / 3
"""Share of the page's paper level below which an area that is broad is none: as in :func:`find_paper`, for paper in the
shade is darker than elsewhere, and bears text."""
_BROAD = 0.012
"""Least width of a border, in shares of the longer side: 3.5 mm of an A4 page; the strokes of titles have 2 mm."""
_MOST = 0.45
"""Where more of the picture is dark, it is a picture, or a sheet so small that its own edges decide nothing."""
_GUARD = 0.25
"""Greatest share of the border that may be lighter or darker than the border itself: letters on a dark ground."""
_ALIKE = 60
_DEPTH = 0.25
"""How far a border reaches in, in shares of the sides."""


def find_border(grey: Grey) -> NDArray[np.bool_]:
    """Where the dark border is, in a copy of the page (H×W) whose longer side has 440 pixels; nowhere if in doubt."""
    small = shrunk(grey, _SIDE)
    nothing = np.zeros(small.shape, np.bool_)
    dark = np.where(small < _DARK * np.percentile(small, 90), np.uint8(255), np.uint8(0))
    size = max(3, round(_BROAD * max(small.shape)))
    # Beyond the picture the border goes on, so that a narrow one counts in full.
    rim = cv2.copyMakeBorder(dark, size, size, size, size, cv2.BORDER_REPLICATE)
    rim = cv2.morphologyEx(rim, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))[size:-size, size:-size]
    _, labels = cv2.connectedComponents(np.ascontiguousarray(rim), connectivity=4)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    border = np.isin(labels, np.unique(edge[edge > 0]))
    if not border.any() or border.mean() > _MOST or _reaches_in(border) or _bears_letters(small, border):
        return nothing
    return border


def mask_borders(grey: Grey) -> Cleaned:
    """The page, H×W, with its dark border painted like the paper beside it; as it is where there is none."""
    border = find_border(grey)
    if not border.any():
        return Cleaned(grey, {})
    size = grey.shape[1], grey.shape[0]
    wide = cv2.dilate(border.astype(np.uint8), np.ones((3, 3), np.uint8))
    small = shrunk(grey, _SIDE)
    paper = _carried_out(small, wide > 0)
    full = cv2.resize(wide, size, interpolation=cv2.INTER_NEAREST) > 0
    image = np.where(full, cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR), grey)
    return Cleaned(np.asarray(image, np.uint8), {"border": f"{border.mean():.4f} of the page painted as paper"})


def _reaches_in(border: NDArray[np.bool_]) -> bool:
    """Whether any of it lies deeper in the page than a border does."""
    height, width = border.shape
    deep_y, deep_x = round(_DEPTH * height), round(_DEPTH * width)
    return bool(border[deep_y : height - deep_y, deep_x : width - deep_x].any())


def _bears_letters(small: Grey, border: NDArray[np.bool_]) -> bool:
    """Whether the border is of many greys, as a printed picture or light letters on a dark ground are."""
    inner = small[border]
    return bool((np.abs(inner.astype(np.int16) - int(np.median(inner))) > _ALIKE).mean() > _GUARD)


def _carried_out(small: Grey, border: NDArray[np.bool_]) -> Grey:
    """The page's paper, carried on over the border from the nearest of its pixels."""
    paper = cv2.medianBlur(cv2.dilate(np.where(border, np.uint8(0), small), np.ones((7, 7), np.uint8)), 15)
    paper[border] = 0
    _, nearest = cv2.distanceTransformWithLabels(
        border.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    greys = np.zeros(int(nearest.max()) + 1, np.uint8)
    greys[nearest[~border]] = paper[~border]
    return np.asarray(greys[nearest], dtype=np.uint8)
