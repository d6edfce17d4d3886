"""Pages far from level are levelled, read, and what was read is put back where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from bench.textscore import word_bag
from ocr.engine import make_engine
from ocr.levelled import LevelledPages
from ocr.options import OcrOptions
from ocr.preprocess.paper import Grey, to_grey
from ocr.preprocess.skew import page_direction
from ocr.reader import read_page
from ocr.reading import Reading
from tests.ocr.conftest import JUDGMENT, Typeset


class Recorder:
    """Reads nothing; remembers what it was given and says how the page lay."""

    name_version = "recorder"

    def __init__(self, rotation: int = 0) -> None:
        self.pages: list[Grey] = []
        self.rotation = rotation

    def knows(self, languages: Sequence[str]) -> bool:
        return languages != ("lao",)

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        self.pages.append(page)
        rotation = self.rotation if len(self.pages) == 1 else 0
        return Reading((), rotation, 0.4, "vi", 0.0, self.name_version, {"rotation": rotation})


@settings(max_examples=30, deadline=None)
@given(st.floats(-19.9, 19.9), st.floats(0.35, 1.0))
def test_the_skew_of_a_page_is_found_to_a_tenth_of_a_degree(angle: float, light: float) -> None:
    page = _typeset_page()
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    shade = np.linspace(light, 1.0, width, dtype=np.float32)
    assert page_direction((turned * shade).astype(np.uint8), 20.0).angle == pytest.approx(angle, abs=0.1)


def _typeset_page() -> Grey:
    page = Image.new("L", (2000, 2000), 255)
    font = ImageFont.truetype("Tinos-Regular.ttf", 42)
    for number, text in enumerate(JUDGMENT * 2):
        ImageDraw.Draw(page).text((480, 400 + number * 60), text, font=font, fill=20)
    return np.asarray(page, dtype=np.uint8)


def test_faint_type_beside_a_dark_edge_still_shows_its_skew(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment, angle=2.2))
    faint = (255 - (255 - page.astype(np.float32)) * 0.35).astype(np.uint8)
    faint[:, :120] = 8
    assert page_direction(faint, 20.0).angle == pytest.approx(2.2, abs=0.1)


def test_pages_near_level_are_handed_on_untouched(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    engine, page = Recorder(), to_grey(typeset(judgment, angle=2.0))
    reading = LevelledPages(engine, OcrOptions()).read(page, ())
    assert engine.pages[0] is page and "deskew" not in reading.recipe
    assert reading.angle == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("rotation", [90, 270])
def test_a_page_on_its_side_is_levelled_once_it_stands(
    typeset: Typeset, judgment: tuple[str, ...], rotation: int
) -> None:
    upright = to_grey(typeset(judgment, angle=9.0))
    lying = np.ascontiguousarray(np.rot90(upright, rotation // 90))
    engine = Recorder(rotation)
    reading = LevelledPages(engine, OcrOptions()).read(lying, ())
    assert reading.rotation == rotation and reading.angle == pytest.approx(9.0, abs=0.1)
    assert abs(page_direction(engine.pages[-1], 20.0).angle) <= 0.1 and len(engine.pages) == 2


def test_without_lines_or_deskew_the_engines_own_angle_stays(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    blank, skewed = np.full((900, 700), 240, np.uint8), to_grey(typeset(judgment, angle=9.0))
    assert LevelledPages(Recorder(), OcrOptions()).read(blank, ()).angle == 0.4
    assert LevelledPages(Recorder(), OcrOptions(deskew=False)).read(skewed, ()).angle == 0.4


def test_languages_are_known_as_the_engine_knows_them() -> None:
    pages = LevelledPages(Recorder(), OcrOptions())
    assert pages.knows(("vie",)) and not pages.knows(("lao",)) and pages.name_version == "recorder"


@pytest.mark.parametrize("angle", [-19.0, 8.0, 14.5])
def test_a_steep_page_is_read_and_its_words_stand_on_their_ink(
    typeset: Typeset, judgment: tuple[str, ...], angle: float
) -> None:
    image = typeset(judgment, angle=angle)
    options = OcrOptions()
    page = read_page(image, options, make_engine(options))
    assert word_bag("\n".join(judgment), page.text)[0] > 0.97 and page.angle == pytest.approx(angle, abs=0.1)
    assert [line.text for line in page.lines][3] == judgment[3]
    for line in page.lines:
        x0, y0, x1, y1 = line.baseline
        assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(angle, abs=0.7)
        for word in line.words:
            left, top, right, below = word.box
            assert image[top:below, left:right].min() < 128, word
