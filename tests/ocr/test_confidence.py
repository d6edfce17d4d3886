"""Words are as sure as they are right, and pages as good as their words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import Line, Word
from ocr.confidence import word_confidence
from ocr.quality import page_quality, wrong_characters

POSTERIORS = st.floats(0, 1)


def word(text: str, confidence: float) -> Word:
    return Word(text, (0, 0, 9, 9), confidence, (1.0,) * len(text))


def page(*words: Word) -> list[Line]:
    return [Line(words, (0, 0, 9, 9), (0.0, 9.0, 9.0, 9.0), "vi")]


@given(st.text(min_size=1, max_size=9), st.lists(POSTERIORS, min_size=1, max_size=9), st.sampled_from(["vi", "fr"]))
def test_confidence_is_a_share_and_falls_with_every_letters(text: str, letters: list[float], language: str) -> None:
    sure = word_confidence(text, letters, language)
    assert 0 <= sure <= 1
    assert word_confidence(text, [*letters[:-1], letters[-1] / 2], language) <= sure


def test_a_certain_word_is_nearly_certain_and_a_doubtful_letter_is_felt() -> None:
    assert word_confidence("quyền", (1.0,) * 5, "vi") > 0.998
    assert word_confidence("quyền", (1.0, 1.0, 1.0, 0.6, 1.0), "vi") < 0.85
    assert word_confidence("greffe", (0.9, 0.8), "fr") == pytest.approx(0.72)


def test_what_is_no_syllable_is_less_sure_on_vietnamese_pages_only() -> None:
    letters = (0.99,) * 5
    assert word_confidence("tronq", letters, "vi") < word_confidence("trong", letters, "vi") - 0.05
    assert word_confidence("tronq", letters, "fr") == word_confidence("trong", letters, "fr")


@given(st.text(min_size=1, max_size=9), POSTERIORS)
def test_no_more_characters_are_wrong_than_there_are(text: str, confidence: float) -> None:
    wrong = wrong_characters(word(text, confidence), french=True)
    assert 0 <= wrong <= len(text) + 1e-9


def test_a_slightly_doubtful_word_has_one_wrong_character_and_garbage_all() -> None:
    assert wrong_characters(word("nghiêng", 0.9), french=False) == pytest.approx(0.1, abs=0.01)
    assert wrong_characters(word("nghiêng", 0.0), french=False) == 7


def test_quality_is_the_share_of_characters_expected_right() -> None:
    half = page(word("tòa", 1.0), word("xzq", 0.0))
    assert page_quality(half) == 0.5
    assert page_quality(page(*[word("nhân", 0.8)] * 20)) == pytest.approx(1 - 0.2 / 4, abs=0.001)


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=6), POSTERIORS), min_size=1, max_size=20))
def test_a_page_is_no_better_than_its_best_word_and_no_worse_than_its_worst(
    given_words: list[tuple[str, float]],
) -> None:
    words = [word(text, confidence) for text, confidence in given_words]
    alone = [page_quality(page(it)) for it in words]
    quality = page_quality(page(*words))
    assert min(alone) - 1e-3 <= quality <= max(alone) + 1e-3 and not math.isnan(quality)
