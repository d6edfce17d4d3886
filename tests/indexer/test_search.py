"""Finding and ranking, in every engine."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.model import IndexedPage, Reader, owner
from indexer.port import SearchIndex, SearchRequest

Build = Callable[[Iterable[IndexedPage]], SearchIndex]
MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")


def found(index: SearchIndex, query: str, **filters: object) -> list[int]:
    """Ordinals of the documents of the hits, in order."""
    result = index.search(SearchRequest(query, **filters), OWNER)  # type: ignore[arg-type]
    assert result.total >= len(result.hits)
    return [int(hit.document[-7:]) for hit in result.hits]


def test_words_without_diacritics_find_words_with_them(build: Build, page: MakePage) -> None:
    index = build([page(1, "Tòa án nhân dân"), page(2, "toa an"), page(3, "bản án")])
    assert set(found(index, "toa an")) == {1, 2, 3}
    assert set(found(index, "+toa +an")) == {1, 2}


def test_exact_diacritics_rank_above_folded_ones(build: Build, page: MakePage) -> None:
    index = build([page(1, "toa an " * 30), page(2, "Tòa án " + "việc khác " * 200), page(3, "tỏa ân " * 30)])
    assert found(index, "Tòa án")[0] == 2
    assert set(found(index, "Tòa án")) == {1, 2, 3}


def test_both_tone_placements_are_the_same_word(build: Build, page: MakePage) -> None:
    index = build([page(1, "Toà án xử hoà giải"), page(2, "Tòa án xử hòa giải")])
    scores = {hit.score for hit in index.search(SearchRequest("tòa hoà"), OWNER).hits}
    assert len(scores) == 1
    assert scores.pop() > 1500


def test_nfd_query_and_nfd_page_meet(build: Build, page: MakePage) -> None:
    nfd = unicodedata.normalize("NFD", "quyền sử dụng đất")
    index = build([page(1, "quyền sử dụng đất"), page(2, nfd)])
    assert set(found(index, f'"{nfd}"')) == {1, 2}


def test_pages_with_all_words_come_first(build: Build, page: MakePage) -> None:
    index = build(
        [page(1, "đất " * 50), page(2, "tranh chấp đất đai " + "lời khai khác " * 300), page(3, "đai đai đai")]
    )
    assert found(index, "tranh chấp đất đai")[0] == 2


def test_question_is_ranked_by_what_is_rare_in_it(build: Build, page: MakePage) -> None:
    question = "Người thuê nhà có quyền sửa chữa nhà thuê trong trường hợp nào, đúng hay sai?"
    asks = "Trường hợp nào là đúng hay sai thì trường hợp nào đúng hay sai. "
    index = build([page(1, asks), page(2, "Bên thuê được sửa chữa nếu bên cho thuê đồng ý."), page(3, "việc khác")])
    assert found(index, question) == [2, 1]
    assert found(index, "đúng hay sai") == [1]


def test_plus_requires_and_minus_excludes(build: Build, page: MakePage) -> None:
    index = build([page(1, "bản án dân sự"), page(2, "bản án hình sự"), page(3, "quyết định hình sự")])
    assert set(found(index, "+hình bản")) == {2, 3}
    assert found(index, "bản -hình") == [1]
    assert found(index, '-"bản án"') == [3]


def test_minus_with_diacritics_spares_other_words(build: Build, page: MakePage) -> None:
    index = build([page(1, "bản án bán"), page(2, "bản án bạn")])
    assert found(index, "án -bán") == [2]
    assert found(index, "án -ban") == []


def test_phrase_crosses_line_ends_but_not_into_the_title(build: Build, page: MakePage) -> None:
    index = build([page(1, "quyền sử\ndụng đất", title="ở Hà Nội"), page(2, "đất dụng sử quyền")])
    assert found(index, '"sử dụng đất"') == [1]
    assert found(index, '"đất ở"') == []
    assert found(index, '"hà nội"') == [1]


def test_pasted_code_is_found_in_text_and_among_codes(build: Build, page: MakePage) -> None:
    index = build([
        page(1, "thụ lý số 12/2026/TLST-\nKDTM ngày 5"),
        page(2, "không đọc được", codes=("12/2026/TLST-KDTM",)),
        page(3, "12 năm 2026"),
    ])  # fmt: skip
    assert set(found(index, "+12/2026/TLST-KDTM")) == {1, 2}
    assert set(found(index, "+12/2026/tlstkdtm")) == {1, 2}
    assert set(found(index, "KDTM")) == {1, 2}


def test_numbers_are_exact(build: Build, page: MakePage) -> None:
    index = build([page(1, "số 115"), page(2, "số 15"), page(3, "số 150")])
    assert found(index, "15") == [2]


def test_identifier_of_a_case_file_finds_its_pages(build: Build, page: MakePage) -> None:
    index = build([page(1, "tờ khai"), page(2, "đơn kiện")])
    assert set(found(index, "TAND-HN.DS.1987.00123")) == {1, 2}


def test_filters_narrow_without_regard_to_case_and_marks(build: Build, page: MakePage) -> None:
    index = build([
        page(1, "án", court="Tòa án nhân dân tỉnh Trà Vinh", type="Bản án", year=1987),
        page(2, "án", court="Tòa án nhân dân tỉnh An Giang", type="Quyết định", year=1990, fonds="TAND-AG"),
    ])  # fmt: skip
    assert found(index, "án", court="TOA AN NHAN DAN TINH TRA VINH") == [1]
    assert found(index, "án", type="quyết định") == [2]
    assert found(index, "án", year=1987) == [1]
    assert found(index, "án", fonds="TAND-AG") == [2]
    assert found(index, "án", case_file="TAND-HN.DS.1987.00124") == []
    assert found(index, "án", year=10**30) == []


def test_totals_count_pages_and_documents(build: Build, page: MakePage) -> None:
    index = build([page(1, "án", number=1), page(1, "án", number=2), page(2, "án"), page(3, "đơn")])
    result = index.search(SearchRequest("án", limit=1), OWNER)
    assert (result.total, result.documents, len(result.hits)) == (3, 2, 1)


def test_slices_join_to_the_whole_list(build: Build, page: MakePage) -> None:
    index = build([page(i, f"tranh chấp {'đất ' * (i % 4)}") for i in range(1, 24)])
    whole = found(index, "tranh chấp đất", limit=100)
    parts = [n for offset in range(0, 30, 5) for n in found(index, "tranh chấp đất", limit=5, offset=offset)]
    assert parts == whole
    assert len(set(whole)) == 23
    assert found(index, "đất", limit=0) == []
    assert found(index, "đất", offset=10**15, limit=10**15) == []


def test_negative_slice_is_refused() -> None:
    with pytest.raises(UsageError):
        SearchRequest("án", limit=-1)


def test_nothing_to_seek_has_no_hits_and_a_notice(build: Build, page: MakePage) -> None:
    index = build([page(1, "án")])
    result = index.search(SearchRequest(' "" (*) '), OWNER)
    assert (result.total, result.hits, result.notice) == (0, (), "indexer.notice-nothing-to-seek")


def test_hit_carries_snippet_and_terms_held(build: Build, page: MakePage) -> None:
    index = build([page(1, "Ông A & bà B\ntranh chấp <đất>")])
    (hit,) = index.search(SearchRequest("đất nhà"), OWNER).hits
    assert hit.snippet == "Ông A &amp; bà B tranh chấp &lt;<mark>đất</mark>&gt;"
    assert hit.terms == ("đất",)


COURTS = ("Tòa án nhân dân tỉnh Trà Vinh", "Tòa án nhân dân tỉnh An Giang", None)
ACCESS = ("public", "restricted", "sealed")


@pytest.fixture(scope="module")
def mixed(
    open_index: Callable[[Path], SearchIndex], tmp_path_factory: pytest.TempPathFactory, page: MakePage
) -> tuple[SearchIndex, list[IndexedPage]]:
    pages = [
        page(i // 2 + 1, "án " + ("đất " if i % 3 else "nhà "), number=i % 2 + 1, court=court, access=access)
        for i, (court, access) in enumerate((c, a) for c in COURTS for a in ACCESS for _ in range(2))
    ]
    index = open_index(tmp_path_factory.mktemp("index"))
    with index.writing() as writer:
        writer.replace_documents({p.document for p in pages}, pages)
    return index, pages


def rights(choices: tuple[str, ...]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(choices))


@given(courts=rights((*COURTS[:2], "Tòa án khác")), access=rights(ACCESS), word=st.sampled_from(["án", "đất", "-đất"]))
@settings(max_examples=60, deadline=None)
def test_reader_sees_exactly_what_a_plain_loop_grants(
    mixed: tuple[SearchIndex, list[IndexedPage]],
    courts: frozenset[str] | None,
    access: frozenset[str] | None,
    word: str,
) -> None:
    index, pages = mixed
    granted = {
        p.page_id: p.document
        for p in pages
        if (courts is None or p.court in courts)
        and (access is None or p.access in access)
        and (word.strip("-") in p.text.split()) is not word.startswith("-")
    }
    result = index.search(SearchRequest(word, limit=100), Reader("đương sự", courts, access))
    assert {hit.page_id for hit in result.hits} == set(granted)
    assert (result.total, result.documents) == (len(granted), len(set(granted.values())))


@given(query=st.text(max_size=200), court=st.none() | st.text(max_size=10), year=st.none() | st.integers())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_makes_a_search_fail(
    mixed: tuple[SearchIndex, list[IndexedPage]], query: str, court: str | None, year: int | None
) -> None:
    index, _ = mixed
    result = index.search(SearchRequest(query, court=court, year=year), OWNER)
    assert 0 <= result.documents <= result.total


@pytest.mark.parametrize(
    "query",
    [
        "\ud800",
        "án\ud800 -\udfff",
        '"' * 999,
        "+" * 50,
        "a" * 100_000,
        "AND OR NOT",
        "exact:án^2~3",
        "\x00án",
        "[a TO z]",
    ],
)
def test_hostile_queries_are_answered(mixed: tuple[SearchIndex, list[IndexedPage]], query: str) -> None:
    result = mixed[0].search(SearchRequest(query, case_file=query), OWNER)
    assert result.total == 0
