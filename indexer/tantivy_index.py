"""The embedded index: :class:`indexer.port.SearchIndex` on tantivy, in a folder of its own."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from core.config import plain
from core.errors import BadInputError, ButlucError, UsageError
from core.files import digest
from core.model import IndexedPage, Reader
from core.text import nfc
from indexer.entry import entry_of
from indexer.finding import digest_of, search
from indexer.generations import Generations, check_stamp, identity_of, rebuild_needed, stamp
from indexer.port import SearchRequest, SearchResult
from indexer.tantivy_engine import TantivyEngine, page_at
from indexer.tantivy_schema import build_schema, document_of

_FORBIDDEN = "PermissionDenied"
"""Stands in tantivy's sentence where the system forbids its lock file, without which it opens no index."""

_HEAP = 64_000_000
"""Bytes of memory for the writer before it flushes a segment."""


class TantivyIndex:
    """An index in ``folder``; many may read it while one process writes."""

    engine = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._generations = Generations(folder)
        self._open: tuple[Path, tantivy.Index] | None = None

    def version(self) -> str:
        """See :meth:`indexer.port.SearchIndex.version`."""
        return str(stamp()["engine"])

    def identity(self) -> str | None:
        """See :meth:`indexer.port.SearchIndex.identity`."""
        return self._generations.identity()

    def search(self, request: SearchRequest, reader: Reader) -> SearchResult:
        """See :meth:`indexer.port.SearchIndex.search`."""
        index = self._index()
        engine = TantivyEngine(index, self._engine_errors) if index else None
        return search(engine, request, reader)

    def count(self) -> int:
        """See :meth:`indexer.port.SearchIndex.count`."""
        index = self._index()
        return int(index.searcher().num_docs) if index else 0

    def contents(self) -> Iterator[tuple[str, str]]:
        """See :meth:`indexer.port.SearchIndex.contents`."""
        index = self._index()
        if index is None:
            return iter(())
        with self._engine_errors():
            searcher = index.searcher()
            found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False)
            pages = (page_at(searcher, address) for _, address in found.hits)
            return iter(sorted((page.page_id, digest(plain(page))) for page in pages))

    def digest(self) -> str:
        """See :meth:`indexer.port.SearchIndex.digest`."""
        return digest_of(self.contents())

    @contextmanager
    def writing(self) -> Iterator[TantivyWriter]:
        """See :meth:`indexer.port.SearchIndex.writing`."""
        with self._generations.lock():
            current = self._generations.current()
            self._generations.sweep(keep=current)
            if current is None:
                yield from self._fill_new()
                return
            check_stamp(current)
            with self._engine_errors():
                index = tantivy.Index.open(str(current))
            yield from _write(index, current)

    @contextmanager
    def rebuilding(self, resume: str | None = None) -> Iterator[TantivyWriter]:
        """See :meth:`indexer.port.SearchIndex.rebuilding`."""
        with self._generations.lock():
            yield from self._fill_new(resume)

    def _fill_new(self, resume: str | None = None) -> Iterator[TantivyWriter]:
        generation = self._generations.resumable(resume) or self._generations.begin()
        with self._engine_errors():
            index = tantivy.Index(build_schema(), str(generation))
        writer = yield from _write(index, generation)
        index.reload()
        if (why := writer.wrong_count(index.searcher().num_docs)) is not None:
            self._generations.drop(generation)
            raise why
        self._generations.switch(generation)

    def _index(self) -> tantivy.Index | None:
        """The generation in use at its last commit; ``None`` before the first."""
        current = self._generations.current()
        if current is None:
            return None
        if self._open is None or self._open[0] != current:
            check_stamp(current)
            with self._engine_errors():
                self._open = current, tantivy.Index.open(str(current))
        with self._engine_errors():
            self._open[1].reload()
        return self._open[1]

    @contextmanager
    def _engine_errors(self) -> Iterator[None]:
        try:
            with _panics_as_errors():
                yield
        except (ValueError, OSError) as err:
            if _FORBIDDEN in str(err):
                raise BadInputError("core.no-permission", file=self._generations.folder) from err
            raise rebuild_needed(self._generations.folder, str(err)[:200]) from err


class TantivyWriter:
    """:class:`indexer.port.IndexWriter` on one open index."""

    def __init__(self, writer: tantivy.IndexWriter, folder: Path) -> None:
        self._writer = writer
        self._folder = folder
        self.generation = identity_of(folder)
        self.rejected: dict[str, str] = {}
        self._expected: int | None = None

    def replace_documents(self, documents: Collection[str], pages: Iterable[IndexedPage]) -> None:
        """See :meth:`indexer.port.IndexWriter.replace_documents`."""
        self.remove_documents(documents)
        known = set(documents)
        with self._write_errors():
            for page in pages:
                if page.document not in known:
                    raise UsageError("indexer.foreign-page", page=page.page_id)
                if document := self._document(page):
                    self._writer.add_document(document)

    def remove_documents(self, documents: Collection[str]) -> None:
        """See :meth:`indexer.port.IndexWriter.remove_documents`."""
        with self._write_errors():
            for document in documents:
                self._writer.delete_documents_by_term("document", nfc(document))

    def commit(self) -> None:
        """See :meth:`indexer.port.IndexWriter.commit`."""
        with self._write_errors():
            self._writer.commit()

    def expect(self, pages: int) -> None:
        """See :meth:`indexer.port.IndexWriter.expect`."""
        self._expected = pages

    def wrong_count(self, found: int) -> ButlucError | None:
        """The error where not as many pages were ``found`` as were expected."""
        if self._expected is None or found == self._expected - len(self.rejected):
            return None
        return ButlucError("indexer.wrong-count", file=self._folder, expected=self._expected, found=found)

    def rollback(self) -> None:
        """Drop what was not committed."""
        with self._write_errors():
            self._writer.rollback()

    def close(self) -> None:
        """Wait for the engine's background work."""
        with self._write_errors():
            self._writer.wait_merging_threads()

    def _document(self, page: IndexedPage) -> tantivy.Document | None:
        try:
            return document_of(entry_of(page))
        except (ValueError, OverflowError) as err:  # no such text or number in the engine
            self.rejected[page.page_id] = str(err)[:200]
            return None

    @contextmanager
    def _write_errors(self) -> Iterator[None]:
        try:
            with _panics_as_errors():
                yield
        except (ValueError, OSError) as err:
            raise ButlucError("indexer.write-failed", file=self._folder, why=str(err)[:200]) from err


def _write(index: tantivy.Index, folder: Path) -> Generator[TantivyWriter, None, TantivyWriter]:
    writer = TantivyWriter(index.writer(_HEAP, 1), folder)
    try:
        yield writer
    except BaseException:
        writer.rollback()
        writer.close()
        raise
    writer.commit()
    writer.close()
    return writer


@contextmanager
def _panics_as_errors() -> Iterator[None]:
    """The engine panics on some damaged files, with an exception beside :class:`Exception` that cannot be imported."""
    try:
        yield
    except BaseException as err:
        if type(err).__name__ != "PanicException":
            raise
        raise ValueError(str(err)) from err
