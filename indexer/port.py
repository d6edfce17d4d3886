"""The one port to search: what callers may ask of an index, whatever engine is behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.errors import UsageError
from core.model import IndexedPage, Reader


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is sought. Filters of ``None`` do not filter; ``court`` and ``type`` match without regard to case and
    diacritics, ``case_file`` and ``fonds`` exactly.

    Raises:
        UsageError: negative ``limit`` or ``offset``.
    """

    query: str
    court: str | None = None
    fonds: str | None = None
    year: int | None = None
    type: str | None = None
    case_file: str | None = None
    limit: int = 20
    offset: int = 0

    def __post_init__(self) -> None:
        if self.limit < 0 or self.offset < 0:
            raise UsageError("indexer.bad-range", limit=self.limit, offset=self.offset)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One page found.

    ``snippet`` is HTML: text of the page escaped, hits within ``<mark>…</mark>``. ``terms`` are the words and phrases
    of the query that this page holds, for :func:`indexer.highlight.hit_boxes`; ``từ*`` is a beginning, ``từ~`` a word
    like it. ``score`` only orders the hits of one query: above 1000 the page holds every word, above 1500 every word
    with the diacritics typed, of up to ten words.
    """

    page_id: str
    document: str
    case_file: str
    number: int
    title: str
    score: float
    snippet: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer: ``total`` pages in ``documents`` documents, of which ``hits`` are the requested slice.

    ``notice`` is the message code of what was not understood in the query, or ``None``.
    """

    total: int
    documents: int
    took_ms: float
    hits: tuple[SearchHit, ...]
    notice: str | None = None


class IndexWriter(Protocol):
    """Changes to an index; readers see them at the next commit. What the engine refuses is left out and named."""

    @property
    def generation(self) -> str:
        """The name of the index that is written; a rebuild can be gone on with by it."""

    @property
    def rejected(self) -> Mapping[str, str]:
        """Pages that the engine refused up to the last commit, and why."""

    def replace_documents(self, documents: Collection[str], pages: Iterable[IndexedPage]) -> None:
        """Take out every page of ``documents`` and put in ``pages``, which must belong to them.

        Raises:
            UsageError: a page of another document.
        """

    def remove_documents(self, documents: Collection[str]) -> None:
        """Take out every page of ``documents``; unknown ones are no error."""

    def commit(self) -> None:
        """Make the changes last and visible, all at once."""

    def expect(self, pages: int) -> None:
        """Say how many pages a rebuilt index holds at its end, refused ones counted in; one with more or fewer is not
        put in use."""


class SearchIndex(Protocol):
    """A full-text index with one entry to a page.

    Every method raises MissingToolError where the engine is away or keeps us out.
    """

    @property
    def engine(self) -> str:
        """``tantivy`` or ``elasticsearch``."""

    def version(self) -> str:
        """The engine and its version, asked of it."""

    def identity(self) -> str | None:
        """What tells the index in use from every other that ever was; ``None`` before the first commit."""

    def search(self, request: SearchRequest, reader: Reader) -> SearchResult:
        """The pages that ``reader`` may see and ``request`` asks for; no text makes it fail.

        Raises:
            MissingToolError: the index was made by another version or is damaged and must be rebuilt.
        """

    def count(self) -> int:
        """Number of pages held."""

    def contents(self) -> Iterator[tuple[str, str]]:
        """Identifier and content digest (SHA-256 hex) of every page, ordered by identifier."""

    def digest(self) -> str:
        """SHA-256 hex over :meth:`contents`: equal for indexes that hold the same pages, however they were built."""

    def writing(self) -> AbstractContextManager[IndexWriter]:
        """The one writer. Leaving it cleanly commits; an exception drops what was not committed.

        Raises:
            MissingToolError: another process is writing, or the index must be rebuilt.
        """

    def rebuilding(self, resume: str | None = None) -> AbstractContextManager[IndexWriter]:
        """A writer into a new index beside the present one, which readers use until this is left cleanly.

        Args:
            resume: the generation of a rebuild that broke off, gone on with from its last commit where it is still
                there; otherwise the new index is empty. The writer's ``generation`` tells.

        Raises:
            MissingToolError: another process is writing.
            ButlucError: the new index does not hold what was expected; the present one stays.
        """
