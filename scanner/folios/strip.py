"""A strip of a page as the reader's net sees it: ink bright on black, 32 rows high, whatever its paper and pen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box

HEIGHT = 32
"""Rows of a strip."""
MIN_WIDTH, MAX_WIDTH = 16, 224
"""Columns of a strip; what would be wider is squeezed."""
_PAD = 0.14
"""Share of the height that is left free around the figures."""

Light = NDArray[np.uint8]
Strip = NDArray[np.float32]


def strip_of(light: Light, box: Box) -> Strip:
    """The strip in ``box`` (pixels of ``light``, x0 y0 x1 y1): 32×width, 0.0 paper to 1.0 ink.

    Args:
        light: h×w, the light that comes back against the paper around, 255 where it is bare.
        box: around the ink, within ``light`` and not empty.
    """
    x0, y0, x1, y1 = box
    pad = max(1, round(_PAD * (y1 - y0)))
    cut = cv2.copyMakeBorder(light, pad, pad, pad, pad, cv2.BORDER_REPLICATE)[y0 : y1 + 2 * pad, x0 : x1 + 2 * pad]
    width = min(max(MIN_WIDTH, round(cut.shape[1] * HEIGHT / cut.shape[0])), MAX_WIDTH)
    shrinks = cut.shape[0] > HEIGHT
    small = cv2.resize(cut, (width, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    ink = 255.0 - small.astype(np.float32)
    low, high = np.percentile(ink, (20, 98))
    return np.asarray(np.clip((ink - low) / max(24.0, float(high - low)), 0.0, 1.0), np.float32)


def batch_of(strips: list[Strip]) -> NDArray[np.float32]:
    """Strips side by side as the net takes them, N×1×32×W; the narrower ones end in bare paper."""
    width = max(strip.shape[1] for strip in strips)
    width += -width % 8
    joined = np.zeros((len(strips), 1, HEIGHT, width), np.float32)
    for index, strip in enumerate(strips):
        joined[index, 0, :, : strip.shape[1]] = strip
    return joined
