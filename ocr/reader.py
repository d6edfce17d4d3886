"""One page from pixels to words: made grey, handed to the engine, written down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInputError
from core.model import RecognizedPage
from ocr import preprocess
from ocr.options import OcrOptions
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
    return recognize(image, options, engine)[0]


def recognize(
    image: NDArray[np.uint8], options: OcrOptions, engine: Engine
) -> tuple[RecognizedPage, Mapping[str, str | float | int]]:
    """As :func:`read_page`, with the recipe of what was done to the picture beside the words."""
    try:
        grey = preprocess.to_grey(image)
    except ValueError as err:
        raise BadInputError("ocr.not-a-picture", why=str(err)) from err
    reading = engine.read(grey, options.languages)
    height, width = grey.shape
    page = RecognizedPage(
        width=width,
        height=height,
        rotation=reading.rotation,
        angle=reading.angle,
        quality=reading.quality,
        language=reading.language,
        engine=reading.engine,
        lines=reading.lines,
    )
    return page, reading.recipe
