"""Thin lines that cross a whole picture: streaks along it, the edge of a second sheet across it.

What is printed stops at the margins and is broken by paper and letters; these are there from end to end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ENDS = 4
"""Bands at either end that must bear the line too: no rule or frame reaches so far into the margins."""

Plane = NDArray[np.float32]


def steady_lines(bands: Plane, near: int, least: float) -> Plane:
    """What each column differs from those around it, in percent of their light, where it does so from end to end.

    Args:
        bands: n×width, levels of n bands across the lines in question, their ends first and last.
        near: pixels to either side that count as around it.
        least: percent below which nothing is a line.

    Returns:
        width values, negative for dark lines, 0.0 where there is none.
    """
    around = _running_median(np.median(bands, axis=0), near)
    change = (np.median(bands, axis=0) / around - 1) * 100
    lines = np.zeros(bands.shape[1], np.float32)
    for column in np.flatnonzero(np.abs(change) >= least):
        if _from_end_to_end(bands, int(column), near, float(change[column])):
            lines[column] = change[column]
    return lines


def _from_end_to_end(bands: Plane, column: int, near: int, change: float) -> bool:
    beside = np.concatenate(
        [bands[:, max(0, column - near) : column], bands[:, column + 1 : column + near + 1]], axis=1
    )
    own = (bands[:, column] / np.maximum(np.percentile(beside, 60, axis=1), 1.0) - 1) * 100
    borne = own * np.sign(change) >= 0.4 * abs(change)
    return bool(borne.mean() >= 0.85 and borne[:_ENDS].mean() >= 0.75 and borne[-_ENDS:].mean() >= 0.75)


def _running_median(values: NDArray[np.floating], near: int) -> Plane:
    padded = np.pad(values, near, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1)
    return np.asarray(np.maximum(np.median(windows, axis=1), 1.0), np.float32)
