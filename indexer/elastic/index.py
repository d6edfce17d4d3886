"""The cluster index: :class:`indexer.port.SearchIndex` on Elasticsearch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import NotFoundError

from core.config import plain
from core.files import digest
from core.model import Reader
from indexer.elastic.cluster import Cluster
from indexer.elastic.engine import ElasticEngine, every_page
from indexer.elastic.generations import Generations
from indexer.elastic.lease import Lease, leased
from indexer.elastic.mapping import page_in
from indexer.elastic.writer import ElasticWriter
from indexer.finding import digest_of, search
from indexer.port import SearchRequest, SearchResult

_IN_MEMORY = 32_000_000
"""Bytes of changes that wait in memory for their commit; more wait in a file."""


class ElasticIndex:
    """An index of a cluster; many may read it, on many machines, while one process writes."""

    engine = "elasticsearch"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._generations = Generations(cluster)

    def version(self) -> str:
        """See :meth:`indexer.port.SearchIndex.version`."""
        return f"elasticsearch {self._cluster.version()}"

    def search(self, request: SearchRequest, reader: Reader) -> SearchResult:
        """See :meth:`indexer.port.SearchIndex.search`."""
        with self._cluster.errors():
            try:
                return search(ElasticEngine(self._cluster, self._cluster.alias), request, reader)
            except NotFoundError:
                self._generations.current()  # which tells of an index of another version
                return search(None, request, reader)

    def count(self) -> int:
        """See :meth:`indexer.port.SearchIndex.count`."""
        with self._cluster.errors():
            current = self._generations.current()
            return int(self._cluster.client.count(index=current)["count"]) if current else 0

    def contents(self) -> Iterator[tuple[str, str]]:
        """See :meth:`indexer.port.SearchIndex.contents`."""
        with self._cluster.errors():
            current = self._generations.current()
            if current is not None:
                for hit in every_page(self._cluster.client, current):
                    page = page_in(hit)
                    yield page.page_id, digest(plain(page))

    def digest(self) -> str:
        """See :meth:`indexer.port.SearchIndex.digest`."""
        return digest_of(self.contents())

    def identity(self) -> str | None:
        """See :meth:`indexer.port.SearchIndex.identity`."""
        with self._cluster.errors():
            return self._generations.identity()

    @contextmanager
    def writing(self) -> Iterator[ElasticWriter]:
        """See :meth:`indexer.port.SearchIndex.writing`."""
        with self._cluster.errors(), leased(self._cluster) as lease:
            current = self._generations.current()
            with self._filling(current or self._generations.begin(), lease) as writer:
                yield writer
            if current is None:
                self._generations.switch(writer.index)

    @contextmanager
    def rebuilding(self, resume: str | None = None) -> Iterator[ElasticWriter]:
        """See :meth:`indexer.port.SearchIndex.rebuilding`."""
        with self._cluster.errors(), leased(self._cluster) as lease:
            name = self._generations.resumable(resume) or self._generations.begin()
            with self._filling(name, lease) as writer:
                yield writer
            if (why := writer.wrong_count()) is not None:
                self._generations.drop(name)
                raise why
            lease.renew()
            self._generations.switch(name)

    @contextmanager
    def _filling(self, name: str, lease: Lease) -> Iterator[ElasticWriter]:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
            writer = ElasticWriter(self._cluster, name, self._generations.identity_of(name), lease, waiting)
            yield writer
            writer.commit()
