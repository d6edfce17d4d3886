"""Doubtful lines and the second engine: who is asked, whose reading is kept, what is written down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import ButlucError, MissingToolError
from core.model import Word
from ocr.butluc import make_butluc
from ocr.options import OcrOptions
from ocr.reader import read_page
from ocr.second import Doubt, second_opinions
from ocr.tesseract import TesseractEngine
from tests.ocr.conftest import Typeset

FRENCH = (
    "Le procureur de la République près le tribunal de première",
    "instance de Hanoï a l'honneur de vous faire connaître que les",
    "pièces de la procédure ont été transmises au greffe pour être",
    "jointes au dossier de cette affaire avec les autres papiers.",
)
CROP = np.full((48, 300), 255, np.uint8)


def line(text: str, confidence: float) -> Doubt:
    words = tuple(Word(part, (0, 0, 9, 9), confidence, (0.9,) * len(part)) for part in text.split())
    return Doubt(words, CROP)


class Told:
    """An engine that reads every line as it was told."""

    name_version = "told 1.0"

    def __init__(self, text: str = "", confidence: float = 0.9, error: ButlucError | None = None) -> None:
        self._words = tuple(Word(part, (2, 3, 40, 30), confidence) for part in text.split())
        self._error = error
        self.asked: list[tuple[int, tuple[str, ...]]] = []

    def read_lines(self, crops: Sequence[NDArray[np.uint8]], languages: Sequence[str]) -> list[tuple[Word, ...]]:
        self.asked.append((len(crops), tuple(languages)))
        if self._error is not None:
            raise self._error
        return [self._words for _ in crops]


def test_only_doubtful_lines_are_asked_about_and_only_better_readings_are_kept() -> None:
    lines = [line("au greffe du tribunal", 0.99), line("au groffe du trlbunal", 0.4), line("le greffier", 0.95)]
    told = Told("au greffe du tribunal", 0.9)
    opinions = second_opinions(lines, "fr", told)
    assert told.asked == [(1, ("fra",))]
    assert " ".join(word.text for word in opinions.better[1]) == "au greffe du tribunal" and list(opinions.better) == [
        1
    ]
    assert opinions.engine == "told 1.0"
    assert opinions.recipe == {"second engine": "told 1.0", "lines read again": 1, "lines taken": 1}


@pytest.mark.parametrize(
    ("text", "confidence"), [("au greffe du tribunal", 0.3), ("au grqffx dv trbnl", 0.9), ("", 0.9)]
)
def test_a_reading_that_is_no_likelier_or_less_language_is_left(text: str, confidence: float) -> None:
    opinions = second_opinions([line("au greffe du tribunal", 0.6)], "fr", Told(text, confidence))
    assert opinions.better == {} and opinions.recipe["lines taken"] == 0


@pytest.mark.parametrize("language", ["vi", "und", "und-Latn"])
def test_lines_of_pages_that_it_does_not_read_better_are_never_shown_to_it(language: str) -> None:
    told = Told("tòa án")
    assert second_opinions([line("tòa an", 0.2)], language, told).better == {} and told.asked == []


def test_without_a_second_engine_nothing_happens() -> None:
    assert second_opinions([line("au greffe", 0.2)], "fr", None).recipe == {}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (MissingToolError("ocr.tesseract-missing", install="apt"), "missing"),
        (MissingToolError("ocr.language-missing", language="fra", package="tesseract-ocr-fra"), "missing"),
        (ButlucError("ocr.timeout", seconds="9"), "failed"),
    ],
)
def test_an_engine_that_is_missing_or_fails_costs_nothing_and_is_written_down(error: ButlucError, state: str) -> None:
    opinions = second_opinions([line("au greffe", 0.2)], "fr", Told(error=error))
    assert opinions.better == {} and opinions.recipe == {"second engine": state}


def test_a_full_disk_is_heard() -> None:
    with pytest.raises(ButlucError):
        second_opinions([line("au greffe", 0.2)], "fr", Told(error=MissingToolError("core.disk-full", file="/tmp")))


@given(st.lists(st.tuples(st.text("aeđ1 ", max_size=8), st.floats(0, 1)), max_size=6), st.floats(0, 1))
def test_what_is_kept_is_never_the_less_likely(own: list[tuple[str, float]], confidence: float) -> None:
    lines = [line(text, sure) for text, sure in own]
    opinions = second_opinions(lines, "fr", Told("au greffe", confidence))
    assert all(
        not lines[number].words or min(word.confidence for word in lines[number].words) < 0.99
        for number in opinions.better
    )


def faint(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Type so worn that half of its strokes are gone."""
    holes = np.random.default_rng(7).random(image.shape[:2]) < 0.55
    worn = image.copy()
    worn[holes] = 255
    return worn


def test_lines_that_the_second_engine_read_better_bear_its_name_and_lie_where_they_did(typeset: Typeset) -> None:
    image = faint(typeset(FRENCH, size=24))
    own = read_page(image, OcrOptions(), make_butluc(OcrOptions()))
    assert own.language == "fr" and {it.engine for it in own.lines} == {""}
    told = Told("le greffier du tribunal de Hanoï", 0.99)
    page = read_page(image, OcrOptions(), make_butluc(OcrOptions(), told))
    taken = [number for number, it in enumerate(page.lines) if it.engine == "told 1.0"]
    assert taken and page.engine == own.engine and page.recipe["lines taken"] == len(taken)
    for number in taken:
        x0, y0, _, _ = own.lines[number].box
        assert page.lines[number].text == "le greffier du tribunal de Hanoï"
        left, top, _, _ = page.lines[number].box
        assert abs(left - x0) < 30 and abs(top - y0) < 30 and page.lines[number].words[0].letters == ()


def test_the_real_program_reads_lines_in_one_call(typeset: Typeset) -> None:
    crops = [np.ascontiguousarray(typeset((text,), size=30, width=1100)[120:220, :, 0]) for text in FRENCH[:2]]
    blank = np.full((48, 200), 255, np.uint8)
    first, none, second = TesseractEngine(timeout=60).read_lines([crops[0], blank, crops[1]], ["fra"])
    assert " ".join(word.text for word in first) == FRENCH[0]
    assert all(word.confidence < 0.1 and 0 <= word.box[0] < word.box[2] <= 200 for word in none)
    assert [word.text for word in second][:3] == ["instance", "de", "Hanoï"]
    x0, y0, x1, y1 = first[0].box
    ink = crops[0] < 128
    columns = np.flatnonzero(ink.any(axis=0))
    assert abs(x0 - columns[0]) <= 3 and ink[y0:y1, x0:x1].any()


def test_an_unknown_second_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="second_engine"):
        OcrOptions(second_engine="abbyy")
