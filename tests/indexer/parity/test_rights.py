"""No page, number, snippet or document leaks to a reader who may not know of it, in any engine.

The oracle is a plain loop: what a reader gets is what the owner gets, less the pages that the reader may not see.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from core.model import IndexedPage, Reader, owner
from indexer.port import SearchIndex, SearchRequest
from support.archives import ACCESS, CASE_FILES, COURTS, WORDS, readers, requests

OWNER = owner("thu-kho")
Filled = tuple[SearchIndex, dict[str, IndexedPage]]


@pytest.fixture(scope="module")
def filled(open_index: Callable[[Path], SearchIndex], tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """400 documents of one or two pages, each with rights of its own."""
    chance = random.Random(6)
    pages: dict[str, IndexedPage] = {}
    for ordinal in range(1, 401):
        case_file = chance.choice(CASE_FILES)
        document = f"{case_file}.{ordinal:07d}"
        court, access = chance.choice(COURTS), chance.choice(ACCESS)
        for number in range(1, chance.randint(1, 2) + 1):
            page = f"{document}.p{number:04d}"
            text = " ".join(chance.choices(WORDS, k=20))
            pages[page] = IndexedPage(
                page, document, case_file, case_file.rsplit(".", 2)[0], number, "Bản án", text, 0.9,
                court=court, access=access, year=chance.randint(1985, 1990),
            )  # fmt: skip
    index = open_index(tmp_path_factory.mktemp("rights"))
    with index.writing() as writer:
        writer.replace_documents({page.document for page in pages.values()}, pages.values())
    return index, pages


def may_see(reader: Reader, page: IndexedPage) -> bool:
    return (reader.courts is None or page.court in reader.courts) and (
        reader.access is None or page.access in reader.access
    )


@given(request=requests, reader=readers)
@settings(max_examples=200, deadline=None)
def test_reader_gets_what_the_owner_gets_less_what_is_not_theirs(
    filled: Filled, request: SearchRequest, reader: Reader
) -> None:
    index, pages = filled
    values = {name: getattr(request, name) for name in SearchRequest.__dataclass_fields__}
    everything = SearchRequest(**{**values, "limit": 1000, "offset": 0})
    granted = [hit for hit in index.search(everything, OWNER).hits if may_see(reader, pages[hit.page_id])]
    answer = index.search(everything, reader)
    assert sorted(answer.hits, key=str) == sorted(granted, key=str)
    assert (answer.total, answer.documents) == (len(granted), len({hit.document for hit in granted}))
