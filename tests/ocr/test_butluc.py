"""The whole engine with the shipped weights, on pages set for the purpose."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.textscore import word_bag
from core.errors import MissingToolError
from core.model import Line, RecognizedPage, Word
from ocr.butluc import make_butluc
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.reader import read_page
from ocr.reading import Reading
from ocr.router import LanguageRouter
from tests.ocr.conftest import Typeset

OPTIONS = OcrOptions()
TURNS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def read(image: NDArray[np.uint8]) -> RecognizedPage:
    return read_page(image, OPTIONS, make_butluc(OPTIONS))


def recall(truth: Sequence[str], page: RecognizedPage) -> float:
    return word_bag("\n".join(truth), page.text)[0]


def words_of(page: RecognizedPage) -> list[Word]:
    return [word for line in page.lines for word in line.words]


def test_a_clean_page_is_read_with_its_marks_and_in_order(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = read(typeset(judgment))
    assert recall(judgment, page) > 0.98
    assert [line.text for line in page.lines][3] == judgment[3]
    assert page.quality > 0.95 and page.language == "vi" and page.engine.startswith("butluc ")
    assert page.rotation == 0 and abs(page.angle) < 0.1


@pytest.mark.parametrize("angle", [0.0, 3.0, -5.0])
def test_word_boxes_lie_on_their_ink(typeset: Typeset, judgment: tuple[str, ...], angle: float) -> None:
    image = typeset(judgment, angle=angle)
    page = read(image)
    assert recall(judgment, page) > 0.98 and page.angle == pytest.approx(angle, abs=0.15)
    ink = image[:, :, 0] < 128
    covered = np.zeros_like(ink)
    for word in words_of(page):
        x0, y0, x1, y1 = word.box
        assert ink[y0:y1, x0:x1].any(), word
        covered[y0:y1, x0:x1] = True
    assert (ink & covered).sum() > 0.99 * ink.sum()
    assert covered.sum() < 6 * ink.sum(), "the boxes hold little else"


def test_boxes_of_neighbours_do_not_overlap_and_baselines_run_under_the_letters(
    typeset: Typeset, judgment: tuple[str, ...]
) -> None:
    image = typeset(judgment)
    for line in read(image).lines:
        assert all(left.box[2] <= right.box[0] + 4 for left, right in zip(line.words, line.words[1:], strict=False))
        x0, y0, x1, y1 = line.baseline
        assert (x0, x1) == pytest.approx((line.box[0], line.box[2]), abs=3)
        level = [word.box[3] for word in line.words if word.text in ("tranh", "Nam", "trú", "Hà", "hành", "xét")]
        assert all(abs(bottom - (y0 + y1) / 2) < 5 for bottom in level)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_it_lies(typeset: Typeset, judgment: tuple[str, ...], turned: int) -> None:
    code = TURNS[turned]
    upright = typeset(judgment)
    image = upright if code is None else np.ascontiguousarray(cv2.rotate(upright, code))
    page = read(image)
    assert page.rotation == (360 - turned) % 360 and recall(judgment, page) > 0.98
    ink = image[:, :, 0] < 128
    assert all(ink[y0:y1, x0:x1].any() for x0, y0, x1, y1 in (word.box for word in words_of(page)))


def test_pages_stay_as_they_lie_where_turning_is_switched_off(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    options = OcrOptions(orientation=False)
    image = np.ascontiguousarray(cv2.rotate(typeset(judgment), cv2.ROTATE_180))
    assert read_page(image, options, make_butluc(options)).rotation == 0


def test_light_letters_on_a_dark_ground_are_read(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset(judgment)
    image[: image.shape[0] // 2] = 255 - image[: image.shape[0] // 2]
    assert recall(judgment, read(image)) > 0.9


def test_show_through_hatching_and_empty_paper_are_no_text(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    back = cv2.GaussianBlur(np.ascontiguousarray(typeset(judgment)[:, ::-1]), (0, 0), 2.5)
    faint = (255 - (255 - back.astype(np.float64)) * 0.15).astype(np.uint8)
    assert words_of(read(faint)) == []
    hatched = np.full((900, 1200), 240, np.uint8)
    for x in range(-900, 1200, 14):
        cv2.line(hatched, (x, 0), (x + 900, 900), 90, 2)
    assert len(words_of(read(hatched))) <= 2
    assert read(np.full((900, 1200, 3), 250, np.uint8)).lines == ()


@pytest.mark.parametrize("shape", [(1, 1), (5, 3000), (3000, 5), (40, 40)])
def test_the_smallest_pictures_are_read_as_empty(shape: tuple[int, int]) -> None:
    page = read(np.full(shape, 255, np.uint8))
    assert page.lines == () and page.quality == 0.0 and page.language == "und"


def test_threads_of_opencv_are_as_they_were(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    read(typeset(judgment[:1]))
    assert cv2.getNumThreads() == 3
    cv2.setNumThreads(before)


def test_the_version_tells_of_the_weights() -> None:
    engine = make_butluc(OPTIONS)
    assert engine.name_version == make_butluc(OPTIONS).name_version
    assert engine.name_version.startswith("butluc ") and len(engine.name_version.split("-")[-1]) == 8
    assert make_engine(OPTIONS).name_version.startswith(engine.name_version)


class Known:
    """An engine that knows some languages and reads every page as one of them."""

    def __init__(self, name: str, language: str, *, knows: Sequence[str] = (), missing: bool = False) -> None:
        self._name, self._language, self._knows, self._missing = name, language, knows, missing
        self.asked: list[tuple[str, ...]] = []

    @property
    def name_version(self) -> str:
        if self._missing:
            raise MissingToolError("ocr.tesseract-missing", install="apt install tesseract-ocr")
        return self._name

    def knows(self, languages: Sequence[str]) -> bool:
        return all(code in self._knows for code in languages)

    def read(self, page: NDArray[np.uint8], languages: Sequence[str]) -> Reading:
        self.asked.append(tuple(languages))
        line = Line((Word("Tòa", (0, 0, 9, 9), 0.9),), (0, 0, 9, 9), (0.0, 9.0, 9.0, 9.0), self._language)
        return Reading((line,), 0, 0.0, self._language, 0.9, self.name_version, {})


PAGE = np.full((50, 50), 255, np.uint8)


def test_a_page_in_a_language_that_the_engine_does_not_know_goes_to_the_other() -> None:
    main, other = Known("own 1", "fr", knows=["vie"]), Known("tesseract 5", "fr")
    router = LanguageRouter(main, other)
    assert router.read(PAGE, ()).engine == "tesseract 5" and other.asked == [("fra",)]
    assert router.name_version == "own 1 + tesseract 5"
    vietnamese = LanguageRouter(Known("own 1", "vi", knows=["vie"]), other)
    assert vietnamese.read(PAGE, ()).engine == "own 1"
    assert vietnamese.read(PAGE, ("vie",)).engine == "own 1"
    assert vietnamese.read(PAGE, ("vie", "fra")).engine == "tesseract 5"
    assert other.asked == [("fra",), ("vie", "fra")]


def test_french_is_read_by_the_engine_itself_once_it_knows_it_or_where_there_is_no_other() -> None:
    other = Known("tesseract 5", "fr")
    assert LanguageRouter(Known("own 1", "fr", knows=["vie", "fra"]), other).read(PAGE, ()).engine == "own 1"
    assert other.asked == []
    alone = LanguageRouter(Known("own 1", "fr", knows=["vie"]), Known("tesseract 5", "fr", missing=True))
    assert alone.read(PAGE, ()).engine == "own 1" and alone.name_version == "own 1"


def test_letters_of_a_language_make_it_known() -> None:
    engine = make_butluc(OPTIONS)
    assert engine.knows(()) and engine.knows(("vie", "eng")) and not engine.knows(("lao",))
