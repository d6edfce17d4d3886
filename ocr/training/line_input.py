"""From a grey line crop to the recogniser's input."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT = 48
WIDTHS = (24, 1920)
COLUMN = 4
_LEAST_CONTRAST = 20


def line_input(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop at height 48, width 24 to 1920, stretched so that its 1st percentile is 0 and its 95th 255.

    The net takes this divided by 255, less one half.
    """
    height, width = crop.shape
    wanted = min(WIDTHS[1], max(WIDTHS[0], round(width * HEIGHT / height)))
    scaling = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR
    small = cv2.resize(crop, (wanted, HEIGHT), interpolation=scaling)
    low, high = np.percentile(small, (1, 95))
    stretched = (small.astype(np.float32) - low) / max(_LEAST_CONTRAST, high - low)
    return np.asarray(np.clip(stretched, 0, 1) * 255, np.uint8)
