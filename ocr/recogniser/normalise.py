"""From the crop of a line to the network's input. Training and reading use these same functions."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

HEIGHT = 48
NARROWEST, WIDEST = 24, 1920
_BLACK, _WHITE = 0.01, 0.95
"""Ranks of the greys that become 0 and 255."""
_LEAST_CONTRAST = 20


def to_height(crop: Grey) -> Grey:
    """The crop (grey, ink dark) resized to 48×w, its aspect kept as far as 24 ≤ w ≤ 1920 allows."""
    height, width = crop.shape
    size = min(WIDEST, max(NARROWEST, round(width * HEIGHT / height))), HEIGHT
    if size == (width, height):
        return crop
    method = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, size, interpolation=method), dtype=np.uint8)


def stretch(crop: Grey) -> Grey:
    """Contrast stretched so that the 1st percentile of the greys is 0 and the 95th is 255."""
    reached = np.cumsum(cv2.calcHist([crop], [0], None, [256], [0, 256]).ravel())
    low, high = (int(np.searchsorted(reached, rank * (crop.size - 1), side="right")) for rank in (_BLACK, _WHITE))
    low = min(low, high - _LEAST_CONTRAST)  # What has hardly any ink is paper.
    greys = (np.arange(256) - low) * (255 / (high - low))
    return np.asarray(cv2.LUT(crop, np.clip(greys, 0, 255).astype(np.uint8)), dtype=np.uint8)


def normalise(crop: Grey) -> Grey:
    """What the network is shown of a line: 48×w, contrast stretched."""
    return stretch(to_height(crop))


def as_input(picture: Grey) -> NDArray[np.float32]:
    """A normalised line as the network takes it: 1×1×48×w, value/255 − 0.5."""
    return (picture * np.float32(1 / 255) - np.float32(0.5))[None, None]
