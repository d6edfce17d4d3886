"""What the picture cuts off: strokes that run out of it, and a sheet that lies partly outside."""

from __future__ import annotations

import cv2
import numpy as np

from scanner.gate.findings import Finding, Place, Verdict, above
from scanner.gate.options import GateOptions
from scanner.gate.sheet import SIDES, Sheet
from scanner.gate.view import Grey, PageView
from scanner.options import ScanOptions

_BAND_MM = 14.0
_RIM_MM = 0.25
_INK = 205
_LETTER_MM = (0.6, 9.0)
"""How far into the page a cut letter reaches at least, and along its side at most; words may run on inwards."""
_SHADOW_MM = 6.0
"""A narrower ground may be the shadow of the lid."""
_OPPOSITE = {
    Place.LEFT: Place.RIGHT,
    Place.RIGHT: Place.LEFT,
    Place.TOP: Place.BOTTOM,
    Place.BOTTOM: Place.TOP,
}


def cut_off(page: PageView, sheet: Sheet, options: ScanOptions) -> list[Finding]:
    """Sides on which letters run out of the picture, and sides beyond which a part of the sheet must lie."""
    outside = _outside(page, sheet, options)
    certain = {finding.place for finding in outside}
    return _cut_text(page, sheet, options.gate, certain) + outside


def _cut_text(page: PageView, sheet: Sheet, options: GateOptions, certain: set[Place | None]) -> list[Finding]:
    """Sides on which letters run out of the picture; few are enough where the sheet is known to do so.

    Where the sheet's own side is seen, what runs into it was cut by whoever trimmed the paper.
    """
    found = []
    for turn, place in enumerate((Place.TOP, Place.RIGHT, Place.BOTTOM, Place.LEFT)):
        if place in sheet.sides:
            continue
        marks = _cut_letters(np.rot90(page.light, turn), page)
        look, rescan = options.cut_marks
        verdict, limit = above(marks, (look, look if place in certain else rescan))
        if verdict is not Verdict.PASS:
            found.append(Finding("scanner.gate-cut", marks, limit, verdict, _rim(page, place), place))
    return found


def _cut_letters(light: Grey, page: PageView) -> int:
    """Letters that touch the upper rim and stand in line with others that do."""
    band = np.ascontiguousarray(light[: max(4, round(page.px(_BAND_MM)))])
    ink = (band < _INK).astype(np.uint8)
    rim = max(1, round(page.px(_RIM_MM)))
    low, high = (page.px(it) for it in _LETTER_MM)
    ink[:rim] = ink[:rim].all(axis=0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, wide, deep, area = (stats[1:, column] for column in range(5))
    rules = (deep >= len(band)) & (area <= 1.5 * rim * deep)
    letters = (top == 0) & (deep >= max(low, rim + 1)) & (wide <= high) & (area >= low) & ~rules
    return int(np.count_nonzero(letters))


def _outside(page: PageView, sheet: Sheet, options: ScanOptions) -> list[Finding]:
    """Sides beyond which a part of the sheet must lie: unseen, while the ground shows on the side across."""
    found, least = [], options.gate.outside_mm
    for place in SIDES:
        across = _OPPOSITE[place]
        if place in sheet.sides or sheet.margin(across) < page.px(_SHADOW_MM):
            continue
        upright = place in (Place.LEFT, Place.RIGHT)
        seen = page.mm(sheet.across if upright else sheet.down)
        missing = _nearest(page, options.paper_mm)[0 if upright else 1] - seen
        if least <= missing <= 10 * least:
            found.append(Finding("scanner.gate-outside", missing, least, Verdict.LOOK, _rim(page, place), place))
    return found


def unseen_sides(page: PageView, sheet: Sheet) -> list[Finding]:
    """Sides of the sheet that should stand out against the ground, and do not."""
    return [
        Finding("scanner.gate-side-unseen", 0.0, 0.0, Verdict.LOOK, _rim(page, place), place)
        for place in SIDES
        if place not in sheet.sides
    ]


def _nearest(page: PageView, paper_mm: tuple[float, float]) -> tuple[float, float]:
    """The paper, upright or lying as the picture is, in mm."""
    short, long = sorted(paper_mm)
    return (short, long) if page.full.shape[0] >= page.full.shape[1] else (long, short)


def _rim(page: PageView, place: Place) -> tuple[int, int, int, int]:
    height, width = page.grey.shape
    deep = page.px(_BAND_MM / 2)
    x0 = width - deep if place is Place.RIGHT else 0
    y0 = height - deep if place is Place.BOTTOM else 0
    return page.box(x0, y0, deep if place is Place.LEFT else width, deep if place is Place.TOP else height)
