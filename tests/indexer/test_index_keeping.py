"""Writing, rebuilding and surviving: one writer, whole commits, generations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.errors import ButlucError, MissingToolError, UsageError
from core.model import IndexedPage, owner
from indexer.port import SearchIndex, SearchRequest

Build = Callable[[Iterable[IndexedPage]], SearchIndex]
OpenIndex = Callable[[Path], SearchIndex]
MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")


def total(index: SearchIndex, query: str) -> int:
    return index.search(SearchRequest(query), OWNER).total


def test_index_without_pages_answers_with_a_notice(open_index: OpenIndex, tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    assert index.identity() is None
    result = index.search(SearchRequest("án"), OWNER)
    assert (result.total, result.notice) == (0, "indexer.notice-no-index")
    assert (index.count(), list(index.contents())) == (0, [])


def test_replacing_a_document_leaves_no_old_page(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ", number=1), page(1, "cũ", number=2), page(2, "cũ")])
    with index.writing() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
    assert (total(index, "cũ"), total(index, "mới"), index.count()) == (1, 1, 2)
    with index.writing() as writer:
        writer.remove_documents([page(2, "").document, "không có"])
    assert [page_id for page_id, _ in index.contents()] == [page(1, "mới").page_id]


def test_page_of_another_document_is_refused_and_nothing_kept(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(UsageError), index.writing() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới"), page(2, "mới")])
    assert (total(index, "cũ"), total(index, "mới")) == (1, 0)


def test_readers_see_commits_of_another_instance(
    build: Build, page: MakePage, open_index: OpenIndex, index_folder: Path
) -> None:
    index = build([page(1, "cũ")])
    with open_index(index_folder).writing() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        assert total(index, "mới") == 0
        writer.commit()
        assert total(index, "mới") == 1


def test_rebuild_swaps_at_once(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    before = index.identity()
    with index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        writer.commit()
        assert (total(index, "cũ"), total(index, "mới")) == (1, 0)
    assert (total(index, "cũ"), total(index, "mới")) == (0, 1)
    assert index.identity() != before


def test_failed_rebuild_leaves_the_old_index(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(RuntimeError), index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        raise RuntimeError
    assert (total(index, "cũ"), total(index, "mới")) == (1, 0)


def test_same_pages_have_the_same_digest_however_built(build: Build, page: MakePage) -> None:
    index = build([page(1, "án"), page(2, "đơn")])
    before = index.digest()
    with index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "đơn")])
        writer.commit()
        writer.replace_documents([page(1, "").document], [page(1, "án")])
    assert index.digest() == before
    with index.writing() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "án", quality=0.5)])
    assert index.digest() != before


def test_second_writer_is_told_who_is_writing(
    build: Build, page: MakePage, open_index: OpenIndex, index_folder: Path
) -> None:
    index = build([page(1, "án")])
    with index.writing(), pytest.raises(MissingToolError) as refused, open_index(index_folder).writing():
        pass
    assert refused.value.code == "indexer.busy"
    assert str(os.getpid()) in refused.value.message("vi")


def test_broken_off_rebuild_is_gone_on_with(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(RuntimeError), index.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
        writer.commit()
        writer.replace_documents([page(2, "").document], [page(2, "chưa ghi")])
        raise RuntimeError
    begun = writer.generation
    with index.rebuilding(resume=begun) as writer:
        assert writer.generation == begun
        writer.replace_documents([page(3, "").document], [page(3, "mới")])
        writer.expect(2)
    assert (index.count(), total(index, "mới"), total(index, "chưa")) == (2, 2, 0)


def test_rebuild_that_cannot_be_gone_on_with_begins_anew(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    for name in (index.identity() or "", "generation-0001", "*", ""):
        with index.rebuilding(resume=name) as writer:
            writer.replace_documents([page(2, "").document], [page(2, "mới")])
    assert (index.count(), total(index, "cũ")) == (1, 0)


def test_rebuilt_index_with_a_wrong_count_is_not_put_in_use(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(ButlucError) as refused, index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        writer.expect(2)
    assert refused.value.code == "indexer.wrong-count"
    assert (total(index, "cũ"), total(index, "mới")) == (1, 0)


def test_index_with_a_wrong_count_is_not_gone_on_with(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(ButlucError), index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        writer.expect(2)
    with index.rebuilding(resume=writer.generation) as again:
        assert again.generation != writer.generation
        again.replace_documents([page(3, "").document], [page(3, "mới")])
        again.expect(1)
    assert (index.count(), total(index, "mới")) == (1, 1)


def test_poisoned_page_is_named_and_the_others_are_taken(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ", number=1), page(1, "cũ", number=2)])
    with index.writing() as writer:
        pages = [page(1, "mới", number=1, year=10**30), page(1, "mới", number=2)]
        writer.replace_documents([page(1, "").document], pages)
        writer.commit()
        assert list(writer.rejected) == [pages[0].page_id]
    assert (total(index, "cũ"), total(index, "mới"), index.count()) == (0, 1, 1)


def test_last_state_of_a_document_counts_within_a_commit(build: Build, page: MakePage) -> None:
    index = build([page(1, "cũ", number=1), page(1, "cũ", number=2)])
    document = page(1, "").document
    with index.writing() as writer:
        writer.replace_documents([document], [page(1, "vừa", number=n) for n in (1, 2, 3)])
        writer.replace_documents([document], [page(1, "mới", number=3)])
    assert [(total(index, word), index.count()) for word in ("cũ", "vừa", "mới")] == [(0, 1), (0, 1), (1, 1)]
