"""A search from the text typed to the hits shown, free of any engine: an engine only carries out plans."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.model import IndexedPage, Reader
from indexer import highlight
from indexer.plan import Node
from indexer.planner import plan
from indexer.port import SearchHit, SearchRequest, SearchResult
from indexer.query import ParsedQuery, parse
from indexer.synonyms import alternatives
from indexer.syntax import Stem, Words, wanted_leaves
from indexer.tolerance import rare_words
from indexer.weights import ALL_WORDS


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine answers to a plan: ``total`` pages in ``documents`` documents, and a slice of them with scores."""

    total: int
    documents: int
    pages: tuple[tuple[float, IndexedPage], ...]


class Engine(Protocol):
    """An engine as a search sees it: one state of the index."""

    def run(self, node: Node, limit: int, offset: int) -> Found:
        """The pages that match ``node``, best first, from ``offset`` at most ``limit``; both are 0 or more, and may be
        beyond what the index holds."""

    def count(self, node: Node) -> int:
        """How many pages match ``node``."""


def search(engine: Engine | None, request: SearchRequest, reader: Reader) -> SearchResult:
    """See :meth:`indexer.port.SearchIndex.search`; ``None`` is an index before its first commit."""
    started = time.perf_counter()
    parsed = parse(request.query)
    if engine is None or parsed.root is None:
        notice = parsed.notice if engine else parsed.notice or "indexer.notice-no-index"
        return SearchResult(0, 0, _since(started), (), notice)
    found = engine.run(plan(parsed, request, reader), request.limit, request.offset)
    similar: frozenset[Words] = frozenset()
    if not any(score >= ALL_WORDS for score, _ in found.pages):
        similar = rare_words(parsed, request, reader, engine.count)
    if similar:
        found = engine.run(plan(parsed, request, reader, similar=similar), request.limit, request.offset)
    terms = (*_terms(parsed), *(f"{word.text}~" for word in similar))
    hits = tuple(_hit(page, score, terms) for score, page in found.pages)
    return SearchResult(found.total, found.documents, _since(started), hits, parsed.notice)


def digest_of(contents: Iterable[tuple[str, str]]) -> str:
    """See :meth:`indexer.port.SearchIndex.digest`."""
    total = hashlib.sha256()
    for page_id, content in contents:
        total.update(f"{page_id}\t{content}\n".encode())
    return total.hexdigest()


def _terms(parsed: ParsedQuery) -> tuple[str, ...]:
    """What to mark: the words and phrases as typed, then what they may be written as."""
    assert parsed.root is not None
    typed = (f"{leaf.text}*" if isinstance(leaf, Stem) else leaf.text for leaf in wanted_leaves(parsed.root))
    others = (other.text for found in alternatives(parsed.rows).values() for other in found)
    return tuple(dict.fromkeys([*typed, *others]))


def _hit(page: IndexedPage, score: float, terms: tuple[str, ...]) -> SearchHit:
    snippet, held = highlight.show(page.text, terms)
    return SearchHit(
        page_id=page.page_id,
        document=page.document,
        case_file=page.case_file,
        number=page.number,
        title=page.title,
        score=round(score, 4),
        snippet=snippet,
        terms=held,
    )


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
