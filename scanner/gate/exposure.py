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
    clipped = float((paper.min(axis=2) >= _CLIPPED).mean()) * 100
    if clipped < options.clipped_percent:
        return []
    found = [Finding("scanner.gate-clipped", clipped, options.clipped_percent, Verdict.LOOK)]
    verdict, limit = below(strokes.depth * 100, options.faint_percent)
    if strokes.enough and verdict is not Verdict.PASS:
        found.append(Finding("scanner.gate-faint", strokes.depth * 100, limit, verdict))
    return found
