"""Dark borders become paper; text, pictures and pages in the shade stay."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.preprocess.borders import mask_borders
from ocr.preprocess.paper import to_grey
from tests.ocr.conftest import Typeset


def test_a_scanners_border_goes_and_not_a_letter_with_it(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment))[:, 90:]
    framed = cv2.copyMakeBorder(page, 20, 70, 60, 40, cv2.BORDER_CONSTANT, value=9)
    cleaned = mask_borders(framed)
    assert "border" in cleaned.recipe
    assert cleaned.image[:, :50].min() > 230 and cleaned.image[-60:].min() > 230
    inner = cleaned.image[20:-70, 60:-40]
    assert np.array_equal(inner[60:-60, 25:-25], page[60:-60, 25:-25])


def test_shade_photographs_and_plain_pages_are_left_as_they_are(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment))
    shade = (page * np.linspace(0.4, 1.0, page.shape[1])).astype(np.uint8)
    grain = np.random.default_rng(2).integers(0, 80, (20, 14)).astype(np.uint8)
    photograph = cv2.resize(grain, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_CUBIC)
    for picture in (page, shade, photograph, np.full((90, 60), 0, np.uint8), np.full((3, 3), 200, np.uint8)):
        assert mask_borders(picture).image is picture
