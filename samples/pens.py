"""What puts letters on paper: the printer's type, the typewriter, the writing hand.

A plane is an ``L`` image that holds the share of light which the ink takes away, 0 (bare paper) to 255 (full ink).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from samples.fonts import FACES, FontBook
from samples.markup import Word


class Pen(Protocol):
    """Writes words on a plane; widths and places in pixels."""

    @property
    def em(self) -> int:
        """Size of the letters."""

    def width(self, word: Word) -> float:
        """The advance of a word."""

    def write(self, plane: Image.Image, x: float, baseline: float, word: Word) -> None:
        """Writes a word from x on, on the baseline."""


class PrintPen:
    """Proportional type, as from a press or a laser printer."""

    def __init__(self, book: FontBook, face: str, em: int) -> None:
        self._book, self._face, self._em = book, face, em

    @property
    def em(self) -> int:
        """Size of the letters in pixels."""
        return self._em

    def width(self, word: Word) -> float:
        """The advance of a word in pixels."""
        return self._book.font(self._face, self._em, word.bold, word.italic).getlength(word.text)

    def write(self, plane: Image.Image, x: float, baseline: float, word: Word) -> None:
        """Writes a word from x on, on the baseline."""
        font = self._book.font(self._face, self._em, word.bold, word.italic)
        ImageDraw.Draw(plane).text((x, baseline), word.text, fill=255, font=font, anchor="ls")


class TypePen:
    """A typewriter: every letter struck by itself, out of line and unevenly inked; bold is struck twice."""

    def __init__(self, book: FontBook, face: str, em: int, rng: np.random.Generator) -> None:
        self._font = book.font(face, em)
        self._em, self._rng = em, rng
        self._weight = round(em * FACES[face].stroke)
        self._bars: dict[str, tuple[float, float]] = {}

    @property
    def em(self) -> int:
        """Size of the letters in pixels."""
        return self._em

    def width(self, word: Word) -> float:
        """The advance of a word in pixels: a whole number of carriage steps."""
        return len(word.text) * self._font.getlength("n")

    def write(self, plane: Image.Image, x: float, baseline: float, word: Word) -> None:
        """Strikes a word from x on, on the baseline."""
        for index, letter in enumerate(word.text):
            left = x + index * self._font.getlength("n")
            for strike in range(1 + word.bold):
                self._strike(plane, left + strike * self._em * 0.03, baseline, letter)

    def _strike(self, plane: Image.Image, x: float, baseline: float, letter: str) -> None:
        rise, blot = self._bar(letter)
        x += self._rng.normal(0, self._em * 0.008)
        baseline += rise + self._rng.normal(0, self._em * 0.007)
        left, top, side = round(x - self._em), round(baseline - 1.5 * self._em), 3 * self._em
        type_face = Image.new("L", (side, side))
        ImageDraw.Draw(type_face).text(
            (x - left, baseline - top), letter, fill=255, font=self._font, anchor="ls", stroke_width=self._weight
        )
        weight = float(np.clip(self._rng.normal(0.84, 0.09) * blot, 0.45, 1.0))
        tilt = np.linspace(weight, weight * self._rng.uniform(0.82, 1.0), side, dtype=np.float32)
        inked = np.asarray(type_face, np.float32) * (tilt if self._rng.random() < 0.5 else tilt[::-1])[:, None]
        box = (left, top, left + side, top + side)
        plane.paste(ImageChops.lighter(plane.crop(box), Image.fromarray(inked.astype(np.uint8))), box)

    def _bar(self, letter: str) -> tuple[float, float]:
        """Each type bar of a worn machine stands a little high or low and inks more or less than the others."""
        if letter not in self._bars:
            self._bars[letter] = (self._rng.normal(0, self._em * 0.012), self._rng.uniform(0.9, 1.06))
        return self._bars[letter]


class HandPen:
    """A writing hand: slanting words that wander about the line."""

    def __init__(self, book: FontBook, em: int, rng: np.random.Generator) -> None:
        self._font = book.font("hand", em)
        self._em, self._rng = em, rng

    @property
    def em(self) -> int:
        """Size of the letters in pixels."""
        return self._em

    def width(self, word: Word) -> float:
        """The advance of a word in pixels."""
        return self._font.getlength(word.text) * 1.02

    def write(self, plane: Image.Image, x: float, baseline: float, word: Word) -> None:
        """Writes a word from about x on, near the baseline."""
        pad = self._em
        patch = Image.new("L", (int(self.width(word)) + 3 * pad, 3 * pad))
        draw, left = ImageDraw.Draw(patch), float(pad)
        for letter in word.text:
            draw.text((left, 2 * pad + self._rng.normal(0, pad * 0.02)), letter, fill=235, font=self._font, anchor="ls")
            left += self._font.getlength(letter) * self._rng.uniform(0.96, 1.06)
        shear, turn = self._rng.normal(0.1, 0.06), self._rng.normal(0, 1.1)
        patch = patch.transform(
            patch.size, Image.Transform.AFFINE, (1, shear, -2 * pad * shear, 0, 1, 0), Image.Resampling.BICUBIC
        ).rotate(turn, Image.Resampling.BICUBIC)
        corner = round(x - pad), round(baseline - 2 * pad + self._rng.normal(0, pad * 0.04))
        box = (*corner, corner[0] + patch.width, corner[1] + patch.height)
        plane.paste(ImageChops.lighter(plane.crop(box), patch), box)
