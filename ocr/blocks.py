"""Lines that belong together: blocks of running text, and tables."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from core.model import Box, Line, Polygon, Region, RegionKind

_APART = 1.3
"""White between two lines of a block, at most, in heights of the lower one."""
_SIZES = 1.8
"""How much higher than the other a line of one block may be."""


def find_blocks(lines: Sequence[Line], tables: Sequence[int | None] = ()) -> tuple[Region, ...]:
    """Every line in one region.

    Args:
        lines: of an upright page, in reading order.
        tables: for each line the number of the table that it stands in; empty: there is none.
    """
    numbers = list(tables) or [None] * len(lines)
    starts = [i for i in range(len(lines)) if i == 0 or not _goes_on(lines, numbers, i)]
    ends = [*starts[1:], len(lines)]
    return tuple(
        Region(
            RegionKind.TEXT if numbers[first] is None else RegionKind.TABLE,
            hull(lines[first:end]),
            first,
            end - first,
        )
        for first, end in zip(starts, ends, strict=False)
    )


def _goes_on(lines: Sequence[Line], tables: Sequence[int | None], index: int) -> bool:
    """Whether a line stands in the block of the one before it."""
    if tables[index] is not None or tables[index - 1] is not None:
        return tables[index] == tables[index - 1]
    before, this = lines[index - 1].box, lines[index].box
    heights = sorted((before[3] - before[1], this[3] - this[1]))
    if heights[1] > _SIZES * heights[0]:
        return False
    beside = _overlap(before, this, axis=1) > 0.5 * heights[0]
    near = -heights[0] < this[1] - before[3] <= _APART * (this[3] - this[1])
    return near and _overlap(before, this, axis=0) > 0 and not beside


def _overlap(one: Box, other: Box, *, axis: int) -> int:
    return min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis])


def hull(lines: Sequence[Line]) -> Polygon:
    """The smallest convex outline around lines."""
    corners = [corner for line in lines for corner in line.polygon or _corners(line.box)]
    around = cv2.convexHull(np.array(corners, dtype=np.int32))[:, 0]
    return tuple((int(x), int(y)) for x, y in around)


def _corners(box: Box) -> Polygon:
    x0, y0, x1, y1 = box
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)
