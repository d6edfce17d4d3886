"""A reading parted into what is text and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.model import Line, Polygon, Region
from ocr import geometry, preprocess
from ocr.preprocess.paper import Grey
from ocr.reading import Reading
from ocr.regions.find import find_marks
from ocr.regions.inkpicture import Rgb
from ocr.regions.textonly import without_words


@dataclass(frozen=True, slots=True)
class Parted:
    """What stands on a page, in pixels of the page as given."""

    lines: tuple[Line, ...]
    """Without words written by hand."""
    regions: tuple[Region, ...]
    """Those that hold lines, then pictures, signatures and handwriting."""
    handwritten: float
    """0–1: share of the ink of all that is written which is handwriting, and was not read."""


def part_page(page: Grey, reading: Reading, seals: Sequence[Polygon] = (), rgb: Rgb | None = None) -> Parted:
    """The text of a page and its regions.

    Args:
        page: grey, H×W, as it lay; seals faded.
        reading: what an engine read on it.
        seals: outlines of seals, in pixels of ``page``.
        rgb: the page in colour, H×W×3, if it has any.
    """
    height, width = page.shape
    there = geometry.quarter_turn(reading.rotation, width, height)
    upright = preprocess.turn(page, reading.rotation)
    size = upright.shape[1], upright.shape[0]
    lines = [geometry.map_line(there, line, *size) for line in reading.lines] if reading.rotation else reading.lines
    marks = find_marks(
        upright,
        lines,
        [geometry.map_polygon(there, outline, *size) for outline in reading.unread],
        [geometry.map_polygon(there, outline, *size) for outline in seals],
        None if rgb is None else np.ascontiguousarray(np.rot90(rgb, -reading.rotation // 90)),
    )
    back = geometry.inverse(there)
    kept, held = without_words(reading.lines, reading.regions, marks.no_text)
    beside = (geometry.map_region(back, region, width, height) for region in marks.regions)
    return Parted(kept, (*held, *beside), marks.handwritten)
