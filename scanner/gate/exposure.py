"""How much light came back: from the paper, and from the strokes on it."""

from __future__ import annotations

import numpy as np

from scanner.gate.findings import Finding, Verdict, below
from scanner.gate.options import GateOptions
from scanner.gate.sheet import Sheet
from scanner.gate.strokes import Strokes
from scanner.gate.view import PageView

_FULL = 255
_CLIPPED = 254
_WHITE = 250
_SHADED, _SHADED_SHARE = 235, 0.12
_WHITENED = 0.6
_ENOUGH = 20
"""Places with strokes, below which a pale seal or what shows through from the back would pass for writing."""
_EDGE_MM = 5.0


def no_paper(page: PageView, options: GateOptions) -> list[Finding]:
    """A picture that is black, or white to its last pixel: it shows no paper at all."""
    brightest = float(np.percentile(page.grey, 99)) / _FULL * 100
    if brightest < options.black_percent:
        return [Finding("scanner.gate-black", brightest, options.black_percent, Verdict.RESCAN)]
    if page.grey.min() >= _WHITE:
        return [Finding("scanner.gate-white", 100.0, _WHITE / _FULL * 100, Verdict.LOOK)]
    return []


def exposure(page: PageView, sheet: Sheet, strokes: Strokes, options: GateOptions) -> list[Finding]:
    """Paper too dark; paper burnt to white, and strokes that have grown pale with it."""
    x0, y0, x1, y1 = sheet.inner(page.px(_EDGE_MM))
    paper = page.small[y0:y1:2, x0:x1:2]
    level = float(np.percentile(paper.max(axis=2), 90)) / _FULL * 100
    verdict, limit = below(level, options.dark_percent)
    if verdict is not Verdict.PASS:
        return [Finding("scanner.gate-dark", level, limit, verdict)]
    return [*_burnt(page, (x0, y0, x1, y1), options), *_faint(page, strokes, options)]


def _burnt(page: PageView, box: tuple[int, int, int, int], options: GateOptions) -> list[Finding]:
    """Paper burnt to white in one part while it keeps its own shade in another.

    Paper that is white all over was whitened by the device on purpose, or is new: that is the profile's affair.
    """
    x0, y0, x1, y1 = (side // 2 for side in box)
    paper = page.ground[y0:y1, x0:x1]
    if not paper.size:
        return []
    burnt, shaded = float((paper >= _CLIPPED).mean()) * 100, float((paper < _SHADED).mean())
    if burnt >= options.burnt_percent and shaded >= _SHADED_SHARE:
        return [Finding("scanner.gate-burnt", burnt, options.burnt_percent, Verdict.LOOK)]
    if burnt >= _WHITENED * 100 and options.white_is_doubtful:
        return [Finding("scanner.gate-whitened", burnt, _WHITENED * 100, Verdict.LOOK)]
    return []


def _faint(page: PageView, strokes: Strokes, options: GateOptions) -> list[Finding]:
    """Pale strokes on paper that is pure white: paler ones beside them are gone."""
    if strokes.tiles < _ENOUGH or np.median(page.ground) < _CLIPPED:
        return []
    verdict, limit = below(strokes.depth * 100, options.faint_percent)
    return [] if verdict is Verdict.PASS else [Finding("scanner.gate-faint", strokes.depth * 100, limit, verdict)]
