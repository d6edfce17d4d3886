"""What a reader misread is found all the same, below what it read well, and never beyond the reader's rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import IndexedPage, Line, Reader, RecognizedPage, Word, owner
from indexer.highlight import hit_boxes
from indexer.lookalikes import alike, alike_in
from indexer.port import SearchRequest
from indexer.spelling import one_off
from indexer.syllables import compact_code
from indexer.tantivy_index import TantivyIndex
from jobs.entries import doubtful_words

Build = Callable[[Iterable[IndexedPage]], TantivyIndex]
MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")


def found(index: TantivyIndex, query: str, reader: Reader = OWNER) -> list[int]:
    return [int(hit.document[-7:]) for hit in index.search(SearchRequest(query), reader).hits]


@pytest.mark.parametrize(
    "read", ["3l/2O17/DS-ST", "31/2017/D5-5T", "31|2017/DS-ST", "I1/20l7/DS-ST".replace("I1", "3I"), "31l2017/ĐS-ST"]
)
def test_misread_number_is_found(build: Build, page: MakePage, read: str) -> None:
    index = build([page(1, f"Bản án số: {read}"), page(2, "Bản án số: 37/2017/DS-ST"), page(3, "số 31 năm 2017")])
    assert found(index, "+31/2017/DS-ST") == [1]


def test_number_as_sought_ranks_above_one_that_looks_like_it(build: Build, page: MakePage) -> None:
    index = build([page(1, "số 3l/2017/DS-ST"), page(2, "số 31/2017/DS-ST"), page(3, "", codes=("3I/2017/DS-ST",))])
    assert found(index, "+31/2017/DS-ST")[0] == 2
    assert set(found(index, "+31/2017/DS-ST")) == {1, 2, 3}


def test_shape_tells_different_digits_apart() -> None:
    assert alike(compact_code("31/2017/DS-ST")) == alike(compact_code("3I/2Ol7/D5-ST"))
    assert alike(compact_code("31/2017/DS-ST")) != alike(compact_code("37/2017/DS-ST"))
    assert alike(compact_code("O5/2021/DS-ST")) == alike(compact_code("05/2021/DS-ST"))
    assert alike("kdtm") is None
    assert alike("1/2") is None
    assert alike_in("thụ lý số 3l/2O17/TLST - DS ngày 2") == {alike("31/2017/tlstds")}


@given(st.text(max_size=40))
def test_any_text_has_shapes_of_one_token_each(text: str) -> None:
    assert all(shape and not any(char.isspace() for char in shape) for shape in alike_in(text))


@pytest.mark.parametrize("read", ["Nghicm", "Nghiem", "Nghêim", "Nghiêrm", "Ngiêm"])
def test_misread_long_word_is_found_where_nothing_holds_the_query(build: Build, page: MakePage, read: str) -> None:
    index = build([page(1, f"ông {read} trình bày"), page(2, "ông Khiêm trình bày"), page(3, "bà Lan")])
    (first, *_) = index.search(SearchRequest("ông Nghiêm"), OWNER).hits
    assert first.document.endswith("1")
    assert first.score > 1000
    assert f"<mark>{read}</mark>" in first.snippet


def test_similar_words_are_not_sought_where_a_page_holds_the_query(build: Build, page: MakePage) -> None:
    index = build([page(1, "ông Nghicm"), page(2, "ông Nghiêm"), page(3, "Nghicm")])
    assert set(found(index, "ông Nghiêm")) == {1, 2}


def test_frequent_and_short_words_are_taken_as_they_are(build: Build, page: MakePage) -> None:
    index = build(
        [page(1, "tòa xứ"), page(2, "phương Lan"), page(3, "phương Mai"), page(4, "phương Hà"), page(5, "phưong Tư")]
    )
    assert 5 not in found(index, "phương tây")[:3]
    assert found(index, "tào") == []


def test_what_a_reader_may_not_see_decides_nothing(build: Build, page: MakePage) -> None:
    index = build([page(1, "ông Nghiêm", access="sealed"), page(2, "ông Nghicm", access="public")])
    assert found(index, "ông Nghiêm", Reader("thư ký", None, frozenset({"public"}))) == [2]
    assert found(index, "ông Nghiêm") == [1, 2]


def test_slices_of_a_tolerant_search_join(build: Build, page: MakePage) -> None:
    index = build([page(i, "ông Nghicm " + "lời " * i) for i in range(1, 8)])
    whole = [hit.page_id for hit in index.search(SearchRequest("ông Nghiêm"), OWNER).hits]
    parts = [
        hit.page_id
        for offset in range(7)
        for hit in index.search(SearchRequest("ông Nghiêm", limit=1, offset=offset), OWNER).hits
    ]
    assert parts == whole
    assert len(whole) == 7


def test_doubtful_word_weighs_less(build: Build, page: MakePage) -> None:
    index = build([page(1, "thừa kế nhà", doubtful=(0,)), page(2, "thừa kế nhà"), page(3, "việc khác")])
    for query in ("thừa", "thừa kế", "thua ke"):
        hits = index.search(SearchRequest(query), OWNER).hits
        assert [hit.document[-1] for hit in hits] == ["2", "1"], query
        assert hits[0].score > hits[1].score > 1000


def test_doubtful_words_of_a_reading_are_counted_in_its_text() -> None:
    box = (0, 0, 9, 9)
    words = (Word("án", box, 0.9), Word("tòa kia", box, 0.2), Word("nhà", box, 0.9), Word("đơn", box, 0.1))
    lines = tuple(Line(words[i : i + 2], box, (0.0, 0.0, 9.0, 0.0), "vi") for i in (0, 2))
    read = RecognizedPage(99, 99, 0, 0.0, 0.9, "vi", "test", lines)
    assert [read.text.split()[at] for at in doubtful_words(read)] == ["tòa", "kia", "đơn"]


def test_similar_word_is_boxed() -> None:
    word = Word("Nghicm", (5, 5, 50, 15), 0.4)
    page = RecognizedPage(99, 99, 0, 0.0, 0.9, "vi", "test", (Line((word,), word.box, (5.0, 15.0, 50.0, 15.0), "vi"),))
    assert hit_boxes(page, ["nghiêm~"]) == [word.box]


@pytest.mark.parametrize(
    ("one", "other"), [("nghiem", "nghicm"), ("abc", "ab"), ("bc", "abc"), ("abcd", "acbd"), ("", "a")]
)
def test_one_letter_off(one: str, other: str) -> None:
    assert one_off(one, other)
    assert one_off(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("abc", "abc"), ("abc", "a"), ("abcd", "badc"), ("nghiem", "khiem"), ("ab", "cd")]
)
def test_more_than_one_letter_off(one: str, other: str) -> None:
    assert not one_off(one, other)
