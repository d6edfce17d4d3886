"""One page from pixels to words: prepare, read, find the language, map back, judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInputError
from core.model import Line, RecognizedPage
from ocr import geometry, language, orientation, preprocess
from ocr.columns import part_columns
from ocr.engine import Engine
from ocr.geometry import Point
from ocr.options import OcrOptions
from ocr.preprocess import Prepared, Sheet
from ocr.quality import page_quality


@dataclass(frozen=True, slots=True)
class Reading:
    """Lines in pixels of the prepared picture, and what they tell."""

    prepared: Prepared
    lines: Sequence[Line]
    language: str
    quality: float


def read_page(image: NDArray[np.uint8], options: OcrOptions, engine: Engine) -> RecognizedPage:
    """The words of a page, in pixels of ``image``.

    Args:
        image: H×W×3 RGB or H×W grey, uint8.
        options: of the profile.
        engine: reads the prepared picture (see :class:`ocr.engine.Engine`).

    Raises:
        BadInputError: ``image`` is no picture.
        MissingToolError: the engine or its language data is not installed.
        ButlucError: the engine failed on this page.
    """
    return recognize(image, options, engine)[0]


def recognize(
    image: NDArray[np.uint8], options: OcrOptions, engine: Engine
) -> tuple[RecognizedPage, Mapping[str, str | float | int]]:
    """As :func:`read_page`, with the recipe of what was done to the picture beside the words."""
    try:
        sheet = preprocess.examine(image)
    except ValueError as err:
        raise BadInputError("ocr.not-a-picture", why=str(err)) from err
    rotation = orientation.find_rotation(sheet, options, engine) if options.orientation else 0
    reading = _read(sheet, rotation, options, engine)
    if options.orientation and reading.lines and reading.quality < options.min_quality:
        better = orientation.is_upside_down(sheet, rotation, options, engine)
        reading = _read(sheet, (rotation + 180) % 360, options, engine) if better else reading
    height, width = sheet.flat.shape
    page = RecognizedPage(
        width=width,
        height=height,
        rotation=reading.prepared.rotation,
        angle=reading.prepared.angle,
        quality=reading.quality,
        language=reading.language,
        engine=engine.name_version,
        lines=tuple(_to_page(reading.lines, reading.prepared, width, height)),
    )
    return page, reading.prepared.recipe


def _read(sheet: Sheet, rotation: int, options: OcrOptions, engine: Engine) -> Reading:
    prepared = preprocess.prepare(sheet, rotation, options)
    if options.languages:
        lines = engine.read(prepared.image, options.languages)
        code = language.find_language(lines)
        return _reading(prepared, lines, code)
    lines = engine.read(prepared.image, language.FIRST_READING)
    code = language.find_language(lines)
    first = _reading(prepared, lines, code)
    if code not in language.MODELS:
        return first
    second = _reading(prepared, engine.read(prepared.image, language.MODELS[code]), code)
    return max(first, second, key=lambda reading: reading.quality)


def _reading(prepared: Prepared, lines: Sequence[Line], code: str) -> Reading:
    named = [replace(line, language=code) for line in part_columns(lines)]
    return Reading(prepared, named, code, page_quality(named, french=code == "fr"))


def _to_page(lines: Iterable[Line], prepared: Prepared, width: int, height: int) -> Iterable[Line]:
    for line in lines:
        words = tuple(
            replace(word, box=geometry.map_box(prepared.to_page, word.box, width, height)) for word in line.words
        )
        x0, y0, x1, y1 = line.baseline
        start, end = geometry.map_point(prepared.to_page, x0, y0), geometry.map_point(prepared.to_page, x1, y1)
        box = geometry.bounds([word.box for word in words])
        yield replace(line, words=words, box=box, baseline=_rounded(start, end))


def _rounded(start: Point, end: Point) -> tuple[float, float, float, float]:
    # A hundredth of a pixel is far below what an engine knows, and keeps the record short.
    return round(start[0], 2), round(start[1], 2), round(end[0], 2), round(end[1], 2)
