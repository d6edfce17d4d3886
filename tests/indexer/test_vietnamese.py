"""Spellings of one word meet: orthographies, old codes, abbreviations; and real text is left as it is."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import IndexedPage, Line, RecognizedPage, Word, owner
from core.text import nfc
from indexer.highlight import hit_boxes
from indexer.legacy import CHARSETS, Charset, charset_of, repaired
from indexer.port import SearchRequest
from indexer.query import parse
from indexer.spelling import is_syllable
from indexer.syllables import exact_form, folded_form, has_marks
from indexer.synonyms import alternatives
from indexer.syntax import Words, words_of
from indexer.tantivy_index import TantivyIndex
from tests.indexer.oldcodes import encode

Build = Callable[[Iterable[IndexedPage]], TantivyIndex]
MakePage = Callable[..., IndexedPage]
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "texts"
needs_texts = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real texts in ../shared/texts")


def found(index: TantivyIndex, query: str) -> list[int]:
    return [int(hit.document[-7:]) for hit in index.search(SearchRequest(query), owner("thu-kho")).hits]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lý", "lí"),
        ("kỹ", "kĩ"),
        ("Mỹ", "mĩ"),
        ("quý", "quí"),
        ("qui", "quy"),
        ("sỹ", "sĩ"),
        ("hy", "hi"),
        ("tỷ", "tỉ"),
    ],
)
def test_y_and_i_are_one_vowel_at_the_end_of_a_syllable(one: str, other: str) -> None:
    assert exact_form(one) == exact_form(other)
    assert folded_form(one) == folded_form(other)


@pytest.mark.parametrize(
    ("one", "other"), [("tay", "tai"), ("thuý", "thúi"), ("lúy", "lúi"), ("ngày", "ngài"), ("đuy", "đui"), ("lý", "lị")]
)
def test_y_and_i_that_make_two_words_stay_two(one: str, other: str) -> None:
    assert exact_form(one) != exact_form(other)


def test_word_without_marks_stays_unmarked_whatever_its_vowel() -> None:
    assert not has_marks("ly")
    assert not has_marks("Quy")
    assert has_marks("lý")


def test_orthographies_meet_in_the_index(build: Build, page: MakePage) -> None:
    index = build([page(1, "xử lý vụ án ở Việt-Nam"), page(2, "xử lí vụ án ở Việt Nam"), page(3, "nước Việt cũ")])
    assert set(found(index, "+lý")) == set(found(index, "+LÍ")) == {1, 2}
    assert set(found(index, "+Việt-Nam")) == set(found(index, '"Việt Nam"')) == {1, 2}
    assert set(found(index, "+VIỆT +nam")) == {1, 2}


@pytest.mark.parametrize(
    ("old", "name", "text"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "TCVN3", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", "TCVN3", "Độc lập - Tự do - Hạnh phúc"),
        ("Tr\u00adêng hîp b¶n ¸n, quyÕt ®Þnh", "TCVN3", "Trường hợp bản án, quyết định"),
        ("TOØA AÙN NHAÂN DAÂN TÆNH TRAØ VINH", "VNI", "TÒA ÁN NHÂN DÂN TỈNH TRÀ VINH"),
        ("quyeàn söû duïng ñaát cuûa oâng Löông", "VNI", "quyền sử dụng đất của ông Lương"),
        ("ñöôïc", "VNI", "được"),
    ],
)
def test_old_codes_are_recognised_and_repaired(old: str, name: str, text: str) -> None:
    charset = charset_of(nfc(old))
    assert charset is not None
    assert charset.name == name
    assert repaired(old) == text


@pytest.mark.parametrize(
    "text",
    ["où l'août naïf de Loïc à Köln", "Le maïs français, né à Noël", "Müller & Söhne", "§ 5, © 2020, «án» ½ m²", "Loïc",
     "đất ở", "1.000.000đ", "São Paulo", "Ñ"],
)  # fmt: skip
def test_other_languages_and_signs_stay_as_they_are(text: str) -> None:
    assert repaired(text) == text


def test_only_the_old_part_of_a_mixed_page_is_changed() -> None:
    text = "Toµ ¸n nh©n d©n huyÖn Hiệp Hòa\nÔng Bùi Văn Hòa có mặt"
    assert repaired(text) == "Toà án nhân dân huyện Hiệp Hòa\nÔng Bùi Văn Hòa có mặt"


def test_invisible_signs_within_words_go_and_hyphens_stay() -> None:
    assert repaired("ng\u00adười đ\u200bược TT\u00adBVHTT") == "người được TT\u00adBVHTT"


def test_old_code_meets_unicode_in_query_text_and_image(build: Build, page: MakePage) -> None:
    index = build([page(1, "TOØA AÙN NHAÂN DAÂN\nTÆNH TRAØ VINH"), page(2, "Tòa án nhân dân tỉnh Trà Vinh")])
    assert set(found(index, "+Trà +Vinh")) == set(found(index, "+TRAØ +Vinh TÆNH TOØA")) == {1, 2}
    words = (
        Word("TRAØ", (0, 0, 40, 20), 1.0),
        Word("VINH", (50, 0, 90, 20), 1.0),
        Word("TÆNH", (100, 0, 140, 20), 1.0),
    )
    line = Line(words, (0, 0, 140, 20), (0.0, 20.0, 140.0, 20.0), "vi")
    assert hit_boxes(RecognizedPage(200, 50, 0, 0.0, 1.0, "vi", "test", (line,)), ["trà"]) == [words[0].box]


@needs_texts
def test_no_modern_text_is_taken_for_an_old_code() -> None:
    laws = gzip.open(SHARED / "laws.txt.gz", "rt", encoding="utf-8").read()  # noqa: SIM115
    articles = json.loads((SHARED / "alqac2023" / "all_articles_2023.json").read_text(encoding="utf-8"))
    rows = [nfc(row) for text in (laws, *articles.values()) for row in text.split("\n")]
    assert len(rows) > 80_000
    assert [row for row in rows if charset_of(row)] == []


@needs_texts
@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.name)
def test_old_text_comes_back_as_it_was(charset: Charset) -> None:
    articles = json.loads((SHARED / "alqac2023" / "all_articles_2023.json").read_text(encoding="utf-8"))
    texts = [nfc(text).replace("\u00ad", "").lower() for text in list(articles.values())[:400]]
    back = [repaired(encode(text, charset.name)) == text for text in texts]
    assert sum(back) / len(back) > 0.97


@given(st.text(max_size=60))
def test_any_text_is_repaired_once_and_keeps_its_white_space(text: str) -> None:
    once = repaired(text)
    assert [len(row.split(" ")) for row in once.split("\n")] == [len(row.split(" ")) for row in nfc(text).split("\n")]
    assert once == unicodedata.normalize("NFC", once)


@pytest.mark.parametrize("word", ["nghiêng", "quyền", "giếng", "gì", "khuỷu", "ÁN", "được", "uyên", "ý"])
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["được`x", "strong", "bàc", "nghiêngg", "hßa", "", "đ", "ngôig"])
def test_other_strings_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("+UBND", "Ủy ban nhân dân huyện"),
        ("+ubnd", "Uỷ ban nhân dân huyện"),
        ("+QSDĐ", "quyền sử dụng đất"),
        ("+QSDD", "quyền sử dụng đất"),
        ("+HĐXX", "Hội đồng xét xử"),
        ("+NĐ-CP", "Nghị định của Chính phủ"),
        ("+quyền +sử +dụng +đất", "GCN QSDĐ"),
        ("+quyen +su +dung +dat", "GCN QSDĐ"),
        ('+"Bộ luật tố tụng dân sự"', "theo BLTTDS"),
        ('+"TAND huyện"', "Tòa án nhân dân huyện"),
        ('+"tòa án nhân dân huyện"', "TAND huyện Cầu Kè"),
    ],
)
def test_abbreviation_and_long_form_find_each_other(build: Build, page: MakePage, query: str, text: str) -> None:
    index = build([page(1, text), page(2, "việc khác")])
    assert found(index, query) == [1]
    (hit,) = index.search(SearchRequest(query), owner("thu-kho")).hits
    assert "<mark>" in hit.snippet


def test_form_typed_ranks_above_the_other(build: Build, page: MakePage) -> None:
    index = build([page(1, "Ủy ban nhân dân xã"), page(2, "UBND xã"), page(3, "ủy viên")])
    assert found(index, "+UBND") == [2, 1]


def test_excluding_an_abbreviation_spares_the_long_form(build: Build, page: MakePage) -> None:
    index = build([page(1, "xã UBND"), page(2, "xã Ủy ban nhân dân")])
    assert found(index, "xã -UBND") == [2]


def test_alternatives_belong_to_the_words_they_replace() -> None:
    rows = parse("quyền lợi, hồ sơ quyền sử dụng đất").rows
    held = {word.text: {other.text for other in others} for word, others in alternatives(rows).items()}
    assert held == dict.fromkeys(("quyền", "sử", "dụng", "đất"), {"qsdđ"})


@given(st.text(max_size=50))
def test_any_text_is_words_or_nothing(text: str) -> None:
    made = words_of(text)
    assert made is None or isinstance(made, Words)
