"""What the index writes for a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.syllables import code_keys, codes_in, compact_code, exact_form, folded_form


@pytest.mark.parametrize(
    ("one", "other"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("HOÀN", "hòan"), ("quý", "qúy"), ("NƢỚC", "nước")]
)
def test_spellings_of_one_word_are_one_token(one: str, other: str) -> None:
    assert exact_form(one) == exact_form(other)


@pytest.mark.parametrize(("one", "other"), [("bán", "bản"), ("ma", "má"), ("đa", "da"), ("bo", "bô"), ("bơ", "bô")])
def test_different_words_are_different_tokens(one: str, other: str) -> None:
    assert exact_form(one) != exact_form(other)
    assert folded_form(one) == folded_form(other)


@pytest.mark.parametrize("code", ["31/2017/DS-ST", "31/2017/DS - ST", "31/2017/DSST", "31 / 2017 / ds-st"])
def test_code_has_one_compact_form(code: str) -> None:
    assert compact_code(code) == "31/2017/dsst"


def test_code_is_kept_whole_and_in_parts() -> None:
    assert code_keys("15/QĐ-BNV") == {"15/qdbnv", "15", "qdbnv", "qd", "bnv"}
    assert codes_in("thụ lý số 36/2016/TLST- DS ngày 20/4/2016") == {"36/2016/tlstds", "20/4/2016"}


@given(
    st.text(
        "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ0123", max_size=90
    )
)
def test_tokens_do_not_depend_on_the_normal_form(text: str) -> None:
    nfd, nfc = (unicodedata.normalize(form, text) for form in ("NFD", "NFC"))
    assert exact_form(nfd) == exact_form(nfc)
