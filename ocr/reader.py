"""One page from pixels to words: its seals taken off, made grey, handed to the engine, written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInputError
from core.model import RecognizedPage, Region, RegionKind
from ocr import geometry
from ocr.halves import read_halves
from ocr.options import Cleaning, OcrOptions
from ocr.preprocess import turn
from ocr.preprocess.borders import mask_borders
from ocr.preprocess.fade import fade_seals
from ocr.preprocess.paper import Cleaned, Grey, to_grey
from ocr.preprocess.seals import Seal, find_seals
from ocr.preprocess.showthrough import fade_show_through
from ocr.preprocess.specks import despeckle
from ocr.preprocess.spread import find_spread
from ocr.quality import with_handwriting
from ocr.reading import Engine
from ocr.regions.page import part_page


def read_page(image: NDArray[np.uint8], options: OcrOptions, engine: Engine) -> RecognizedPage:
    """The words of a page, in pixels of ``image``.

    Args:
        image: H×W×3 RGB or H×W grey, uint8.
        options: of the profile.
        engine: reads the page (see :class:`ocr.reading.Engine`).

    Raises:
        BadInputError: ``image`` is no picture.
        MissingToolError: the engine or its language data is not installed.
        ButlucError: the engine failed on this page.
    """
    try:
        cleaned, seals = _cleaned(image, options)
    except ValueError as err:
        raise BadInputError("ocr.not-a-picture", why=str(err)) from err
    spread = find_spread(cleaned.image) if options.spreads else None
    if spread:
        reading = read_halves(cleaned.image, spread, engine, options.languages)
    else:
        reading = engine.read(cleaned.image, options.languages)
    height, width = cleaned.image.shape
    sealed = tuple(_region(seal, width, height) for seal in seals)
    rgb = image if image.shape[2:] == (3,) else None
    parted = part_page(cleaned.image, reading, [region.polygon for region in sealed], rgb)
    return RecognizedPage(
        width=width,
        height=height,
        rotation=reading.rotation,
        angle=reading.angle,
        quality=with_handwriting(reading.quality, parted.handwritten),
        language=reading.language,
        engine=reading.engine,
        lines=parted.lines,
        regions=(*parted.regions, *sealed),
        recipe={**cleaned.recipe, **reading.recipe},
        sureness=reading.sureness,
    )


def read_turned(image: NDArray[np.uint8], rotation: int, options: OcrOptions, engine: Engine) -> RecognizedPage:
    """As :func:`read_page`, of a page that is known to lie turned by ``rotation`` (see :mod:`ocr.preprocess.vote`).

    Args:
        image: as it was scanned.
        rotation: clockwise quarter turns in degrees that make it upright.
        options: of the profile.
        engine: does not turn pages itself.

    Raises:
        As :func:`read_page`.
    """
    page = read_page(turn(image, rotation), options, engine)
    height, width = image.shape[:2]
    back = geometry.inverse(geometry.quarter_turn(rotation, width, height))
    return replace(
        page,
        width=width,
        height=height,
        rotation=rotation,
        lines=tuple(geometry.map_line(back, line, width, height) for line in page.lines),
        regions=tuple(geometry.map_region(back, region, width, height) for region in page.regions),
        recipe={**page.recipe, "rotation": rotation, "rotation_by": "the document's other pages"},
    )


_STEPS: Mapping[Cleaning, Callable[[Grey], Cleaned]] = MappingProxyType(
    {
        Cleaning.BORDERS: mask_borders,
        Cleaning.SHOW_THROUGH: fade_show_through,
        Cleaning.SPECKS: despeckle,
    }
)


def _cleaned(image: NDArray[np.uint8], options: OcrOptions) -> tuple[Cleaned, tuple[Seal, ...]]:
    """The grey page, cleaned as the profile asks, and its seals, which only a page in colour shows.

    Raises:
        ValueError: as :func:`ocr.preprocess.paper.to_grey`.
    """
    cleaned = Cleaned(to_grey(image), {})
    seals = find_seals(image) if image.shape[2:] == (3,) else ()
    if seals:
        cleaned = fade_seals(image, cleaned.image, seals)
    for step in options.cleaning:
        after = _STEPS[step](cleaned.image)
        cleaned = Cleaned(after.image, {**cleaned.recipe, **after.recipe})
    return cleaned, seals


def _region(seal: Seal, width: int, height: int) -> Region:
    return Region(RegionKind.SEAL, geometry.polygon_within(seal.polygon, width, height))
