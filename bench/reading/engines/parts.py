"""Lines too long for a model, in parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

HEIGHT = 32
"""Pixels to which AsterOCR scales every line."""
WIDEST = 1000
"""Pixels at that height; the model has places for 256 steps of four pixels and fails beyond."""


def in_parts(line: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """A grey line ``(height, width)``, cut in its widest gaps near the middle until every part is short enough."""
    height, width = line.shape
    if width * HEIGHT <= WIDEST * height:
        yield np.ascontiguousarray(line)
        return
    ink = (line < (int(line.min()) + int(line.max())) / 2).sum(axis=0).astype(np.float64)
    gaps = np.convolve(ink, np.ones(max(1, height // 4)), mode="same")
    place = width // 3 + int(np.argmin(gaps[width // 3 : 2 * width // 3 + 1]))
    yield from in_parts(line[:, :place])
    yield from in_parts(line[:, place:])
