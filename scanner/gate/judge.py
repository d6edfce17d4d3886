"""The gate: a page as the scanner delivered it → what to do while the paper is still there.

*Rescan* is kept for what loses content and cannot be mended later, *look* for doubts. About 0.13 s for a page of A4 at
300 dpi in colour.
"""

from __future__ import annotations

from collections.abc import Callable

from imaging.ink import blank_score
from scanner.gate.corners import bad_corners
from scanner.gate.doublefeed import second_sheet
from scanner.gate.edges import cut_off, unseen_sides
from scanner.gate.exposure import exposure, no_paper
from scanner.gate.findings import Finding, Judgement, Verdict, above, judged
from scanner.gate.form import colour_depth, resolution, size, too_long
from scanner.gate.options import Check, GateOptions
from scanner.gate.sheet import Sheet, find_sheet
from scanner.gate.slope import text_slope
from scanner.gate.streaks import RollerHistory, find_streaks
from scanner.gate.strokes import Strokes, measure_strokes
from scanner.gate.view import PageView, Picture, view
from scanner.options import ScanOptions

_Found = list[Finding]


def judge(
    raster: Picture, dpi: float, options: ScanOptions, history: RollerHistory, *, blank: float | None = None
) -> Judgement:
    """What is wrong with a page.

    Args:
        raster: the page as the device delivered it, H×W or H×W×3 RGB, ``uint8``, rows across the feed.
        dpi: its resolution.
        options: the profile's ``[scan]`` table; ``options.gate`` holds the thresholds.
        history: of the sensor that took the page; the page is added to it.
        blank: the page's blank score (:func:`imaging.ink.blank_score`), if it is known already.

    Raises:
        ValueError: no such raster or resolution.
    """
    page, gate = view(raster, dpi), options.gate
    found = _when(gate, Check.RESOLUTION, lambda: resolution(dpi, options))
    if nothing := _when(gate, Check.EMPTY, lambda: no_paper(page, gate)):
        return judged(found + nothing)
    found += _when(gate, Check.COLOUR, lambda: colour_depth(page, options))
    score = blank_score(page.small) if blank is None else blank
    found += _when(gate, Check.BLANK, lambda: _blank(score, options))
    return judged(found + _look_at(page, score < options.blank_threshold, options, history))


def _look_at(page: PageView, written: bool, options: ScanOptions, history: RollerHistory) -> _Found:
    gate, sheet = options.gate, find_sheet(page)
    strokes = measure_strokes(page, sheet) if written else Strokes(0, 0.0, 0.0)
    slope = text_slope(page, sheet) if written else None
    long = too_long(page, sheet, options)
    checks: list[tuple[Check, Callable[[], _Found]]] = [
        (Check.SIZE, lambda: size(page, sheet, options)),
        (Check.EDGES, lambda: _edges(page, sheet, options)),
        (Check.FOCUS, lambda: _focus(strokes, gate)),
        (Check.EXPOSURE, lambda: exposure(page, sheet, strokes, gate)),
        (Check.SKEW, lambda: _skew(slope, sheet, gate)),
        (Check.CORNERS, lambda: bad_corners(page, sheet, gate)),
        (Check.STREAKS, lambda: find_streaks(page, sheet, gate, history)),
        (Check.DOUBLE_FEED, lambda: second_sheet(page, sheet, sheet.degrees or 0.0, gate, long)),
    ]
    return [finding for check, act in checks for finding in _when(gate, check, act)]


def _when(gate: GateOptions, check: Check, act: Callable[[], _Found]) -> _Found:
    return [] if check in gate.off else act()


def _blank(score: float, options: ScanOptions) -> _Found:
    """Blank backs are usual in duplex; a blank sheet that was fed on one side may lie face down."""
    if score < options.blank_threshold:
        return []
    verdict = Verdict.PASS if options.duplex else Verdict.LOOK
    return [Finding("scanner.gate-blank", score * 100, options.blank_threshold * 100, verdict)]


def _edges(page: PageView, sheet: Sheet, options: ScanOptions) -> _Found:
    found = cut_off(page, sheet, options)
    return found + unseen_sides(page, sheet) if options.gate.whole_sheet else found


def _focus(strokes: Strokes, gate: GateOptions) -> _Found:
    verdict, limit = above(strokes.blur, gate.blur_mm)
    if not strokes.enough or verdict is Verdict.PASS:
        return []
    return [Finding("scanner.gate-blurred", strokes.blur, limit, verdict)]


def _skew(slope: float | None, sheet: Sheet, gate: GateOptions) -> _Found:
    degrees = slope if slope is not None else sheet.degrees
    verdict, limit = above(abs(degrees or 0.0), gate.skew_degrees)
    return [] if verdict is Verdict.PASS else [Finding("scanner.gate-skew", abs(degrees or 0.0), limit, verdict)]
