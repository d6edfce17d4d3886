"""Carrying out plans on one state of the embedded index."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import tantivy

from core.model import IndexedPage
from indexer.entry import page_of
from indexer.fields import SHARDS
from indexer.finding import Found
from indexer.plan import Bool, Node, Range
from indexer.tantivy_query import to_query

_MOST_BUCKETS = 60_000
"""The engine refuses to count more different values at once (65,000)."""


class TantivyEngine:
    """:class:`indexer.finding.Engine` on a searcher; ``guard`` is entered around its work and turns its errors into
    ours."""

    def __init__(self, index: tantivy.Index, guard: Callable[[], AbstractContextManager[None]]) -> None:
        self._guard = guard
        self._schema = index.schema
        with guard():
            self._searcher = index.searcher()

    def run(self, node: Node, limit: int, offset: int) -> Found:
        """See :meth:`indexer.finding.Engine.run`."""
        with self._guard():
            return self._run(node, limit, offset)

    def count(self, node: Node) -> int:
        """See :meth:`indexer.finding.Engine.count`."""
        with self._guard():
            found: Any = self._searcher.search(to_query(self._schema, node), limit=1)
            return int(found.count)

    def _run(self, node: Node, limit: int, offset: int) -> Found:
        held = self._searcher.num_docs
        query = to_query(self._schema, node)
        found: Any = self._searcher.search(query, limit=max(1, min(limit, held)), offset=min(offset, held))
        pages = tuple((score, page_at(self._searcher, address)) for score, address in found.hits[:limit])
        return Found(found.count, self._documents(node, found.count), pages)

    def _documents(self, node: Node, pages: int) -> int:
        """Number of different documents among the pages that match, exactly."""
        if not pages:
            return 0
        parts = [node]
        if pages > _MOST_BUCKETS:
            parts = [Bool(must=(node, Range("shard", shard, shard))) for shard in range(SHARDS)]
        terms = {"documents": {"terms": {"field": "document", "size": _MOST_BUCKETS}}}
        answers = (self._searcher.aggregate(to_query(self._schema, part), terms) for part in parts)
        return sum(len(answer["documents"]["buckets"]) for answer in answers)


def page_at(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> IndexedPage:
    """The page of an entry.

    Raises:
        ValueError: it is damaged.
    """
    record: Any = searcher.doc(address).get_first("record")
    try:
        return page_of(zlib.decompress(bytes(record)))
    except zlib.error as err:
        raise ValueError(str(err)) from err
