"""What shines through grows pale, ink stays, and faint pages are left alone."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.preprocess.paper import to_grey
from ocr.preprocess.showthrough import fade_show_through
from tests.ocr.conftest import Typeset


def test_the_back_goes_and_the_front_stays(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    front = to_grey(typeset(judgment)).astype(np.float32)
    back = cv2.GaussianBlur(np.roll(front[:, ::-1], 35, axis=0), (0, 0), 2)
    shown = np.round(front * (1 - 0.2 * (255 - back) / 255)).astype(np.uint8)
    cleaned = fade_show_through(shown)
    ghost, ink = (front > 250) & (back < 120), front < 60
    assert shown[ghost].mean() < 230 and cleaned.image[ghost].mean() > 250
    assert np.abs(cleaned.image[ink].astype(int) - shown[ink]).max() <= 2 and "paled" in str(cleaned.recipe)


def test_a_page_of_faint_ink_is_left_as_it_is(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment))
    faint = (255 - (255 - page.astype(np.float32)) * 0.3).astype(np.uint8)
    assert fade_show_through(faint).image is faint
