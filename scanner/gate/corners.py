"""Corners folded over or missing: a straight edge that runs slantwise from side to side.

On a dark ground it is the edge of the paper, on a white one the shadow of the fold. A missing corner on a ground as
white as the paper leaves no trace.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.gate.findings import Finding, Place, Verdict, above
from scanner.gate.options import GateOptions
from scanner.gate.sheet import Sheet
from scanner.gate.view import Grey, PageView

_PATCH_MM = 48.0
_SLANT = (20.0, 70.0)
_BORNE, _MOST_LINES = 0.75, 40
_CANNY = (20, 50)


def bad_corners(page: PageView, sheet: Sheet, options: GateOptions) -> list[Finding]:
    """Corners of the sheet that are cut off by a slanting edge."""
    found = []
    for place, patch in _patches(page, sheet):
        legs = _legs(patch, page, options.corner_mm[0])
        if legs is None:
            continue
        across, down = legs
        verdict, limit = above(page.mm(min(across, down)), options.corner_mm)
        if verdict is not Verdict.PASS:
            box = _corner_box(page, sheet, place, across, down)
            found.append(Finding("scanner.gate-corner", page.mm(min(across, down)), limit, verdict, box, place))
    return found


def _patches(page: PageView, sheet: Sheet) -> list[tuple[Place, Grey]]:
    """The corners of the sheet, each mirrored so that it lies at the upper left."""
    x0, y0, x1, y1 = _bounds(sheet)
    size = round(min(page.px(_PATCH_MM), (x1 - x0) / 2, (y1 - y0) / 2))
    inside = page.grey[y0:y1, x0:x1]
    turned = {
        Place.TOP_LEFT: inside,
        Place.TOP_RIGHT: inside[:, ::-1],
        Place.BOTTOM_LEFT: inside[::-1],
        Place.BOTTOM_RIGHT: inside[::-1, ::-1],
    }
    return [(place, np.ascontiguousarray(part[:size, :size])) for place, part in turned.items() if size > 0]


def _bounds(sheet: Sheet) -> tuple[int, int, int, int]:
    margins = [max(0, round(sheet.margin(place))) for place in (Place.LEFT, Place.TOP, Place.RIGHT, Place.BOTTOM)]
    return margins[0], margins[1], max(sheet.width - margins[2], margins[0]), max(sheet.height - margins[3], margins[1])


def _legs(patch: Grey, page: PageView, least_mm: float) -> tuple[float, float] | None:
    """Where the plainest slanting edge meets the upper and the left side of the patch, in its pixels."""
    if min(patch.shape) < page.px(least_mm):
        return None
    rims = cv2.Canny(cv2.GaussianBlur(patch, (0, 0), 1.0), *_CANNY)
    near = cv2.dilate(rims, np.ones((3, 3), np.uint8)) > 0
    low, high = np.radians(_SLANT)
    lines = cv2.HoughLines(rims, 1, np.pi / 180, round(page.px(least_mm) * 0.7), min_theta=low, max_theta=high)
    for distance, angle in np.zeros((0, 2)) if lines is None else np.asarray(lines).reshape(-1, 2)[:_MOST_LINES]:
        legs = float(distance / np.cos(angle)), float(distance / np.sin(angle))
        if page.mm(min(legs)) >= least_mm and _borne(near, *legs) >= _BORNE:
            return legs
    return None


def _borne(near: NDArray[np.bool_], across: float, down: float) -> float:
    """Share of the way from the upper to the left side along which there is an edge."""
    steps = np.linspace(0, 1, max(2, round(np.hypot(across, down))))
    xs, ys = (across * (1 - steps)).astype(int), (down * steps).astype(int)
    inside = (xs < near.shape[1]) & (ys < near.shape[0])
    return float(near[ys[inside], xs[inside]].sum() / len(steps))


def _corner_box(page: PageView, sheet: Sheet, place: Place, across: float, down: float) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = _bounds(sheet)
    if place in (Place.TOP_LEFT, Place.BOTTOM_LEFT):
        x1 = round(x0 + across)
    else:
        x0 = round(x1 - across)
    if place in (Place.TOP_LEFT, Place.TOP_RIGHT):
        y1 = round(y0 + down)
    else:
        y0 = round(y1 - down)
    return page.box(x0, y0, x1, y1)
