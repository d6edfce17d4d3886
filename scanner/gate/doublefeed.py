"""Two sheets at once: a picture longer than the paper, and the edge of a second sheet across it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scanner.gate.findings import Finding, Verdict
from scanner.gate.options import GateOptions
from scanner.gate.sheet import Sheet
from scanner.gate.steady import Plane, steady_lines
from scanner.gate.view import Grey, PageView

_BANDS = 64
_EDGE_MM = 3.0
_END_MM = 12.0
"""So near to the ends of the sheet nothing is told from their own shadow."""
_NEAR_MM = 2.5
_LINE_PERCENT = 4.0
_BLOCK_MM, _GAP_MM = 4.0, 1.0
_BORNE, _ENDS = 0.85, 2
"""Share of the width along which an edge must be seen, and bands at either end that must bear it too."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A straight edge across the whole sheet: its row in pixels of the view, and what the light changes there (%)."""

    row: float
    percent: float


def second_sheet(page: PageView, sheet: Sheet, degrees: float, options: GateOptions, too_long: bool) -> list[Finding]:
    """The edge of a second sheet on ``page``, whose sheet is turned by ``degrees``.

    In a picture of the paper's length only a change of the paper's light counts, which no fold leaves; where the
    picture is ``too_long``, the shadow of an edge is enough, and something is hidden beneath.
    """
    x0, y0, x1, y1 = sheet.inner(page.px(_EDGE_MM))
    ghost = _step(_levelled(page.ground, page, (x0, y0, x1, y1), degrees), page, options.step_percent)
    if ghost is None and too_long:
        ghost = _shadow(_levelled(page.grey, page, (x0, y0, x1, y1), degrees), page)
    if ghost is None:
        return []
    verdict = Verdict.RESCAN if too_long else Verdict.LOOK
    box = page.box(x0, y0 + ghost.row - page.px(1), x1, y0 + ghost.row + page.px(1))
    limit = _LINE_PERCENT if too_long else options.step_percent
    return [Finding("scanner.gate-second-sheet", ghost.percent, limit, verdict, box)]


def _levelled(plane: Grey, page: PageView, box: tuple[int, int, int, int], degrees: float) -> Plane:
    """Inside of the sheet, rows parallel to its upper side, at the size of the view."""
    height, width = page.grey.shape
    full = plane if plane.shape == (height, width) else cv2.resize(plane, (width, height))
    slope = float(np.tan(np.radians(degrees)))
    shear = np.array([[1, 0, 0], [slope, 1, -slope * width / 2]], np.float64)
    level = cv2.warpAffine(
        full, shear, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    x0, y0, x1, y1 = box
    bands = cv2.resize(level[y0:y1, x0:x1], (min(_BANDS, x1 - x0), y1 - y0), interpolation=cv2.INTER_AREA)
    return np.asarray(bands, np.float32) + 1


def _step(rows: Plane, page: PageView, least: float) -> Ghost | None:
    """Where the paper above and below differ by ``least`` percent along the whole row."""
    block, gap, end = (max(1, round(page.px(it))) for it in (_BLOCK_MM, _GAP_MM, _END_MM))
    if rows.shape[0] < 2 * (end + block + gap):
        return None
    log = np.log(rows)
    means = np.asarray(cv2.blur(log, (1, block), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE), np.float32)
    reach = block + 2 * gap
    change = means[reach:-block] - means[: -reach - block]
    # Light that falls off slowly changes as much from the blocks before and to those behind.
    drift = np.zeros_like(change)
    drift[reach:] = np.abs(change[:-reach])
    drift[:-reach] = np.maximum(drift[:-reach], np.abs(change[reach:]))
    strength = (np.abs(change) - drift) * 100
    sign = np.sign(np.median(change, axis=1))[:, None]
    borne = (strength >= least * 0.6) & (np.sign(change) == sign)
    ends = borne[:, :_ENDS].all(axis=1) & borne[:, -_ENDS:].all(axis=1)
    height = np.where(ends & (borne.mean(axis=1) >= _BORNE), np.median(strength, axis=1), 0.0)
    height[: max(0, end - block)] = 0.0
    height[len(height) - max(0, end - block) :] = 0.0
    best = int(height.argmax())
    return Ghost(best + block + gap, float(height[best])) if height[best] >= least else None


def _shadow(rows: Plane, page: PageView) -> Ghost | None:
    """A thin line across the whole sheet."""
    end = round(page.px(_END_MM))
    lines = steady_lines(np.ascontiguousarray(rows.T), max(2, round(page.px(_NEAR_MM))), _LINE_PERCENT)
    lines[:end] = 0.0
    lines[len(lines) - end :] = 0.0
    best = int(np.abs(lines).argmax())
    return Ghost(best, abs(float(lines[best]))) if lines[best] else None
