"""One page from pixels to words: made grey, handed to the engine, written down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInputError
from core.model import RecognizedPage
from ocr import preprocess
from ocr.options import OcrOptions
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
        grey = preprocess.to_grey(image)
    except ValueError as err:
        raise BadInputError("ocr.not-a-picture", why=str(err)) from err
    reading = engine.read(grey, options.languages)
    parted = part_page(grey, reading, rgb=image if image.ndim == 3 and image.shape[2] == 3 else None)
    height, width = grey.shape
    return RecognizedPage(
        width=width,
        height=height,
        rotation=reading.rotation,
        angle=reading.angle,
        quality=with_handwriting(reading.quality, parted.handwritten),
        language=reading.language,
        engine=reading.engine,
        lines=parted.lines,
        regions=parted.regions,
        recipe=dict(reading.recipe),
    )
