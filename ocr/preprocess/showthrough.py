"""What shines through from the back of a sheet, paled: greys between paper and ink."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.preprocess.paper import Cleaned, Grey, find_paper, reduce
from ocr.preprocess.skew import ink_threshold

_INK_RANK = 20
"""Percentile of the dark pixels' greys that stands for the ink of this side."""
_GONE, _KEPT = 0.3, 0.55
"""What has less than the first share of the ink's darkness is taken for show-through, above the second for ink."""
_FAINT = 90
"""Ink that is paler is aged, and its thin strokes cannot be told from show-through."""


def fade_show_through(grey: Grey) -> Cleaned:
    """The page, H×W, with faint greys turned into paper; left as it is where its own ink is faint."""
    paper = cv2.resize(find_paper(reduce(grey)), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    flat = np.asarray(cv2.divide(grey, np.maximum(paper, 1), scale=255), dtype=np.uint8)
    dark = flat[flat < min(ink_threshold(flat), 215.0)]
    ink = float(np.percentile(dark, _INK_RANK)) if dark.size else 255.0
    if ink > _FAINT:
        return Cleaned(grey, {})
    gone, kept = (255 - share * (255 - ink) for share in (_GONE, _KEPT))
    greys = np.arange(256, dtype=np.float64)
    weight = np.clip((greys - kept) / (gone - kept), 0, 1)
    curve = np.round(greys + (255 - greys) * weight).astype(np.uint8)
    paled = np.asarray(cv2.multiply(cv2.LUT(flat, curve), paper, scale=1 / 255), dtype=np.uint8)
    image = np.maximum(grey, paled)
    return Cleaned(image, {"show_through": f"greys from {kept:.0f} to {gone:.0f} of 255 paled"})
