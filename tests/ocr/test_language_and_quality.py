"""Which language it is, and how far the reading can be trusted."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import Line, Word
from ocr.language import find_language
from ocr.quality import is_vietnamese_syllable, page_quality, plausible

VIETNAMESE = (
    "Hội đồng xét xử sơ thẩm Tòa án nhân dân huyện Đắk Hà đã nghiên cứu hồ sơ vụ án dân sự về việc tranh chấp "
    "quyền sử dụng đất, nghe lời trình bày của nguyên đơn bà Nguyễn Thị Hường và bị đơn ông Trần Quốc Khánh"
)
FRENCH = (
    "Le procureur de la République près le tribunal de première instance de Hanoï a l'honneur de vous faire "
    "connaître que les pièces de la procédure ont été transmises au greffe pour être jointes au dossier"
)


def page(text: str, confidence: float = 0.95) -> list[Line]:
    lines = []
    words = text.split()
    for start in range(0, len(words), 8):
        part = tuple(Word(word, (0, 0, 9, 9), confidence) for word in words[start : start + 8])
        lines.append(Line(part, (0, 0, 9, 9), (0.0, 9.0, 9.0, 9.0), "vi"))
    return lines


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (VIETNAMESE, "vi"),
        (FRENCH, "fr"),
        # As the Vietnamese model misreads worn French type.
        ("Le procureur đe la Républìque près le trìbunal đe première ìnstance a l'honneur de vous faỉre part", "fr"),
        ("dien bao so muoi hai yeu cau gui gap ho so vu an ve toa an nhan dan tinh truoc ngay mai", "vi"),
        ("The undersigned hereby certifies that this shipment was received without damage or shortage", "und-Latn"),
        ("Bản án số 15", "vi"),
        ("12 / 34 --", "und"),
        ("", "und"),
    ],
)
def test_language_is_found(text: str, language: str) -> None:
    assert find_language(page(text)) == language


RARE = "khuỷu nghiêng quốc giếng gìn thuở hoặc ngoằn khuếch rượu bưu yếu quyết xoong"


@pytest.mark.parametrize("text", [VIETNAMESE, RARE])
def test_real_syllables_are_valid(text: str) -> None:
    for word in text.replace(",", "").lower().split():
        assert is_vietnamese_syllable(word), word


@pytest.mark.parametrize("syllable", ["quyển1", "tronq", "wăn", "các̉", "ắnh̀", "đât", "học̣", "nghhi", "bcd", "tìc", ""])
def test_impossible_syllables_are_not(syllable: str) -> None:
    assert not is_vietnamese_syllable(syllable)


@pytest.mark.parametrize("word", ["15/2019/DS-ST", "QĐ-UBND", "27/9/2019.", "(Điều", "XVII", "5.000.000đ"])
def test_numbers_and_codes_are_not_punished(word: str) -> None:
    assert plausible(word, french=False)


def test_quality_falls_with_the_share_of_wrong_letters() -> None:
    generator = random.Random(5)
    scores = []
    for share in (0.0, 0.05, 0.15, 0.4):
        letters = [generator.choice("qwzjf#") if generator.random() < share and c != " " else c for c in VIETNAMESE]
        scores.append(page_quality(page("".join(letters))))
    assert scores == sorted(scores, reverse=True) and scores[0] > 0.95 and scores[-1] < 0.88


def test_a_garbled_region_costs_its_share_of_the_characters() -> None:
    good, garbled = page(" ".join([VIETNAMESE] * 5)), page("xzq wqf jjk zwr " * 10, confidence=0.2)
    sizes = [sum(len(word.text) for line in part for word in line.words) for part in (good, garbled)]
    expected = (page_quality(good) * sizes[0] + page_quality(garbled) * sizes[1]) / sum(sizes)
    assert page_quality(good + garbled) == pytest.approx(expected, abs=1e-3)
    assert page_quality(good) > 0.95 and page_quality(garbled) < 0.55


def test_french_words_count_as_text_on_a_french_page() -> None:
    assert page_quality(page(FRENCH), french=True) > 0.95 > page_quality(page(FRENCH), french=False)


def test_nothing_read_has_no_quality() -> None:
    assert page_quality([]) == 0.0


@given(st.lists(st.tuples(st.text(max_size=12), st.floats(0, 1)), max_size=120))
def test_quality_is_always_a_share(words: list[tuple[str, float]]) -> None:
    lines = [Line(tuple(Word(text, (0, 0, 1, 1), conf) for text, conf in words), (0, 0, 1, 1), (0, 0, 1, 0), "vi")]
    assert 0.0 <= page_quality(lines) <= 1.0
    find_language(lines)
