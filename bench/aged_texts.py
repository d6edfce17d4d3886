"""Plain texts set in type, aged (:mod:`bench.aged`) and read by the product's reader: what a search has to do with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.aged import draw_recipe
from jobs.entries import doubtful_words
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.reader import read_page
from samples.ageing import age
from samples.fonts import FontBook

_WIDTH, _HEIGHT = 2480, 3508
"""A4 at 300 dpi."""
_MARGIN, _SIZE, _LEAD = 230, 50, 66
_PAGES_OF_EACH = 3
_SEED = 6


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What the reader made of a page; fields as in :class:`core.model.IndexedPage`."""

    text: str
    doubtful: tuple[int, ...]
    quality: float


def read_aged(texts: Sequence[tuple[str, Sequence[str]]], count: int) -> dict[str, list[ReadPage]]:
    """The first pages of each text as read, ``count`` in all, by the text's name."""
    book, options = FontBook(), OcrOptions()
    engine = make_engine(options)
    chosen = ((name, page) for at in range(_PAGES_OF_EACH) for name, pages in texts for page in pages[at : at + 1])
    found: dict[str, list[ReadPage]] = {}
    behind: NDArray[np.uint8] | None = None
    for number, (name, text) in enumerate(islice(chosen, count)):
        seed = _SEED * 1000 + number
        clean = set_page(text, book)
        recipe = draw_recipe(np.random.default_rng([seed, 2]))
        read = read_page(age(clean, recipe, seed, clean if behind is None else behind), options, engine)
        found.setdefault(name, []).append(ReadPage(read.text, tuple(doubtful_words(read)), read.quality))
        behind = clean
    return found


def set_page(text: str, book: FontBook) -> NDArray[np.uint8]:
    """A4 at 300 dpi, RGB ``(3508, 2480, 3)``: ``text`` in 12 pt, as many rows of it as the page holds."""
    page = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(page)
    font = book.font("termes", _SIZE)
    for at, row in enumerate(_rows(text, lambda words: draw.textlength(words, font=font))):
        if (at + 1) * _LEAD > _HEIGHT - 2 * _MARGIN:
            break
        draw.text((_MARGIN, _MARGIN + at * _LEAD), row, fill=(20, 20, 20), font=font)
    return np.asarray(page)


def _rows(text: str, length: Callable[[str], float]) -> Iterator[str]:
    for paragraph in text.split("\n"):
        row = ""
        for word in paragraph.split():
            longer = f"{row} {word}".strip()
            if row and length(longer) > _WIDTH - 2 * _MARGIN:
                yield row
                longer = word
            row = longer
        if row:
            yield row
