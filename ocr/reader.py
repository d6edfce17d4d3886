"""One page from pixels to words: its seals taken off, made grey, handed to the engine, written down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInputError
from core.model import RecognizedPage, Region, RegionKind
from ocr import geometry
from ocr.halves import read_halves
from ocr.options import OcrOptions
from ocr.preprocess.fade import fade_seals
from ocr.preprocess.paper import Cleaned, to_grey
from ocr.preprocess.seals import Seal, find_seals
from ocr.preprocess.spread import find_spread
from ocr.reading import Engine


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
        cleaned, seals = _cleaned(image)
    except ValueError as err:
        raise BadInputError("ocr.not-a-picture", why=str(err)) from err
    spread = find_spread(cleaned.image) if options.spreads else None
    if spread:
        reading = read_halves(cleaned.image, spread, engine, options.languages)
    else:
        reading = engine.read(cleaned.image, options.languages)
    height, width = cleaned.image.shape
    return RecognizedPage(
        width=width,
        height=height,
        rotation=reading.rotation,
        angle=reading.angle,
        quality=reading.quality,
        language=reading.language,
        engine=reading.engine,
        lines=reading.lines,
        regions=(*reading.regions, *(_region(seal, width, height) for seal in seals)),
        recipe={**cleaned.recipe, **reading.recipe},
    )


def _cleaned(image: NDArray[np.uint8]) -> tuple[Cleaned, tuple[Seal, ...]]:
    """The grey page and its seals, which only a page in colour shows.

    Raises:
        ValueError: as :func:`ocr.preprocess.paper.to_grey`.
    """
    grey = to_grey(image)
    if image.shape[2:] != (3,):
        return Cleaned(grey, {}), ()
    seals = find_seals(image)
    return fade_seals(image, grey, seals), seals


def _region(seal: Seal, width: int, height: int) -> Region:
    return Region(RegionKind.SEAL, geometry.map_polygon(geometry.identity(), seal.polygon, width, height))
