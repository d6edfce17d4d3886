"""Lines of type on pages: pens, line breaking, alignment, columns, and the opening of pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samples import marks
from samples.canvas import Canvas, Paper
from samples.fonts import FACES, FontBook
from samples.markup import Word, words
from samples.pens import HandPen, Pen, PrintPen, TypePen


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is set: face (a key of ``FACES``), size in points, line spacing in sizes, seal text.

    ``star``: whether the seal bears a star; ``typed_face``: the typewriter that fills in forms.
    """

    face: str
    size: float = 13.0
    leading: float = 1.38
    seal: str = ""
    typed_face: str = "pica"
    envelope: bool = False
    star: bool = True


class Setting:
    """The pages of one document and the pens that write on them; opens a new page when one is full."""

    def __init__(self, style: Style, book: FontBook, dpi: int, seed: int, first_folio: int, paper: Paper) -> None:
        self.style, self.book, self.dpi, self.paper = style, book, dpi, paper
        self.rng = np.random.default_rng(seed)
        self.pages: list[Canvas] = []
        self._folio = first_folio
        self.typed = TypePen(book, style.face if self.typewriter else style.typed_face, self.em(12), self.rng)
        self.hand = HandPen(book, self.em(17), self.rng)
        self.new_page(numbered=False)

    @property
    def typewriter(self) -> bool:
        """Whether the document is typed, not printed."""
        return FACES[self.style.face].typewriter

    def em(self, points: float) -> int:
        """Points in pixels."""
        return round(points * self.dpi / 72)

    def pen(self, size: float) -> Pen:
        """The pen of the document's face at a size in points; a typewriter has but one size."""
        return self.typed if self.typewriter else PrintPen(self.book, self.style.face, self.em(size))

    def pitch(self, size: float) -> float:
        """Line distance in millimetres; a typewriter has but one."""
        return (12.0 if self.typewriter else size) * self.style.leading * 25.4 / 72

    @property
    def page(self) -> Canvas:
        """The page being written."""
        return self.pages[-1]

    @property
    def right(self) -> float:
        """The right margin's place in millimetres."""
        return self.paper.width - self.paper.right

    def new_page(self, numbered: bool = True, back: bool = False) -> None:
        """Opens a page: folio number in pencil, page number at the top from the second page on."""
        self.pages.append(Canvas(self.paper, self.dpi))
        self.y = self.paper.top
        if back:
            return
        self.page.folio, self._folio = self._folio, self._folio + 1
        corner = self.page.px(self.paper.width - 8), self.page.px(13)
        marks.folio(self.page.planes["pencil"], corner, self.page.folio, self.em(24), self.book, self.rng)
        if numbered:
            self.line([Word(str(len(self.pages)))], self.paper.left, self.right, "c", self.pen(12), self.y - 6)
            self.y += 4

    def room(self, height: float) -> None:
        """Opens a new page if the height in millimetres is not left on this one."""
        if self.y + height > self.paper.height - self.paper.bottom:
            self.new_page()

    def line(
        self, line: Sequence[Word], x0: float, x1: float, align: str, pen: Pen, baseline: float, *, record: bool = True
    ) -> None:
        """Writes one line between x0 and x1 (millimetres): ``l``, ``c``, ``r`` or ``j`` (justified)."""
        canvas = self.page
        widths = [pen.width(word) for word in line]
        space = pen.width(Word(" "))
        free = canvas.px(x1 - x0) - sum(widths) - space * (len(line) - 1)
        if align == "j" and len(line) > 1:
            space += free / (len(line) - 1)
        x = canvas.px(x0) + {"c": free / 2, "r": free}.get(align, 0.0)
        plane = canvas.planes["typed" if isinstance(pen, TypePen) else "print"]
        for word, width in zip(line, widths, strict=True):
            pen.write(plane, x, canvas.px(baseline), word)
            x += width + space
        if record:
            canvas.lines.append(" ".join(word.text for word in line))

    def wrap(self, text: Sequence[Word], width: float, pen: Pen, indent: float = 0.0) -> list[list[Word]]:
        """Breaks words into lines of a width in millimetres; the first is shorter by the indent."""
        lines: list[list[Word]] = [[]]
        space, free = pen.width(Word(" ")), self.page.px(width - indent)
        for word in text:
            need = pen.width(word) + (space if lines[-1] else 0)
            if need > free and lines[-1]:
                lines.append([])
                free, need = self.page.px(width), pen.width(word)
            lines[-1].append(word)
            free -= need
        return lines

    def column(self, lines: Sequence[str], x0: float, x1: float, align: str, size: float) -> float:
        """A column of loose lines from the present height; gives the height below it."""
        y, pitch = self.y, self.pitch(size) * (0.9 if self.typewriter else 1.0)
        for line in lines:
            if line == "___":
                middle, half = (x0 + x1) / 2, (x1 - x0) / 6
                self.page.rule(middle - half, y + 2.2, middle + half, y + 2.2)
                y += 3.2
            else:
                y += pitch
                self.line(words(line), x0, x1, align, self.pen(size), y)
        return y

    def write_by_hand(self, text: str, x: float, baseline: float) -> None:
        """Handwriting in blue ink from x on (millimetres); no part of the printed text."""
        canvas, left = self.page, self.page.px(x)
        for word in words(text):
            self.hand.write(canvas.planes["pen"], left, canvas.px(baseline), word)
            left += self.hand.width(word) + self.hand.width(Word(" ")) * 1.1
        canvas.handwriting.append(text)
