"""Cover sheets and patch sheets as a PDF to be printed in black and white.

All lengths are millimetres, from the top left corner of the paper; type sizes are points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from fpdf import FPDF

from core import messages
from core.errors import UsageError
from imaging.typeface import FACE, faces
from scanner.covers.bars import BAND, PATCH_LENGTH, PATCH_T
from scanner.covers.payload import CoverPayload, grouped

A4 = (210.0, 297.0)
_LARGEST = (297.0, 420.0)
"""Printers of offices take no larger paper; maps get covers of A4."""
_SMALLEST = (148.0, 210.0)
_MARGIN = 10.0
QR_SIDE = 110.0
"""Of the code with its quiet zone, on A4."""
_MODULE = 0.8
_OVERLAP = 0.02
"""Rows of modules overlap by so much, or viewers show hairlines between them."""
_POINT = 25.4 / 72
_LEADING = 1.25


@dataclass(frozen=True, slots=True)
class Imprint:
    """What all covers of one printing say beside their payload.

    ``organisation`` keeps the archive (empty where unknown), ``kinds`` names the document types by their codes.
    """

    at: datetime
    who: str
    organisation: str = ""
    kinds: Callable[[str], str] = str


def cover_paper(paper: tuple[float, float]) -> tuple[float, float]:
    """Width and height of the covers for paper of that size: the same, upright, or A4 where that cannot be printed."""
    width, height = sorted(paper)
    fits = all(least <= side <= most for least, side, most in zip(_SMALLEST, (width, height), _LARGEST, strict=True))
    return (width, height) if fits else A4


def cover_pdf(covers: Sequence[CoverPayload], patches: int, imprint: Imprint, paper: tuple[float, float] = A4) -> bytes:
    """The PDF of ``covers``, one page each, and of ``patches`` Patch T sheets after them.

    Args:
        paper: width and height of the sheets; see :func:`cover_paper`.

    Raises:
        UsageError: a case file's identifier is too long for a code of modules that any printer and scanner can do.
    """
    pdf = FPDF(unit="mm", format=cover_paper(paper))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_lang("vi")
    pdf.set_title(_text("print-title"))
    pdf.set_creation_date(imprint.at)
    with faces(pdf):
        for cover in covers:
            pdf.add_page()
            _Sheet(pdf, imprint).draw(cover)
        for _ in range(patches):
            pdf.add_page()
            _draw_patch_sheet(pdf)
        return bytes(pdf.output())


class _Sheet:
    """One page in the making; ``y`` is where the next thing goes."""

    def __init__(self, pdf: FPDF, imprint: Imprint) -> None:
        self._pdf = pdf
        self._imprint = imprint
        self._width, self._height = pdf.w, pdf.h
        self._inner = self._width - 2 * _MARGIN
        # A5 has the same design at two thirds of the size.
        self._scale = min(1.0, self._height / A4[1])
        self._y = 0.0

    def draw(self, cover: CoverPayload) -> None:
        foot = self._height - _MARGIN - BAND.depth
        for top in (_MARGIN, foot):
            for offset, thickness in BAND.places:
                self._pdf.rect(_MARGIN, top + offset, self._inner, thickness, style="F")
        self._y = _MARGIN + BAND.depth + 4 * self._scale
        self._centred("▲  " + _text("print-this-edge") + "  ▲", 11)
        self._centred(self._imprint.organisation, 15)
        self._centred(_text("print-title"), 38, bold=True)
        self._centred(_kind_line(cover, self._imprint), 24, bold=True)
        self._code(cover)
        self._centred(cover.case_file, 30, least=20, bold=True)
        for label, value in _rows(cover):
            self._row(label, value)
        at = self._imprint.at.strftime("%H:%M %d/%m/%Y")
        small = [_text("print-made", at=at, who=self._imprint.who), f"{_text('print-typed')} {cover.text}"]
        self._y = foot - 3 * self._scale - sum(self._height_of(text, 12, 8) for text in small)
        for text in reversed(small):
            self._centred(text, 12, least=8)

    def _centred(self, text: str, size: float, *, least: float = 8, bold: bool = False) -> None:
        """A text in the middle; a long one is set smaller, and below ``least`` points broken anywhere into lines."""
        lines, points = self._broken(text, size, least, bold)
        height = points * _POINT * _LEADING
        for line in lines:
            self._pdf.set_xy(_MARGIN, self._y)
            self._pdf.cell(self._inner, height, line, align="C")
            self._y += height

    def _height_of(self, text: str, size: float, least: float) -> float:
        lines, points = self._broken(text, size, least, False)
        return len(lines) * points * _POINT * _LEADING

    def _broken(self, text: str, size: float, least: float, bold: bool) -> tuple[list[str], float]:
        """The text's lines, and their size in points; the font is set to it."""
        size, least = size * self._scale, least * self._scale
        points = self._fitted(text, size, self._inner, bold)
        if points >= least or len(text) < 2:
            return [text], points
        count = math.ceil(least / points)
        step = math.ceil(len(text) / count)
        lines = [text[start : start + step] for start in range(0, len(text), step)]
        return lines, self._fitted(max(lines, key=self._pdf.get_string_width), size, self._inner, bold)

    def _fitted(self, text: str, points: float, room: float, bold: bool) -> float:
        self._pdf.set_font(FACE, "B" if bold else "", points)
        wide = self._pdf.get_string_width(text)
        if wide > room:
            points *= room / wide * 0.99
            self._pdf.set_font_size(points)
        return points

    def _row(self, label: str, value: str) -> None:
        points = 20 * self._scale
        height = points * _POINT * 1.35
        middle = self._width * 0.47
        self._pdf.set_font(FACE, "", points)
        self._pdf.set_xy(_MARGIN, self._y)
        self._pdf.cell(middle - _MARGIN - 2, height, label, align="R")
        self._fitted(value, points, self._width - _MARGIN - middle - 2, bold=True)
        self._pdf.set_xy(middle + 2, self._y)
        self._pdf.cell(self._width - _MARGIN - middle - 2, height, value)
        self._y += height

    def _code(self, cover: CoverPayload) -> None:
        """The QR code with its quiet zone of four modules (ISO/IEC 18004, 6.3.8)."""
        side = QR_SIDE * self._scale
        code = _symbol(cover, side)
        modules = [[bool(module) for module in row] for row in code.matrix]
        module = side / (len(modules) + 8)
        left, top = (self._width - side) / 2 + 4 * module, self._y + 4 * module
        for number, row in enumerate(modules):
            for start, length in _dark_runs(row):
                height = module + (_OVERLAP if number + 1 < len(modules) else 0)
                self._pdf.rect(left + start * module, top + number * module, length * module, height, style="F")
        self._y += side


def _symbol(cover: CoverPayload, side: float) -> segno.QRCode:
    """The code at the highest level of error correction, or the second where modules would be too small for it."""
    for level in "hq":
        code = segno.make_qr(cover.text, error=level, boost_error=False)
        if side / (len(code.matrix) + 8) >= _MODULE:
            return code
    raise UsageError("scanner.cover-too-long", value=cover.case_file)


def _dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or row[end] != row[start]:
            if row[start]:
                yield start, end - start
            start = end


def _kind_line(cover: CoverPayload, imprint: Imprint) -> str:
    if cover.whole:
        return _text("print-whole")
    kind = "" if cover.kind is None else imprint.kinds(cover.kind)
    return kind if cover.document is None else _text("print-document", number=cover.document) + (kind and f" – {kind}")


def _rows(cover: CoverPayload) -> Iterator[tuple[str, str]]:
    yield _text("print-court"), cover.court
    yield _text("print-fonds"), cover.fonds
    yield _text("print-sheets"), "…………" if cover.sheets is None else str(cover.sheets)
    yield _text("print-id"), grouped(cover.print_id)


def _draw_patch_sheet(pdf: FPDF) -> None:
    """The four bars at all four edges, so that they lead whichever edge is fed first."""
    width, height = pdf.w, pdf.h
    for offset, thickness in PATCH_T.places:
        near = _MARGIN + offset
        across, along = (width - PATCH_LENGTH) / 2, (height - PATCH_LENGTH) / 2
        pdf.rect(across, near, PATCH_LENGTH, thickness, style="F")
        pdf.rect(across, height - near - thickness, PATCH_LENGTH, thickness, style="F")
        pdf.rect(near, along, thickness, PATCH_LENGTH, style="F")
        pdf.rect(width - near - thickness, along, thickness, PATCH_LENGTH, style="F")
    lines = ((_text("print-patch"), "B", 34.0), (_text("print-patch-rule"), "", 15.0), ("Patch T", "", 15.0))
    top = height / 2 - 18
    for text, style, points in lines:
        pdf.set_font(FACE, style, points)
        room = width - 2 * (_MARGIN + PATCH_T.depth + 3)
        wide = pdf.get_string_width(text)
        pdf.set_font_size(points * min(1.0, room / wide * 0.99))
        pdf.set_xy((width - room) / 2, top)
        pdf.cell(room, points * _POINT * 1.4, text, align="C")
        top += points * _POINT * 1.4


def _text(slug: str, **params: object) -> str:
    """What is printed is Vietnamese, whatever the language of the call: the sheets go to the people at the scanner."""
    return messages.text(f"scanner.{slug}", "message", "vi", params)
