"""Both engines give the same answers. They may order pages of equal scores differently: the embedded engine by when
they were put in, the cluster by identifier."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model import IndexedPage, Reader, owner
from indexer.elastic.cluster import Cluster
from indexer.elastic.engine import ElasticEngine
from indexer.elastic.index import ElasticIndex
from indexer.finding import search
from indexer.port import SearchIndex, SearchRequest, SearchResult
from indexer.tantivy_index import TantivyIndex
from support.archives import archives, readers, requests
from support.elastic import ElasticNode, settings_of

ROUNDING = 0.002
"""Scores are 32-bit numbers of up to some thousands, added up in another order."""
OWNER = owner("thu-kho")


@pytest.fixture(scope="module")
def cluster(elastic_node: ElasticNode) -> Cluster:
    return Cluster(settings_of(elastic_node, "parity"))


@pytest.fixture(scope="module")
def engines(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchIndex, SearchIndex]:
    return TantivyIndex(tmp_path_factory.mktemp("parity")), ElasticIndex(cluster)


def fill(index: SearchIndex, pages: list[IndexedPage]) -> None:
    with index.rebuilding() as writer:
        writer.replace_documents({page.document for page in pages}, pages)
        writer.expect(len(pages))


def whole(index: SearchIndex, request: SearchRequest, reader: Reader) -> SearchResult:
    values = {name: getattr(request, name) for name in SearchRequest.__dataclass_fields__}
    return index.search(SearchRequest(**{**values, "limit": 1000, "offset": 0}), reader)


def assert_alike(left: SearchResult, right: SearchResult) -> None:
    assert (left.total, left.documents, left.notice) == (right.total, right.documents, right.notice)
    one, other = ({hit.page_id: hit for hit in result.hits} for result in (left, right))
    assert one.keys() == other.keys() and len(one) == left.total
    for page, hit in one.items():
        twin = other[page]
        assert abs(hit.score - twin.score) < ROUNDING
        assert (hit.snippet, hit.terms, hit.title, hit.number) == (twin.snippet, twin.terms, twin.title, twin.number)
    for result in (left, right):
        scores = [hit.score for hit in result.hits]
        assert scores == sorted(scores, reverse=True)
    for place, (hit, twin) in enumerate(zip(left.hits, right.hits, strict=True)):
        assert abs(hit.score - twin.score) < ROUNDING, f"place {place}"


@given(pages=archives(), asked=st.lists(st.tuples(requests, readers | st.just(OWNER)), min_size=12, max_size=30))
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_engines_answer_alike(
    engines: tuple[SearchIndex, SearchIndex],
    pages: list[IndexedPage],
    asked: list[tuple[SearchRequest, Reader]],
) -> None:
    for index in engines:
        fill(index, pages)
    assert engines[0].digest() == engines[1].digest()
    for request, reader in asked:
        answers = [whole(index, request, reader) for index in engines]
        assert_alike(*answers)
        for index, answer in zip(engines, answers, strict=True):
            part = index.search(request, reader)
            assert part.hits == answer.hits[request.offset : request.offset + request.limit]
            assert (part.total, part.documents) == (answer.total, answer.documents)


def test_slices_beyond_the_window_join_to_the_whole_list(
    engines: tuple[SearchIndex, SearchIndex], cluster: Cluster
) -> None:
    """The cluster reaches only so far from the first hit; beyond, it goes from one hit to the next."""
    pages = [
        IndexedPage(
            f"A.1987.1.{i:07d}.p0001", f"A.1987.1.{i:07d}", "A.1987.1", "A", 1, "", "án " + "đất " * (i % 5), 0.9
        )
        for i in range(1, 48)
    ]
    fill(engines[1], pages)
    near = whole(engines[1], SearchRequest("án đất"), OWNER)
    engine = ElasticEngine(cluster, cluster.alias, window=5, buckets=3)
    for offset in (0, 4, 5, 17, 47, 10**15):
        for limit in (0, 1, 6, 10**15):
            part = search(engine, SearchRequest("án đất", limit=limit, offset=offset), OWNER)
            assert part.hits == near.hits[offset : offset + limit], (offset, limit)
            assert (part.total, part.documents) == (47, 47)
