"""What was asked of the scanner and what it delivered: resolution, colour depth, size."""

from __future__ import annotations

from dataclasses import replace

from scanner.gate.findings import Finding, Verdict
from scanner.gate.sheet import Sheet
from scanner.gate.view import PageView, Picture
from scanner.options import Colour, ScanOptions

_SHADOW_MM = 6.0
_NEARLY = 0.98
"""Drivers round resolutions."""
_DEPTHS = {Colour.BITONAL: 0, Colour.GREY: 1, Colour.COLOUR: 2}


def resolution(dpi: float, options: ScanOptions) -> list[Finding]:
    """Below what the profile accepts (rescan), or below what it asks for (look)."""
    for code, asked, verdict in (
        ("scanner.gate-resolution", options.min_dpi, Verdict.RESCAN),
        ("scanner.gate-resolution-asked", options.dpi, Verdict.LOOK),
    ):
        if dpi < asked * _NEARLY:
            return [Finding(code, dpi, asked, verdict)]
    return []


def colour_depth(page: PageView, options: ScanOptions) -> list[Finding]:
    """Black and white where shades were asked for (rescan), grey where colour was (look)."""
    found = _depth(page.full)
    lacking = _DEPTHS[found] < _DEPTHS[options.colour]
    if not lacking:
        return []
    if found is Colour.BITONAL:
        return [Finding("scanner.gate-bitonal", 1.0, 8.0, Verdict.RESCAN)]
    return [Finding("scanner.gate-grey", 8.0, 24.0, Verdict.LOOK)]


def _depth(full: Picture) -> Colour:
    """What the pixels of every few rows hold; the file may well call itself more."""
    rows = full[:: max(1, full.shape[0] // 256)]
    if rows.ndim == 3:
        first = rows[:, :, 0]
        if (rows[:, :, 1] != first).any() or (rows[:, :, 2] != first).any():
            return Colour.COLOUR
        rows = first
    extremes = (rows == rows.min()) | (rows == rows.max())
    return Colour.BITONAL if extremes.all() and rows.min() != rows.max() else Colour.GREY


def size(page: PageView, sheet: Sheet, options: ScanOptions) -> list[Finding]:
    """A side that differs from the profile's paper; longer than the paper is told apart, for it may be two sheets."""
    short, long = _deviations(page, sheet, options)
    limit = options.geometry_tolerance * 100
    if too_long(page, sheet, options):
        return [Finding("scanner.gate-too-long", long, limit, Verdict.LOOK)]
    worst = max(short, long, key=abs)
    if abs(worst) <= limit:
        return []
    code = "scanner.gate-larger" if worst > 0 else "scanner.gate-smaller"
    return [Finding(code, abs(worst), limit, Verdict.LOOK)]


def too_long(page: PageView, sheet: Sheet, options: ScanOptions) -> bool:
    """Whether the sheet is longer than the paper, but no wider: two sheets may lie one behind the other."""
    short, long = _deviations(page, sheet, options)
    limit = options.geometry_tolerance * 100
    return long > limit and short <= limit


def _deviations(page: PageView, sheet: Sheet, options: ScanOptions) -> tuple[float, float]:
    """How much the short and the long side differ from the paper, in percent.

    A narrow ground may be the shadow of the lid upon the sheet: of both readings the one that fits better counts.
    """
    shadow = page.px(_SHADOW_MM)
    kept = {place: side for place, side in sheet.sides.items() if side.at > shadow}
    readings = []
    for seen in (sheet, replace(sheet, sides=kept)):
        sides = sorted((page.mm(seen.across), page.mm(seen.down)))
        short, long = ((it / paper - 1) * 100 for it, paper in zip(sides, sorted(options.paper_mm), strict=True))
        readings.append((short, long))
    return min(readings, key=lambda it: max(abs(it[0]), abs(it[1])))
