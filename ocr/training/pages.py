"""Synthetic pages: a composed page with what stands over it, and the truth for the line finder."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.canvas import LineTruth, PageCanvas
from ocr.training.chance import Chance, Plane
from ocr.training.composing import Box, Composer, Setting
from ocr.training.fonts import Family
from ocr.training.layouts import COLUMNS, MIXED, PLAIN, TABLES, flow, letterhead, signatures, title
from ocr.training.marks import handwriting, hatching, sealed, squiggle
from ocr.training.text import LineText

_THICKEST_CORE = 20.0


@dataclass(frozen=True, slots=True)
class Page:
    """A clean page and its lines.

    Attributes:
        picture: grey ``(height, width)`` ``float32`` 0 to 255.
        lines: where the text lines stand.
    """

    picture: Plane
    lines: tuple[LineTruth, ...]


def make_page(text: LineText, family: Family, chance: Chance) -> Page:
    """One page, upright or on its side."""
    wide = chance.hit(0.3)
    sides = (chance.randint(1380, 1500), chance.randint(960, 1080))
    canvas = PageCanvas(*sides) if wide else PageCanvas(chance.randint(940, 1100), sides[0])
    page = Composer(canvas, chance, text, family)
    _fill(page)
    if chance.hit(0.3):
        _scribble(page)
    picture = np.asarray(canvas.image, np.float32).copy()
    for centre in page.seals:
        if chance.hit(0.8):
            sealed(page, picture, centre, chance.uniform(50, 95))
    if chance.hit(0.3):
        for _ in range(chance.randint(1, 2)):
            place = (chance.uniform(0, canvas.width), chance.uniform(0, canvas.height))
            sealed(page, picture, place, chance.uniform(45, 110))
    return Page(picture, tuple(canvas.lines))


def _fill(page: Composer) -> None:
    chance, canvas = page.chance, page.canvas
    margins = (chance.uniform(0.03, 0.14), chance.uniform(0.02, 0.08), chance.uniform(0.03, 0.12))
    box = Box(
        margins[0] * canvas.width,
        margins[1] * canvas.height,
        canvas.width * (1 - margins[2]),
        canvas.height * chance.uniform(0.86, 0.97),
    )
    if chance.hit(0.35):
        _folio(page)
    if chance.hit(0.6):
        words = [str(chance.randint(1, 99))] if chance.hit(0.7) else page.words(1, 5)
        page.set(box, words, Setting(size=0.9, align=chance.choice(("centre", "centre", "left", "right")), most=1))
        box = box.below(box.top + page.em * chance.uniform(1.5, 2.5))
    kind = chance.random()
    if kind < 0.3:
        box = box.below(letterhead(page, box))
        box = box.below(title(page, box))
    if kind < 0.55:
        end = box.bottom - chance.uniform(150, 320) if chance.hit(0.5) else box.bottom
        row = flow(page, Box(box.left, box.top, box.right, end), PLAIN)
        if end < box.bottom:
            signatures(page, box.below(row))
    else:
        flow(page, box, COLUMNS if kind < 0.65 else TABLES if kind < 0.82 else MIXED)


def _folio(page: Composer) -> None:
    """The folio number that a clerk pencils at the top right corner."""
    chance, kind = page.chance, page.kind(2, page.chance.uniform(1, 2))
    place = (page.canvas.width * chance.uniform(0.86, 0.94), page.canvas.height * chance.uniform(0.02, 0.05) + 20)
    page.canvas.write(place, str(chance.randint(1, 400)), kind, chance.randint(70, 160))


def _scribble(page: Composer) -> None:
    """Scribbles, unreadable notes or hatching over the page; a block of notes covers a clean place."""
    chance, canvas = page.chance, page.canvas
    for _ in range(chance.randint(1, 4)):
        squiggle(page, (chance.uniform(0, canvas.width), chance.uniform(0, canvas.height)), chance.uniform(10, 120))
    if chance.hit(0.6):
        left, top = chance.uniform(0, 0.7) * canvas.width, chance.uniform(0, 0.85) * canvas.height
        area = Box(left, top, left + chance.uniform(120, 420), top + chance.uniform(30, 180))
        if not any(
            line.left < area.right and line.right > area.left and line.top < area.bottom and line.bottom > area.top
            for line in canvas.lines
        ):
            chance.choice((handwriting, handwriting, hatching))(page, area)


def targets(page: Page) -> NDArray[np.uint8]:
    """The finder's four maps at page size, ``(4, height, width)`` ``uint8``.

    Core of the lines and their ends 0 or 255; twice the height above and below the core's middle, in pixels.
    """
    maps = np.zeros((4, *page.picture.shape), np.uint8)
    for line in page.lines:
        middle, half = line.baseline - line.x_height / 2, 0.5 * line.x_height + 2
        rows = slice(max(0, round(middle - half)), round(middle + half))
        left, right, reach = int(line.left), int(line.right), int(max(5, 0.7 * line.x_height))
        maps[1, rows, right + 1 : right + 1 + reach] = 255
        maps[1, rows, max(0, left - 1 - reach) : max(0, left - 1)] = 255
    for line in page.lines:
        middle = line.baseline - line.x_height / 2
        half = min(_THICKEST_CORE, max(5, 0.6 * line.x_height)) / 2
        columns = slice(int(line.left), int(line.right))
        rows = slice(max(0, round(middle - half)), round(middle + half))
        maps[0, rows, columns], maps[1, rows, columns] = 255, 0
        around = slice(max(0, int(middle - half - 4)), int(middle + half + 4))
        maps[2, around, columns] = min(255, max(1, int(2 * (middle - line.top))))
        maps[3, around, columns] = min(255, max(1, int(2 * (line.bottom - middle))))
    for soft in (0, 1):
        maps[soft] = cv2.blur(maps[soft], (4, 4))
    return maps
