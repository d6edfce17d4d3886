"""From pixels to words, with engines that say what they are told and with the real one."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.config import fill
from core.errors import BadInputError, ButlucError
from core.model import Line, RecognizedPage, Word
from ocr.engine import ENGINES, make_engine
from ocr.null import NullEngine
from ocr.options import ENGINE_NAMES, Cleaning, OcrOptions
from ocr.prepared import PreparedPages
from ocr.reader import read_page
from ocr.reading import PictureEngine
from tests.fakes.engines import FailingEngine, LookingEngine, ScriptedEngine
from tests.ocr.conftest import Typeset

UNTURNED = OcrOptions(orientation=False)
TESSERACT = OcrOptions(engine="tesseract")
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
FRENCH = "le tribunal de première instance a jugé que la demande du procureur est fondée et les pièces sont jointes"


def one_line(text: str, *, confidence: float = 0.95) -> list[Line]:
    places = [(left, 200, left + 50, 230) for left in range(100, 100 + 60 * len(text.split()), 60)]
    words = tuple(Word(part, box, confidence) for part, box in zip(text.split(), places, strict=True))
    right = float(words[-1].box[2])
    return [Line(words, (100, 200, int(right), 230), (100.0, 225.0, right, 225.0), "vi")]


def read_with(engine: PictureEngine, image: NDArray[np.uint8], options: OcrOptions) -> RecognizedPage:
    """What an engine of prepared pictures makes of a page."""
    return read_page(image, options, PreparedPages(engine, options))


def word_at(page: RecognizedPage, text: str) -> tuple[int, int, int, int]:
    return next(word.box for line in page.lines for word in line.words if word.text.strip(".,:") == text)


def test_words_of_an_unturned_page_keep_their_places() -> None:
    engine = ScriptedEngine(lambda image, languages: one_line("Tòa án nhân dân"))
    page = read_with(engine, np.full((400, 600, 3), 255, np.uint8), UNTURNED)
    assert page.lines[0].words[1].box == (160, 200, 210, 230)
    assert page.lines[0].baseline == (100, 225, 330, 225)
    assert (page.width, page.height, page.rotation, page.angle) == (600, 400, 0, 0.0)
    assert page.engine == "scripted 1.0" and page.language == "vi" and page.lines[0].language == "vi"


def test_boxes_and_baselines_of_a_skewed_page_return_to_its_own_pixels(
    typeset: Typeset, judgment: tuple[str, ...]
) -> None:
    level, skewed = typeset(judgment), typeset(judgment, angle=6.0)
    options = OcrOptions(engine="tesseract", languages=("vie",))
    flat, tilted = (read_page(image, options, make_engine(options)) for image in (level, skewed))
    assert tilted.angle == pytest.approx(6.0, abs=0.1)
    assert len(tilted.lines) == len(flat.lines) and "Nguyên đơn: bà Nguyễn Thị Hường" in tilted.text
    x0, y0, x1, y1 = tilted.lines[3].baseline
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(6.0, abs=0.4)
    box = word_at(tilted, "Hường")
    left, top, right, bottom = word_at(flat, "Hường")
    turn = np.radians(6.0)
    centre = np.array([(left + right) / 2 - level.shape[1] / 2, (top + bottom) / 2 - level.shape[0] / 2])
    x = centre[0] * np.cos(turn) - centre[1] * np.sin(turn) + skewed.shape[1] / 2
    y = centre[0] * np.sin(turn) + centre[1] * np.cos(turn) + skewed.shape[0] / 2
    assert abs((box[0] + box[2]) / 2 - x) < 4 and abs((box[1] + box[3]) / 2 - y) < 4


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lies_wrong_is_turned_and_its_boxes_fit_the_picture_given(
    typeset: Typeset, judgment: tuple[str, ...], turned: int
) -> None:
    image = np.ascontiguousarray(cv2.rotate(typeset(judgment[1:8]), TURNS[turned]))
    page = read_page(image, TESSERACT, make_engine(TESSERACT))
    assert page.rotation == (360 - turned) % 360
    assert "quyền sử dụng đất" in page.text
    x0, y0, x1, y1 = word_at(page, "Hường")
    assert (y1 - y0 > x1 - x0) == (turned != 180)
    grey = image[:, :, 0]
    assert grey[y0:y1, x0:x1].min() < 60, "the box holds ink"
    bx0, by0, bx1, by1 = page.lines[2].baseline
    expected = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turned]
    length = np.hypot(bx1 - bx0, by1 - by0)
    assert ((bx1 - bx0) / length, (by1 - by0) / length) == pytest.approx(expected, abs=0.02)


def test_an_upright_page_is_never_turned_however_badly_it_reads(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    engine = ScriptedEngine(lambda image, languages: one_line("xzq wqf jjk", confidence=0.2))
    assert read_with(engine, typeset(judgment), OcrOptions()).rotation == 0


def test_a_page_that_reads_better_upside_down_is_turned() -> None:
    page = np.full((900, 700), 255, np.uint8)
    page[100:130, 100:300] = 0

    def answer(image: NDArray[np.uint8], languages: Sequence[str]) -> list[Line]:
        turned = image.min(axis=0).argmin() > 350
        return one_line("Tòa án", confidence=0.9) if turned else one_line("wzq jjx", confidence=0.2)

    result = read_with(ScriptedEngine(answer), page, OcrOptions())
    assert result.rotation == 180 and result.text == "Tòa án"
    assert result.lines[0].words[0].box == (700 - 150, 900 - 230, 700 - 100, 900 - 200)


def test_french_is_read_again_with_the_french_model_and_vietnamese_is_not() -> None:
    french = ScriptedEngine(lambda image, languages: one_line(FRENCH))
    page = read_with(french, np.full((400, 2400), 255, np.uint8), UNTURNED)
    assert french.asked == [("vie",), ("fra",)] and page.language == "fr" and page.lines[0].language == "fr"
    vietnamese = ScriptedEngine(lambda image, languages: one_line("Tòa án nhân dân huyện Đắk Hà xét xử sơ thẩm vụ án"))
    assert read_with(vietnamese, np.full((400, 2400), 255, np.uint8), UNTURNED).language == "vi"
    assert vietnamese.asked == [("vie",)]


def test_the_better_of_two_readings_is_kept() -> None:
    engine = ScriptedEngine(lambda image, languages: one_line(FRENCH, confidence=0.9 if languages == ("vie",) else 0.1))
    assert read_with(engine, np.full((400, 2400), 255, np.uint8), UNTURNED).quality > 0.5


def test_languages_given_are_used_as_given() -> None:
    engine = ScriptedEngine(lambda image, languages: one_line(FRENCH))
    options = OcrOptions(languages=("vie", "fra"), orientation=False)
    assert read_with(engine, np.full((400, 2400), 255, np.uint8), options).language == "fr"
    assert engine.asked == [("vie", "fra")]


def test_an_engine_that_breaks_is_heard() -> None:
    with pytest.raises(ButlucError) as caught:
        read_with(FailingEngine(), np.full((400, 600, 3), 255, np.uint8), OcrOptions())
    assert caught.value.code == "ocr.engine-failed" and caught.value.message("vi")


@pytest.mark.parametrize("image", [np.zeros((0, 0, 3), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros(9, np.uint8)])
def test_what_is_no_picture_is_bad_input(image: NDArray[np.uint8]) -> None:
    with pytest.raises(BadInputError) as caught:
        read_with(NullEngine(), image, OcrOptions())
    assert caught.value.code == "ocr.not-a-picture"


def test_the_empty_engine_reads_nothing_from_a_full_page(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    options = OcrOptions(engine="none")
    page = read_page(typeset(judgment), options, make_engine(options))
    assert page.lines == () and page.quality == 0.0 and page.language == "und" and page.engine == "none"


def test_the_recipe_names_what_was_done(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    engine = PreparedPages(NullEngine(), UNTURNED)
    page = read_page(typeset(judgment, angle=3.0), UNTURNED, engine)
    recipe = page.recipe
    assert recipe["deskew"] == page.angle != 0 and recipe["rotation"] == 0 and "divide" in str(recipe["background"])


def test_engines_are_known_by_name() -> None:
    assert tuple(ENGINES) == ENGINE_NAMES
    with pytest.raises(BadInputError) as caught:
        fill(OcrOptions, {"engine": "abbyy"}, file="court.toml")
    assert "tesseract" in str(caught.value) and "court.toml" in str(caught.value)


def test_options_are_filled_from_a_profile_table() -> None:
    options = fill(OcrOptions, {"languages": ["vie", "fra"], "max_skew": 5}, file="court.toml")
    assert options == OcrOptions(languages=("vie", "fra"), max_skew=5.0)
    with pytest.raises(BadInputError):
        fill(OcrOptions, {"min_quality": 7.0}, file="court.toml")


def test_a_profile_may_ask_for_cleaning_and_the_recipe_says_so(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = typeset(judgment)
    framed = cv2.copyMakeBorder(page, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(10, 10, 10))
    options = OcrOptions(orientation=False, cleaning=(Cleaning.BORDERS, Cleaning.SPECKS, Cleaning.SHOW_THROUGH))
    seen = LookingEngine()
    read = read_page(framed, options, seen)
    assert seen.picture is not None and seen.picture[:30].min() > 150, "the border is paper now"
    assert "border" in read.recipe
    assert read_page(framed, OcrOptions(orientation=False), LookingEngine()).recipe == {}
