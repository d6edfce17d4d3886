"""Changes to an index of the cluster, kept here until they are committed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO

from core.errors import ButlucError, UsageError
from core.model import IndexedPage
from indexer.elastic.bulk import Bulk, Change
from indexer.elastic.cluster import Cluster
from indexer.elastic.engine import every_page
from indexer.elastic.lease import Lease
from indexer.elastic.mapping import source_of
from indexer.entry import entry_of, safe

_MOST_DOCUMENTS = 1000
"""Documents asked for at once."""


class ElasticWriter:
    """:class:`indexer.port.IndexWriter` on one index of the cluster.

    Nothing is sent before the commit. A commit is sent page by page and shown at its end; where it breaks off, it has
    to be done again, which does no harm.
    """

    def __init__(self, cluster: Cluster, index: str, generation: str, lease: Lease, waiting: IO[bytes]) -> None:
        self.index, self.generation = index, generation
        self._cluster, self._client = cluster, cluster.client
        self._bulk = Bulk(cluster, index, lease.renew)
        self._expected: int | None = None
        self._waiting = waiting
        self._held: dict[str, set[str]] = {}
        """The documents changed since the last commit, and the pages that they now have."""

    @property
    def rejected(self) -> Mapping[str, str]:
        """See :meth:`indexer.port.IndexWriter.rejected`."""
        return self._bulk.rejected

    def replace_documents(self, documents: Collection[str], pages: Iterable[IndexedPage]) -> None:
        """See :meth:`indexer.port.IndexWriter.replace_documents`."""
        self.remove_documents(documents)
        known = set(documents)
        for page in pages:
            if page.document not in known:
                raise UsageError("indexer.foreign-page", page=page.page_id)
            entry = entry_of(page)
            identifier = safe(entry.page)
            self._held[safe(page.document)].add(identifier)
            self._keep(_action("index", identifier), source_of(entry))

    def remove_documents(self, documents: Collection[str]) -> None:
        """See :meth:`indexer.port.IndexWriter.remove_documents`."""
        for document in documents:
            for page in self._held.get(safe(document), ()):  # put in since the last commit
                self._keep(_action("delete", page))
            self._held[safe(document)] = set()

    def commit(self) -> None:
        """See :meth:`indexer.port.IndexWriter.commit`."""
        with self._cluster.errors():
            refused = set(self._bulk.rejected)
            self._bulk.send(self._stale())
            self._bulk.send(self._kept())
            # What a refused page was before is out of date.
            self._bulk.send(_deletion(page) for page in sorted(self._bulk.rejected.keys() - refused))
            self._cluster.insist(lambda: self._client.indices.refresh(index=self.index))
        self._waiting.seek(0)
        self._waiting.truncate()
        self._held.clear()

    def expect(self, pages: int) -> None:
        """See :meth:`indexer.port.IndexWriter.expect`."""
        self._expected = pages

    def wrong_count(self) -> ButlucError | None:
        """The error where the index does not hold as many pages as were expected."""
        if self._expected is None:
            return None
        found = int(self._cluster.insist(lambda: self._client.count(index=self.index))["count"])
        if found == self._expected - len(self.rejected):
            return None
        return ButlucError("indexer.wrong-count", file=self._cluster.url, expected=self._expected, found=found)

    def _keep(self, *lines: bytes) -> None:
        for line in lines:
            self._waiting.write(line + b"\n")

    def _kept(self) -> Iterator[Change]:
        self._waiting.seek(0)
        for line in self._waiting:
            (act, about), *_ = json.loads(line).items()
            lines = (line.rstrip(),) if act == "delete" else (line.rstrip(), next(self._waiting).rstrip())
            yield Change(about["_id"], lines)

    def _stale(self) -> Iterator[Change]:
        """Entries of the changed documents whose page they no longer have."""
        documents = sorted(self._held)
        for start in range(0, len(documents), _MOST_DOCUMENTS):
            part = documents[start : start + _MOST_DOCUMENTS]
            for hit in every_page(self._client, self.index, query={"terms": {"document": part}}, source=False):
                if not any(hit["_id"] in self._held[document] for document in part):
                    yield _deletion(hit["_id"])


def _action(act: str, page: str) -> bytes:
    return json.dumps({act: {"_id": page}}).encode("ascii")


def _deletion(page: str) -> Change:
    return Change(page, (_action("delete", page),))
