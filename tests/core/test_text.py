"""Vietnamese text in one normal form, folded letter for letter."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from core.text import fold, natural_key, nfc, syllables

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


def test_every_vietnamese_letter_folds_to_plain_ascii() -> None:
    for letter in LETTERS + LETTERS.upper():
        for tone in TONES:
            composed = unicodedata.normalize("NFC", letter + tone)
            folded = fold(composed)
            assert folded.replace("\u0300", "").isascii() or len(composed) > 1, composed
            if len(composed) == 1:
                assert len(folded) == 1 and folded.isascii() and folded.islower()


def test_known_phrase_folds() -> None:
    assert fold("Tòa án nhân dân huyện Đắk Hà, ĐƯỜNG Nguyễn Huệ") == "toa an nhan dan huyen dak ha, duong nguyen hue"


@given(st.text())
def test_fold_keeps_offsets_and_is_idempotent(text: str) -> None:
    assert len(fold(text)) == len(nfc(text))
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


def test_syllables_are_lower_case_nfc_and_keep_numbers() -> None:
    decomposed = unicodedata.normalize("NFD", "Bản án số 15/DS-ST")
    assert syllables(decomposed) == ["bản", "án", "số", "15", "ds", "st"]


def test_natural_order_is_the_order_of_people() -> None:
    names = ["trang10.jpg", "trang2.jpg", "Trang1.jpg", "bìa.jpg"]
    assert sorted(names, key=natural_key) == ["bìa.jpg", "Trang1.jpg", "trang2.jpg", "trang10.jpg"]
