"""Lines that could not be read keep their places, however the page was handed to the engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from core.model import Polygon
from ocr.halves import read_halves
from ocr.levelled import LevelledPages
from ocr.options import OcrOptions
from ocr.preprocess.paper import Grey, to_grey
from ocr.preprocess.spread import Spread
from ocr.reading import Reading
from tests.ocr.conftest import Typeset


class Puzzled:
    """Finds one line, in the middle of whatever it is given, and cannot read it."""

    name_version = "puzzled 1"

    def knows(self, languages: Sequence[str]) -> bool:
        return True

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        x, y = page.shape[1] // 2, page.shape[0] // 2
        outline = ((x - 40, y - 10), (x + 40, y - 10), (x + 40, y + 10), (x - 40, y + 10))
        return Reading((), 0, 0.0, "vi", 0.0, self.name_version, {}, unread=(outline,))


def middle(outline: Polygon) -> tuple[float, float]:
    x, y = np.mean(outline, axis=0)
    return float(x), float(y)


def test_on_a_levelled_page(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment, angle=8.0))
    (outline,) = LevelledPages(Puzzled(), OcrOptions()).read(page, ()).unread
    assert middle(outline) == pytest.approx((page.shape[1] / 2, page.shape[0] / 2), abs=2)
    (x0, y0), (x1, y1) = outline[:2]
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(8.0, abs=1.5)


def test_on_both_pages_of_an_opened_book() -> None:
    page = np.full((600, 1000), 240, np.uint8)
    spread = Spread(500.0, 500.0, (0, 0, 480, 600), (520, 0, 1000, 600), {})
    assert [middle(it) for it in read_halves(page, spread, Puzzled(), ()).unread] == [(240, 300), (760, 300)]
