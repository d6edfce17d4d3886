"""A synthetic page at the finder's working scale (A4 is about 1024 × 1448), and where its text lines stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from ocr.training.fonts import Face

WHITE = 255


@dataclass(frozen=True, slots=True)
class LineTruth:
    """Where a text line stands, in pixels of the page.

    Attributes:
        left, right: ends of its ink.
        baseline: row of the baseline.
        x_height: height of its small letters.
        top, bottom: rows of its highest and lowest ink.
    """

    left: float
    right: float
    baseline: float
    x_height: float
    top: float
    bottom: float

    def joined(self, other: LineTruth) -> LineTruth:
        """This line together with a later piece of the same line."""
        return replace(
            self, left=min(self.left, other.left), right=max(self.right, other.right), top=min(self.top, other.top),
            bottom=max(self.bottom, other.bottom),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Type:
    """A face at a size, with the measures that setting needs, in pixels."""

    font: ImageFont.FreeTypeFont
    x_height: float
    space: float


@lru_cache(maxsize=500)
def type_of(face: Face, em: int) -> Type:
    """The type of a face at ``em`` pixels."""
    font = face.font(em)
    return Type(font, max(3.0, -float(font.getbbox("x", anchor="ls")[1])), float(font.getlength(" ")))


class PageCanvas:
    """A white page to write on; ``lines`` is the truth for the line finder."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.image = Image.new("L", (width, height), WHITE)
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[LineTruth] = []

    def write(
        self, place: tuple[float, float], text: str, kind: Type, shade: int, spacing: float = 0.0, counts: bool = True
    ) -> float:
        """Writes on a baseline from ``place`` on; gives the right end.

        Args:
            place: left end and baseline.
            text: what to write.
            kind: type to write in.
            shade: grey value of the ink.
            spacing: extra space after every letter.
            counts: whether it is text that the finder is to find.
        """
        if not text.strip():
            return place[0]
        x, y = int(place[0]), int(place[1])
        if spacing:
            boxes = []
            for char in text:
                boxes.append(self._piece((x, y), char, kind, shade))
                x += round(kind.font.getlength(char) + spacing)
        else:
            boxes = [self._piece((x, y), text, kind, shade)]
        if counts:
            self.add_line(boxes, y, kind)
        return max(box[2] for box in boxes)

    def write_words(self, left: float, baseline: float, words: list[str], gap: float, kind: Type, shade: int) -> float:
        """Writes the words of one line with a gap between them; gives the right end."""
        boxes = []
        for word in words:
            boxes.append(self._piece((int(left), int(baseline)), word, kind, shade))
            left += kind.font.getlength(word) + gap
        self.add_line(boxes, int(baseline), kind)
        return max(box[2] for box in boxes)

    def add_line(self, boxes: list[tuple[float, float, float, float]], baseline: float, kind: Type) -> None:
        """Notes a line made of pieces with these boxes, if any of it is on the page."""
        left, right = max(0.0, min(box[0] for box in boxes)), min(float(self.width), max(box[2] for box in boxes))
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        if left < right and top < bottom:
            self.lines.append(LineTruth(left, right, baseline, kind.x_height, top, bottom))

    def join_last(self, since: int) -> None:
        """Makes one line of those noted since the list had ``since`` entries."""
        while len(self.lines) > since + 1:
            later = self.lines.pop()
            self.lines[-1] = self.lines[-1].joined(later)

    def _piece(self, place: tuple[int, int], text: str, kind: Type, shade: int) -> tuple[float, float, float, float]:
        self.draw.text(place, text, font=kind.font, fill=shade, anchor="ls")
        left, top, right, bottom = kind.font.getbbox(text, anchor="ls")
        return place[0] + left, place[1] + top, place[0] + right, place[1] + bottom
