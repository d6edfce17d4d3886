"""Pages to search in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.ids import document_id, page_id
from core.model import IndexedPage
from indexer.tantivy_index import TantivyIndex


def make_page(ordinal: int, text: str, *, number: int = 1, **facets: object) -> IndexedPage:
    case_file = "TAND-HN.DS.1987.00123"
    document = document_id(case_file, ordinal)
    values: dict[str, object] = {"title": "", "quality": 0.9, "fonds": "TAND-HN.DS", "year": 1987, **facets}
    return IndexedPage(
        page_id=page_id(document, number), document=document, case_file=case_file, number=number, text=text,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="session")
def page() -> Callable[..., IndexedPage]:
    return make_page


@pytest.fixture
def build(tmp_path: Path) -> Callable[[Iterable[IndexedPage]], TantivyIndex]:
    def fill(pages: Iterable[IndexedPage]) -> TantivyIndex:
        index = TantivyIndex(tmp_path / "index")
        held = list(pages)
        with index.writing() as writer:
            writer.replace_documents({entry.document for entry in held}, held)
        return index

    return fill
