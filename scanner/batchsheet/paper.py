"""An upright A4 page in black, with what the sheet is drawn of: headings, tables, cards. Millimetres and points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from imaging.typeface import FACE

_LEFT, _RIGHT, _TOP, _BOTTOM = 20.0, 15.0, 14.0, 16.0
"""Margins; the left one leaves room for holes and thread."""
_POINT = 25.4 / 72
_LEADING = 1.25
_TEXT = 10.5
_HAIR = 0.15
_LABEL = 42.0


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table: heading, share of the width, ``L``, ``C`` or ``R``."""

    heading: str
    share: float
    align: str = "L"


class Paper(FPDF):
    """A document in the making; ``foot`` is told the number of the page and says what stands at its foot."""

    def __init__(self, foot: Callable[[int], str]) -> None:
        super().__init__(unit="mm", format="A4")
        self._foot = foot
        self.set_margins(_LEFT, _TOP, _RIGHT)
        self.set_auto_page_break(True, _BOTTOM)
        self.set_line_width(_HAIR)
        self.c_margin = 0.0

    def footer(self) -> None:
        """Drawn by the library at the end of each page."""
        self.set_y(-_BOTTOM + 4)
        self.face(8)
        self.line(_LEFT, self.get_y(), self.w - _RIGHT, self.get_y())
        self.cell(self.epw, 5, self._foot(self.page_no()), align="C")

    def face(self, points: float = _TEXT, *, bold: bool = False) -> float:
        """Set the face; the height of its lines."""
        self.set_font(FACE, "B" if bold else "", points)
        return points * _POINT * _LEADING

    def room(self, height: float) -> None:
        """Begin a new page where so much does not fit on this one."""
        if self.will_page_break(height):
            self.add_page()

    def text_line(self, text: str, points: float = _TEXT, *, bold: bool = False, align: str = "L") -> None:
        """A text over the whole width, broken into lines."""
        self.multi_cell(self.epw, self.face(points, bold=bold), text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        """Of a section, never alone at the foot of a page."""
        self.room(25)
        self.ln(3)
        self.text_line(text, 12, bold=True)
        self.ln(0.8)

    def framed(self, text: str) -> None:
        """What must not be missed."""
        self.ln(1)
        height = self.face(12, bold=True)
        self.multi_cell(self.epw, height, text, border=1, align="C", padding=2, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Labels and what stands behind them."""
        for label, value in rows:
            self.room(self.face())
            self.cell(_LABEL, self.face(), label)
            height = self.face(bold=True)
            self.multi_cell(
                self.epw - _LABEL, height, value, align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )

    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], bold: Sequence[int] = ()) -> None:
        """A table with rules between its rows, headings again on each page; ``bold`` are rows, from 0."""
        height = self.face(9)
        with self.table(
            align="L",
            col_widths=tuple(column.share for column in columns),
            text_align=tuple(column.align for column in columns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD"),
            line_height=height,
            padding=(0.5, 1),
            wrapmode=WrapMode.WORD,
        ) as table:
            table.row([column.heading for column in columns])
            for number, row in enumerate(rows):
                table.row(row, style=FontFace(emphasis="BOLD") if number in bold else None)

    def fitted(self, text: str, width: float, lines: int, points: float, *, bold: bool = False) -> None:
        """A text in so many lines of ``width``, below one another from here; what is too much ends in ``…``."""
        height = self.face(points, bold=bold)
        parts = self.multi_cell(width, height, text, dry_run=True, output=MethodReturnValue.LINES, align="L")
        assert isinstance(parts, list)
        if len(parts) > lines:
            parts = [*parts[: lines - 1], parts[lines - 1].rstrip()[:-2] + " …"]
        left = self.get_x()
        for part in parts:
            self.set_x(left)
            self.cell(width, height, part, new_x=XPos.LEFT, new_y=YPos.NEXT)

    def picture(self, jpeg: bytes | None, x: float, y: float, width: float, height: float, instead: str) -> None:
        """A picture in the middle of its box, with a hairline around it; ``instead`` stands in the box without one."""
        if jpeg is None:
            self.rect(x, y, width, height)
            self.set_xy(x + 1, y + 2)
            self.fitted(instead, width - 2, int((height - 4) / self.face(7)), 7)
            return
        placed = self.image(jpeg, x, y, width, height, keep_aspect_ratio=True)
        across, down = placed.rendered_width, placed.rendered_height
        self.rect(x + (width - across) / 2, y + (height - down) / 2, across, down)
