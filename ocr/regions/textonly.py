"""Lines and blocks of text without words that turned out to be no text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from core.model import Line, Polygon, Region
from ocr.blocks import hull
from ocr.geometry import bounds
from ocr.regions.pen import Place


def without_words(
    lines: Sequence[Line], regions: Sequence[Region], places: Collection[Place]
) -> tuple[tuple[Line, ...], tuple[Region, ...]]:
    """The lines and the regions that hold them; lines and regions that would be empty are gone."""
    if not places:
        return tuple(lines), tuple(regions)
    gone = set(places)
    parted = [
        _with_words(line, [j for j in range(len(line.words)) if (i, j) not in gone]) for i, line in enumerate(lines)
    ]
    before = np.cumsum([0, *(line is not None for line in parted)]).tolist()
    kept = [line for line in parted if line is not None]
    held = []
    for region in regions:
        first, end = before[region.first], before[region.first + region.count]
        same = parted[region.first : region.first + region.count] == list(
            lines[region.first : region.first + region.count]
        )
        if first < end:
            outline = region.polygon if same else hull(kept[first:end])
            held.append(replace(region, polygon=outline, first=first, count=end - first))
        elif not region.count:
            held.append(region)
    return tuple(kept), tuple(held)


def _with_words(line: Line, chosen: Sequence[int]) -> Line | None:
    """The line with the words chosen, cut to them at its ends."""
    if len(chosen) == len(line.words):
        return line
    if not chosen:
        return None
    words = tuple(line.words[j] for j in chosen)
    x0, y0, x1, y1 = line.baseline
    length = max(1e-6, float(np.hypot(x1 - x0, y1 - y0)))
    along = np.array([x1 - x0, y1 - y0]) / length
    corners = np.array([(x, y) for word in words for x in word.box[::2] for y in word.box[1::2]], dtype=np.float64)
    reached = (corners - (x0, y0)) @ along
    start = 0.0 if chosen[0] == 0 else float(np.clip(reached.min(), 0, length))
    end = length if chosen[-1] == len(line.words) - 1 else float(np.clip(reached.max(), 0, length))
    (ax, ay), (bx, by) = np.round((x0, y0) + along * start, 2).tolist(), np.round((x0, y0) + along * end, 2).tolist()
    outline = line.polygon
    if outline and start > 0:
        outline = _beyond(outline, along, float(along @ (ax, ay)))
    if outline and end < length:
        outline = _beyond(outline, -along, float(-along @ (bx, by)))
    return replace(
        line, words=words, box=bounds([word.box for word in words]), baseline=(ax, ay, bx, by), polygon=outline
    )


def _beyond(polygon: Polygon, along: np.ndarray, least: float) -> Polygon:
    """The part of a polygon on one side of a straight line (Sutherland and Hodgman, 1974)."""
    corners = np.array(polygon, dtype=np.float64)
    reach = corners @ along - least
    kept: list[tuple[int, int]] = []
    for here, there, at, to in zip(corners, np.roll(corners, -1, axis=0), reach, np.roll(reach, -1), strict=True):
        if at >= 0:
            kept.append((round(here[0]), round(here[1])))
        if (at >= 0) != (to >= 0):
            x, y = here + (there - here) * at / (at - to)
            kept.append((round(x), round(y)))
    return tuple(dict.fromkeys(kept))
