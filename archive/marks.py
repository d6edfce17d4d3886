"""The marks of user copies (TT 05/2025/TT-BNV, Điều 13–16, 37, 40–42): where they stand, and how they get there.

A mark never covers ink: where a page has no room for it, the page grows by a white strip. Lengths are points, and
``(u, v)`` runs right and down on the page as displayed, as in :mod:`archive.stamp`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from importlib.resources import as_file, files

import numpy as np
from fpdf import FPDF
from numpy.typing import NDArray
from pikepdf import Object, Page, Pdf, Rectangle

from archive.stamp import (
    CLEARANCE,
    EDGE,
    FONT_SIZE,
    LEADING,
    MM,
    STRIP,
    PageGeometry,
    Placement,
    block_size,
    even_lines,
    grow_page,
)
from archive.typeface import NAME, ascent, text_width
from core.text import nfc

_AFTER_TEXT = 8 * MM
_FACE = "text"


def fitting_lines(text: str, width: float) -> tuple[str, ...]:
    """``text`` in as few even lines as fit a page of ``width``; where a single word is too wide, a line for each.

    Raises:
        BadInputError: letters that the face lacks.
    """
    words = nfc(text).split()
    for count in range(1, len(words)):
        lines = even_lines(words, count)
        if max(text_width(line, FONT_SIZE) for line in lines) <= width - 2 * EDGE:
            return lines
    return tuple(words)


def plan_bottom(ink: NDArray[np.bool_], page: PageGeometry, lines: Sequence[str]) -> Placement:
    """A place for ``lines``, centred in the bottom margin as low as there is room.

    Args:
        ink: the upright page as displayed, H×W, true where there is ink.
    """
    width, height = block_size(lines)
    scale = ink.shape[1] / page.displayed[0]
    bottom = page.displayed[1] - EDGE
    columns = _columns(ink, page, width)
    for row in range(round(STRIP * scale)):
        low = bottom - row / scale
        high = low - height
        if high < bottom - STRIP:
            break
        if not ink[_rows(high - CLEARANCE, low + CLEARANCE, scale), columns].any():
            return _centred(page, lines, (width, height), high)
    return _below(page, lines, (width, height))


def plan_after_text(ink: NDArray[np.bool_], page: PageGeometry, lines: Sequence[str], free: float) -> Placement:
    """A place for ``lines`` and ``free`` points of empty paper under them, after the last ink of the page."""
    width, height = block_size(lines)
    size = width, height + free
    scale = ink.shape[1] / page.displayed[0]
    inked = np.flatnonzero(ink.any(axis=1))
    top = ((int(inked[-1]) + 1) / scale if inked.size else EDGE) + _AFTER_TEXT
    if top + size[1] > page.displayed[1] - EDGE:
        return _below(page, lines, size)
    return _centred(page, lines, size, top)


def _columns(ink: NDArray[np.bool_], page: PageGeometry, width: float) -> slice:
    scale = ink.shape[1] / page.displayed[0]
    left = (page.displayed[0] - width) / 2
    return slice(max(0, math.floor((left - CLEARANCE) * scale)), math.ceil((left + width + CLEARANCE) * scale))


def _rows(top: float, bottom: float, scale: float) -> slice:
    return slice(max(0, math.floor(top * scale)), math.ceil(bottom * scale))


def _centred(page: PageGeometry, lines: Sequence[str], size: tuple[float, float], top: float) -> Placement:
    left = (page.displayed[0] - size[0]) / 2
    return Placement(page.to_user_space(left, top, *size), page.rotate, tuple(lines), timed=False)


def _below(page: PageGeometry, lines: Sequence[str], size: tuple[float, float]) -> Placement:
    """On a strip added below; a page that is too narrow grows to its left as well."""
    wider = max(0.0, size[0] + 2 * EDGE - page.displayed[0])
    strip = CLEARANCE + size[1] + EDGE
    grown = page.grown(0.0, wider, strip)
    left = (grown.displayed[0] - size[0]) / 2
    rect = grown.to_user_space(left, page.displayed[1] + CLEARANCE, *size)
    return Placement(rect, page.rotate, tuple(lines), 0.0, wider, strip, timed=False)


class Stamper:
    """Draws marks on the pages of one PDF; a mark that stands on many pages is kept once."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._forms: dict[tuple[tuple[str, ...], float], Object] = {}

    def draw(self, page: Page, placement: Placement) -> None:
        """Print the mark on the page, which grows first where it has to."""
        if placement.extends:
            grow_page(page, placement)
        x0, y0, x1, y1 = placement.rect
        wide, high = abs(x1 - x0), abs(y1 - y0)
        size = (wide, high) if placement.rotate % 180 == 0 else (high, wide)
        page.add_overlay(self._form(placement.name_lines, size), Rectangle(x0, y0, x1, y1))

    def _form(self, lines: tuple[str, ...], size: tuple[float, float]) -> Object:
        key = lines, round(size[1], 3)
        if key not in self._forms:
            with Pdf.open(io.BytesIO(_drawn(lines, size))) as drawn:
                self._forms[key] = self._pdf.copy_foreign(drawn.pages[0].as_form_xobject())
        return self._forms[key]


def _drawn(lines: Sequence[str], size: tuple[float, float]) -> bytes:
    """A PDF page of just this size with ``lines`` centred from its top, black, in an embedded face."""
    pdf = FPDF(unit="pt", format=size)
    pdf.set_auto_page_break(False)
    with as_file(files("imaging").joinpath("fonts", f"{NAME}.ttf")) as face:
        pdf.add_font(_FACE, fname=face)
    pdf.add_page()
    pdf.set_font(_FACE, size=FONT_SIZE)
    for row, line in enumerate(lines):
        baseline = row * LEADING + (LEADING - FONT_SIZE) / 2 + ascent(FONT_SIZE)
        pdf.text((size[0] - text_width(line, FONT_SIZE)) / 2, baseline, line)
    return bytes(pdf.output())
