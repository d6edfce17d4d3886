"""Carrying out plans on the index in use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import NotFoundError

from indexer.elastic.cluster import Cluster
from indexer.elastic.mapping import page_in
from indexer.elastic.query import Query, to_query
from indexer.finding import Found
from indexer.plan import Node

WINDOW = 10_000
"""The engine answers so many hits at once, and reaches no farther from the first."""
_MOST_BUCKETS = 60_000
"""The engine refuses to count more different values at once (65,536)."""
_NUMBER = {"number": {"stats_bucket": {"buckets_path": "documents>_count"}}}
"""The engine's own count of different values is a guess; buckets are exact, and only their number is sent."""
_ORDER = [{"_score": "desc"}, {"page": "asc"}]
"""Equal scores by identifier: the same order for every reader, today and tomorrow."""
_GLOBAL = "dfs_query_then_fetch"
"""Frequencies of words are counted over all parts of the index, so that scores do not depend on the part."""
_ANSWER = ("hits.total.value", "hits.hits._score", "hits.hits._source", "hits.hits.sort", "pit_id")
_COUNTED = ("aggregations.documents.sum_other_doc_count", "aggregations.number.count")


class ElasticEngine:
    """:class:`indexer.finding.Engine` on one alias or index of a cluster; errors are the client's.

    Args:
        window: hits that are asked for at once.
        buckets: different values that are counted at once.
    """

    def __init__(self, cluster: Cluster, name: str, window: int = WINDOW, buckets: int = _MOST_BUCKETS) -> None:
        self._client, self._name, self._window = cluster.client, name, window
        self._buckets = buckets

    def run(self, node: Node, limit: int, offset: int) -> Found:
        """See :meth:`indexer.finding.Engine.run`."""
        query = to_query(node)
        start = min(offset, self._window)
        size = min(limit, self._window - start)
        answer = self._first(query, start, size)
        total, hits = int(answer["hits"]["total"]["value"]), answer["hits"].get("hits", [])
        wanted = max(0, min(limit, total - offset))
        if len(hits) < wanted:
            hits = list(self._far(query, wanted, offset))
        pages = tuple((float(hit["_score"]), page_in(hit)) for hit in hits[:wanted])
        return Found(total, self._documents(query, answer), pages)

    def count(self, node: Node) -> int:
        """See :meth:`indexer.finding.Engine.count`."""
        return int(self._client.count(index=self._name, query=to_query(node))["count"])

    def _first(self, query: Query, start: int, size: int) -> Any:
        return self._client.search(
            index=self._name,
            query=query,
            from_=start,
            size=size,
            sort=_ORDER,
            search_type=_GLOBAL,
            track_total_hits=True,
            allow_partial_search_results=False,
            aggregations={"documents": {"terms": {"field": "document", "size": self._buckets}}, **_NUMBER},
            filter_path=[*_ANSWER, *_COUNTED],
        )

    def _far(self, query: Query, wanted: int, offset: int) -> Iterator[Any]:
        """Hits beyond the window: from one to the next, in one state of the index."""
        passed = 0
        with point_in_time(self._client, self._name) as point:
            after: Any = None
            while passed < offset + wanted:
                showing = passed >= offset
                size = min(self._window, (offset + wanted if showing else offset) - passed)
                answer = self._client.search(
                    query=query,
                    size=size,
                    sort=_ORDER,
                    search_type=_GLOBAL,
                    search_after=after,
                    pit={"id": point, "keep_alive": "1m"},
                    source=showing,
                    track_total_hits=False,
                    allow_partial_search_results=False,
                    filter_path=_ANSWER,
                )
                hits = answer.get("hits", {}).get("hits", [])
                if not hits:
                    return
                passed, after = passed + len(hits), hits[-1]["sort"]
                yield from hits if showing else ()

    def _documents(self, query: Query, answer: Any) -> int:
        """Number of different documents among the pages that match, exactly."""
        if not answer["aggregations"]["documents"]["sum_other_doc_count"]:
            return int(answer["aggregations"]["number"]["count"])
        total, after = 0, None
        values: dict[str, Any] = {"sources": [{"document": {"terms": {"field": "document"}}}], "size": self._buckets}
        while True:  # more values than are counted at once: from one to the next
            answer = self._client.search(
                index=self._name,
                query=query,
                size=0,
                track_total_hits=False,
                allow_partial_search_results=False,
                aggregations={"documents": {"composite": values | ({"after": after} if after else {})}},
                filter_path=["aggregations.documents.after_key", "aggregations.documents.buckets.doc_count"],
            )
            part = answer.get("aggregations", {}).get("documents", {})
            total += len(part.get("buckets", ()))
            after = part.get("after_key")
            if after is None:
                return total


@contextmanager
def point_in_time(client: Any, name: str) -> Iterator[str]:
    """One state of an index, however it changes meanwhile."""
    point = client.open_point_in_time(index=name, keep_alive="1m")["id"]
    try:
        yield point
    finally:
        with suppress(NotFoundError):  # it was kept longer than asked for
            client.close_point_in_time(id=point)


def every_page(client: Any, name: str, *, query: Query | None = None, source: bool = True) -> Iterator[Any]:
    """The entries of an index that match ``query``, by identifier, in one state of it."""
    size = 1000 if source else WINDOW
    after: Any = None
    with point_in_time(client, name) as point:
        while True:
            answer = client.search(
                query=query,
                size=size,
                sort=[{"page": "asc"}],
                search_after=after,
                pit={"id": point, "keep_alive": "5m"},
                source=source,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            after = hits[-1]["sort"]
