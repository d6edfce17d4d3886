"""Pages to search in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.ids import document_id, page_id, split_page
from core.model import IndexedPage
from indexer.elastic import open_elastic
from indexer.port import SearchIndex
from indexer.tantivy_index import TantivyIndex
from support.elastic import ElasticNode, settings_of

OpenIndex = Callable[[Path], SearchIndex]


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


@pytest.fixture(scope="session", params=["tantivy", "elasticsearch"])
def open_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    """The index of a folder, the same whenever it is opened; of each engine in turn."""
    if request.param == "tantivy":
        return TantivyIndex
    node: ElasticNode = request.getfixturevalue("elastic_node")
    return lambda folder: open_elastic(settings_of(node, f"t{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"))


@pytest.fixture
def index_folder(tmp_path: Path, open_index: OpenIndex) -> Path:
    """What the index of :func:`build` is opened by: one for all tests where making one is slow."""
    return tmp_path / "index" if open_index is TantivyIndex else Path("shared")


@pytest.fixture
def build(index_folder: Path, open_index: OpenIndex) -> Callable[[Iterable[IndexedPage]], SearchIndex]:
    def fill(pages: Iterable[IndexedPage]) -> SearchIndex:
        index = open_index(index_folder)
        held = list(pages)
        with index.writing() as writer:
            writer.remove_documents({split_page(identifier)[0] for identifier, _ in index.contents()})
            writer.replace_documents({entry.document for entry in held}, held)
        return index

    return fill
