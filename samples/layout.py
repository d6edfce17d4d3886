"""Composition of court papers: two-column heads, justified text, forms, ruled tables, signatures with seals.

Margins and places follow the usual form of Vietnamese state papers (NĐ 30/2020, Phụ lục I, and its forerunners).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples import marks
from samples.canvas import Canvas, Paper
from samples.fonts import FontBook
from samples.markup import Block, Word, blocks, form_fields, words
from samples.setting import Setting, Style


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A clean page: RGB pixels, the printed lines in reading order, seal boxes in pixels, and what hands added."""

    image: NDArray[np.uint8]
    lines: tuple[str, ...]
    seals: tuple[tuple[int, int, int, int], ...]
    folio: int | None
    handwriting: tuple[str, ...]
    blank: bool


class Composer(Setting):
    """Sets the blocks of one document on pages."""

    def set_block(self, block: Block) -> None:
        """Sets one block.

        Raises:
            KeyError: the markup has no such block.
        """
        setters: dict[str, Callable[[Block], None]] = {
            "p": self._paragraph, "c": self._loose, "l": self._loose, "r": self._loose, "head": self._head,
            "sign": self._sign, "form": self._form, "table": self._table, "hand": self._handwritten,
            "gap": self._gap, "rule": self._ruled, "back": self._back, "postmark": self._postmark,
        }  # fmt: skip
        setters[block.name](block)

    def _paragraph(self, block: Block) -> None:
        indent = float(block.arguments[0]) if block.arguments else 10.0
        pen, pitch = self.pen(self.style.size), self.pitch(self.style.size)
        lines = self.wrap(words(" ".join(block.lines)), self.right - self.paper.left, pen, indent)
        for number, line in enumerate(lines):
            self.room(pitch)
            self.y += pitch
            ragged = self.typewriter or number == len(lines) - 1
            start = self.paper.left + (indent if number == 0 else 0)
            self.line(line, start, self.right, "l" if ragged else "j", pen, self.y)
        self.y += 0.6 if self.typewriter else 1.4

    def _loose(self, block: Block) -> None:
        size = float(block.arguments[0]) if block.arguments else self.style.size
        shift = float(block.arguments[1]) if len(block.arguments) > 1 else 0.0
        self.room(self.pitch(size) * len(block.lines))
        for line in block.lines:
            self.y += self.pitch(size)
            self.line(words(line), self.paper.left + shift, self.right, block.name, self.pen(size), self.y)
        self.y += 1.4

    def _head(self, block: Block) -> None:
        left, right = block.columns()
        parting = self.paper.left + (self.right - self.paper.left) * (0.41 if self.typewriter else 0.43)
        size = float(block.arguments[0]) if block.arguments else 12.0
        below = self.column(left, self.paper.left - 8, parting - 3, "c", size)
        self.y = max(below, self.column(right, parting + 1, self.right + 4, "c", size)) + 4

    def _sign(self, block: Block) -> None:
        left, right = block.columns()
        place, pitch = right.index("~"), self.pitch(13) * (0.9 if self.typewriter else 1.0)
        self.room(max(len(left), len(right)) * pitch + 24)
        self.y += 3
        parting = self.paper.left + (self.right - self.paper.left) * 0.46
        below = self.column(left, self.paper.left, parting, "l", 11.5)
        self.y = self.column(right[:place], parting, self.right, "c", 13)
        middle, canvas = (parting + self.right) / 2, self.page
        centre = canvas.px(middle + 3), canvas.px(self.y + 15)
        marks.signature(canvas.planes["pen"], centre, round(canvas.px(42)), self.rng)
        if "seal" in block.arguments:
            spot = canvas.px(middle - 17), canvas.px(self.y + 15.5)
            size = round(canvas.px(33))
            style, plane = self.style, canvas.planes["seal"]
            canvas.seals.append(marks.seal(plane, spot, size, style.seal, style.star, self.book, self.rng))
        self.y += 29
        self.y = max(below, self.column(right[place + 1 :], parting, self.right, "c", 13)) + 3

    def _form(self, block: Block) -> None:
        for line in block.lines:
            pitch = self.pitch(self.style.size) * 1.16
            self.room(pitch)
            self.y += pitch
            self._form_line(line)
        self.y += 1.4

    def _form_line(self, line: str) -> None:
        """Labels share the line's width; each value stands on the leader between its label and the next."""
        pen, canvas, x, printed = self.pen(self.style.size), self.page, self.paper.left, []
        fields = form_fields(line)
        share = 1 / len(fields)
        for number, (label, mark, value) in enumerate(fields, 1):
            end = self.paper.left + (self.right - self.paper.left) * share * number
            label_words = words(label)
            self.line(label_words, x, end, "l", pen, self.y, record=False)
            space = pen.width(Word(" "))
            x += (sum(pen.width(w) + space for w in label_words)) * 25.4 / self.dpi
            canvas.leader(x, end - 1.5, self.y + 0.6)
            printed.append(" ".join(w.text for w in label_words))
            if mark == "^":
                self.line(words(value), x + 2, end, "l", self.typed, self.y - 0.4, record=False)
                printed.append(value)
            elif value:
                self.write_by_hand(value, x + 2, self.y - 0.3)
            x = end
        canvas.lines.append(" ".join(printed))

    def _handwritten(self, block: Block) -> None:
        for line in block.lines:
            self.room(9.5)
            self.y += 9.5
            drift = float(self.rng.normal(0, 1.2))
            self.write_by_hand(line, self.paper.left + drift, self.y)

    def _table(self, block: Block) -> None:
        size = self.style.size - 1
        widths, aligns = [float(a[:-1]) for a in block.arguments], [a[-1] for a in block.arguments]
        edges = [self.paper.left - 4 + sum(widths[:n]) for n in range(len(widths) + 1)]
        for number, row in enumerate(block.lines):
            cells = [cell.strip() for cell in row.split("|")]
            self._row(cells, edges, ["c"] * len(cells) if number == 0 else aligns, size, top=number == 0)
        self.y += 3

    def _row(self, cells: Sequence[str], edges: Sequence[float], aligns: Sequence[str], size: float, top: bool) -> None:
        pen, pitch = self.pen(size), self.pitch(size) * 0.92
        spans = [(a + 1.6, b - 1.6) for a, b in zip(edges, edges[1:], strict=False)]
        wrapped = [self.wrap(words(cell), b - a, pen) for cell, (a, b) in zip(cells, spans, strict=True)]
        height = pitch * max(map(len, wrapped)) + 2.4
        self.room(height)
        for depth in range(max(map(len, wrapped))):
            printed = []
            for lines, (a, b), align in zip(wrapped, spans, aligns, strict=True):
                if depth < len(lines) and lines[depth]:
                    self.line(lines[depth], a, b, align, pen, self.y + pitch * (depth + 0.86), record=False)
                    printed.append(" ".join(word.text for word in lines[depth]))
            self.page.lines.append(" ".join(printed))
        if top:
            self.page.rule(edges[0], self.y, edges[-1], self.y)
        for edge in edges:
            self.page.rule(edge, self.y, edge, self.y + height)
        self.y += height
        self.page.rule(edges[0], self.y, edges[-1], self.y)

    def _gap(self, block: Block) -> None:
        self.y += float(block.arguments[0])

    def _ruled(self, block: Block) -> None:
        middle, half = (self.paper.left + self.right) / 2, float(block.arguments[0]) / 2
        self.page.rule(middle - half, self.y + 1.2, middle + half, self.y + 1.2)
        self.y += 3

    def _back(self, block: Block) -> None:
        self.new_page(back=True)

    def _postmark(self, block: Block) -> None:
        x, y = (self.page.px(float(a)) for a in block.arguments)
        plane, size = self.page.planes["pencil"], round(self.page.px(27))
        marks.postmark(plane, (x, y), size, block.lines[0], self.book, self.rng)


def _envelope(canvas: Canvas) -> None:
    """An envelope of brown paper with a stamp-sized frame; the rest of the glass is empty."""
    canvas.box(14, 24, 196, 150, "kraft")
    for inset in (0.0, 1.2):
        x0, y0, x1, y1 = 164 + inset, 30 + inset, 188 - inset, 62 - inset
        for a, b, c, d in ((x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)):
            canvas.rule(a, b, c, d, 0.3)


def compose(
    text: str, style: Style, book: FontBook, dpi: int, seed: int, first_folio: int, paper: Paper | None = None
) -> list[Canvas]:
    """Sets a document in markup on canvases, page by page.

    Args:
        text: the markup (see ``samples.markup``).
        dpi: resolution in pixels per inch.
        seed: of the typewriter's and the hands' unevenness.
        first_folio: folio number of the first sheet.
        paper: sheet and margins; A4 unless given.

    Raises:
        KeyError: the markup has a block of no known name.
        FileNotFoundError: a font is not installed.
    """
    composer = Composer(style, book, dpi, seed, first_folio, paper or Paper())
    if style.envelope:
        _envelope(composer.page)
    for block in blocks(text):
        composer.set_block(block)
    return composer.pages


def render_document(
    text: str, style: Style, book: FontBook, dpi: int, seed: int, first_folio: int, paper: Paper | None = None
) -> list[RenderedPage]:
    """The clean pages of a document; arguments and errors as for ``compose``."""
    return [
        RenderedPage(
            image=canvas.image(), lines=tuple(canvas.lines), seals=tuple(canvas.seals), folio=canvas.folio,
            handwriting=tuple(canvas.handwriting), blank=not canvas.lines and not canvas.handwriting,
        )
        for canvas in compose(text, style, book, dpi, seed, first_folio, paper)
    ]  # fmt: skip
