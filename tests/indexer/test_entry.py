"""What the engine gets of a page: the very tokens, and that the embedded engine keeps just these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import tantivy
from hypothesis import given
from hypothesis import strategies as st

from core.model import IndexedPage
from indexer.entry import entry_of, page_of
from indexer.fields import BY_NAME, SEPARATOR, Kind
from indexer.legacy import repaired
from indexer.tantivy_schema import build_schema, document_of

MakePage = Callable[..., IndexedPage]
FULL = {
    "text": "Tòa án nhân dân\nhuyện Năm Căn",
    "title": "Bản án 31/2017/DS-ST",
    "court": "Tòa án nhân dân huyện Năm Căn",
    "type": "Bản án",
    "case_type": "DS",
    "codes": ("31/2017/DS-ST",),
    "dates": ("2017-10-02", "khoảng 2017"),
    "parties": ("Huỳnh Hồng T", "Phạm Ngọc H"),
    "officials": ("Trần Văn C",),
    "places": ("Năm Căn",),
    "doubtful": (1, 3),
}


def one(value: tuple[object, ...]) -> str:
    (stream,) = value
    return str(stream)


def test_first_page_has_the_tokens_of_every_field(page: MakePage) -> None:
    values = entry_of(page(1, **FULL)).values
    assert one(values["folded"]) == "toa an nhan dan huyen nam can"
    assert one(values["exact"]).split()[:2] == ["toa\u0300", "an\u0301"]
    assert one(values["folded_pairs"]) == "huyen_nam nam_can"
    assert one(values["head_folded"]).startswith(f"ban an 31 2017 ds st {SEPARATOR} huynh hong t {SEPARATOR} pham")
    assert one(values["party"]) == f"huynh hong t {SEPARATOR} pham ngoc h"
    assert one(values["official"]) == "tran van c"
    assert one(values["court_words"]) == "toa an nhan dan huyen nam can"
    assert one(values["type_words"]) == f"ban an {SEPARATOR} ds"
    assert {"31/2017/dsst", "2017/dsst", "dsst", "31", "2017", "ds", "st"} <= set(one(values["code"]).split())
    assert set(one(values["doubtful"]).split()) == {"an\u0301", "dân"}
    assert values["date"] == (20171002,)
    assert values["case_type"] == ("DS",)
    assert values["quality"] == (900,)


def test_later_pages_are_not_ranked_by_the_head_but_keep_their_fields(page: MakePage) -> None:
    values = entry_of(page(1, number=2, **FULL)).values
    assert values["head"] == values["head_folded"] == (SEPARATOR,)
    assert "party" in values


def test_word_is_doubtful_only_where_every_occurrence_is(page: MakePage) -> None:
    assert "doubtful" not in entry_of(page(1, "án án", doubtful=(1,))).values
    assert one(entry_of(page(1, "án ân", doubtful=(1, 9))).values["doubtful"]) == "ân"


@given(text=st.text(max_size=80), title=st.text(max_size=20), names=st.lists(st.text(max_size=12), max_size=3))
def test_any_page_makes_an_entry_of_known_fields_and_comes_back(
    page: MakePage, text: str, title: str, names: list[str]
) -> None:
    made = page(1, text, title=title, parties=tuple(names), codes=tuple(names), doubtful=(0, 5))
    entry = entry_of(made)
    assert page_of(entry.record) == replace(made, text=repaired(text), title=repaired(title))
    for name, values in entry.values.items():
        assert all(isinstance(value, int) is (BY_NAME[name].kind is Kind.NUMBER) for value in values)
    assert len(one(entry.values.get("exact", ("",))).split()) == len(one(entry.values.get("folded", ("",))).split())


def test_embedded_engine_keeps_just_the_tokens_of_the_entry(page: MakePage) -> None:
    index = tantivy.Index(build_schema())
    entry = entry_of(page(1, **FULL))
    writer = index.writer(15_000_000, 1)
    writer.add_document(document_of(entry))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    for name, values in entry.values.items():
        if BY_NAME[name].kind is Kind.NUMBER:
            assert all(searcher.doc_freq(name, value) == 1 for value in values)
            continue
        whole = BY_NAME[name].kind is Kind.KEY
        tokens = {str(value) for value in values} if whole else set(one(values).split())
        assert {token for token, _ in searcher.terms_with_prefix(name, "")} == tokens


@pytest.mark.parametrize("name", [name for name, field in BY_NAME.items() if field.kind is not Kind.NUMBER])
def test_every_field_of_words_is_filled_by_a_full_page(page: MakePage, name: str) -> None:
    assert entry_of(page(1, **FULL)).values[name]
