"""Draws one line of text as ink on nothing: printed, letter-spaced, or struck by a typewriter."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.training.chance import Chance, Plane
from ocr.training.fonts import Face

_HORN = "\u031b"
_LEAST_INK = 0.25


@dataclass(frozen=True, slots=True)
class LineInk:
    """A line's ink.

    Attributes:
        ink: share of light taken away, ``(height, width)`` ``float32`` 0 to 1; some paper around the letters.
        em: size of the letters in pixels.
        baseline: row of the baseline.
    """

    ink: Plane
    em: int
    baseline: float


@dataclass(frozen=True, slots=True)
class _Canvas:
    image: Image.Image
    draw: ImageDraw.ImageDraw
    left: float
    baseline: int

    @classmethod
    def blank(cls, width: float, em: int) -> _Canvas:
        image = Image.new("L", (int(width) + 3 * em, int(2.4 * em)), 0)
        return cls(image, ImageDraw.Draw(image), 1.2 * em, int(1.55 * em))


def draw_line(text: str, face: Face, chance: Chance) -> LineInk | None:
    """The ink of a line, cut to its letters with some room around them; None if nothing is to be seen."""
    em = chance.randint(26, 60)
    font = face.font(em)
    if face.kind == "typewriter" and chance.hit(0.7):
        canvas = _typed(text, font, em, chance)
    elif chance.hit(0.13):
        canvas = _spaced(text, font, em, chance.uniform(-0.02, 0.12 if chance.hit(0.8) else 0.4) * em)
    else:
        canvas = _set(text, font, em, 1.0 if chance.hit(0.4) else chance.uniform(0.6, 1.1 if chance.hit(0.6) else 2.5))
    return _cut_out(canvas, em, chance)


def _set(text: str, font: ImageFont.FreeTypeFont, em: int, gap: float) -> _Canvas:
    """Printed words with ``gap`` times the usual space between them, as in justified lines."""
    space = font.getlength(" ") * gap
    canvas = _Canvas.blank(font.getlength(text) + max(0.0, space) * text.count(" "), em)
    x = canvas.left
    for word in text.split(" "):
        canvas.draw.text((x, canvas.baseline), word, font=font, fill=255, anchor="ls")
        x += font.getlength(word) + space
    return canvas


def _spaced(text: str, font: ImageFont.FreeTypeFont, em: int, space: float) -> _Canvas:
    """Letters with a space added after each, twice that between words: nobody reads them otherwise."""
    canvas = _Canvas.blank(font.getlength(text) + max(0.0, 2 * space) * len(text), em)
    x = canvas.left
    for char in text:
        canvas.draw.text((x, canvas.baseline), char, font=font, fill=255, anchor="ls")
        x += font.getlength(char) + space * (3 if char == " " else 1)
    return canvas


def _typed(text: str, font: ImageFont.FreeTypeFont, em: int, chance: Chance) -> _Canvas:
    """Every letter struck by itself: out of line, unevenly inked; on some machines its marks struck separately."""
    step = font.getlength("n") * chance.uniform(0.97, 1.06)
    canvas = _Canvas.blank(step * len(text), em)
    rough, faintest = chance.uniform(0.004, 0.022), chance.randint(70, 230)
    apart = chance.hit(0.4)
    bars: dict[str, tuple[float, int]] = {}
    for place, char in enumerate(text):
        rise, strength = bars.setdefault(char, (chance.gauss(0, rough * em), chance.randint(faintest, 255)))
        x = canvas.left + place * step + chance.gauss(0, rough * em * 0.7)
        y = canvas.baseline + rise + chance.gauss(0, rough * em * 0.5)
        fill = max(60, min(255, strength + chance.randint(-30, 30)))
        if apart and _has_marks(char):
            _strike_apart(canvas, (x, y), char, font, fill, chance)
        elif char != " ":
            canvas.draw.text((x, y), char, font=font, fill=fill, anchor="ls")
    return canvas


def _has_marks(char: str) -> bool:
    parts = unicodedata.normalize("NFD", char)
    return len(parts) > 1 and parts[1:] != _HORN


def _bare(char: str) -> str:
    """The letter that carries the marks: bare, or with its horn."""
    parts = unicodedata.normalize("NFD", char)
    return unicodedata.normalize("NFC", parts[0] + _HORN) if _HORN in parts else parts[0]


def _strike_apart(
    canvas: _Canvas, place: tuple[float, float], char: str, font: ImageFont.FreeTypeFont, fill: int, chance: Chance
) -> None:
    """The letter first, then what its picture has above and below the bare letter, a little elsewhere and paler."""
    em = int(font.size)
    tile = Image.new("L", (2 * em, canvas.image.height), 0)
    ImageDraw.Draw(tile).text((em // 2, canvas.baseline), char, font=font, fill=255, anchor="ls")
    bare = font.getbbox(_bare(char), anchor="ls")
    top, bottom = canvas.baseline + int(bare[1]), canvas.baseline + int(bare[3])
    body, marks = tile.copy(), tile
    body.paste(0, (0, 0, tile.width, top))
    body.paste(0, (0, bottom + 1, tile.width, tile.height))
    marks.paste(0, (0, top, tile.width, bottom + 1))
    x, y = int(place[0]) - em // 2, int(place[1]) - canvas.baseline
    canvas.image.paste(fill, (x, y), body)
    shift = (int(chance.gauss(0, 0.05) * em), int(chance.gauss(0, 0.02) * em))
    canvas.image.paste(max(60, fill - chance.randint(0, 90)), (x + shift[0], y + shift[1]), marks)


def _cut_out(canvas: _Canvas, em: int, chance: Chance) -> LineInk | None:
    """Crops as a line finder does: close around the ink, at times into it."""
    ink = np.asarray(canvas.image, np.float32) / 255
    rows, columns = np.nonzero((ink > _LEAST_INK).any(axis=1))[0], np.nonzero((ink > _LEAST_INK).any(axis=0))[0]
    if not len(rows):
        return None
    above, below = (chance.uniform(-0.02 if chance.hit(0.1) else 0.02, 0.28) * em for _ in range(2))
    before, after = (chance.uniform(0.03, chance.choice((0.2, 0.8))) * em for _ in range(2))
    top, bottom = max(0, int(rows[0] - above)), min(ink.shape[0], int(rows[-1] + 1 + below))
    left, right = max(0, int(columns[0] - before)), min(ink.shape[1], int(columns[-1] + 1 + after))
    return LineInk(np.ascontiguousarray(ink[top:bottom, left:right]), em, canvas.baseline - top)
