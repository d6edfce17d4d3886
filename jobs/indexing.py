"""Keep the search index in step with the store, which is the truth: what waits is the difference of the two.

``index/state.json`` tells which index the catalogue's notes are about: another one, or an emptied one, is filled anew.
``index/rebuild.jsonl`` tells what a rebuild has committed, so that it is gone on with after it was killed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ButlucError, MissingToolError
from core.files import append_line, write_atomic
from indexer.port import IndexWriter
from jobs.catalogue import DocumentRow
from jobs.entries import indexed_pages
from jobs.home import Home
from jobs.publish import sync_store
from jobs.record import read_page_ids

Progress = Callable[[int, int], None]

_DOCUMENTS_AT_ONCE = 500
_PAGES_TO_A_COMMIT = 5000
_ELSEWHERE = frozenset(f"indexer.{slug}" for slug in ("unreachable", "tls", "not-allowed", "busy", "lease-lost"))
"""Why a cluster may not take changes now; none of it concerns the archive."""


@dataclass(frozen=True)
class _State:
    """Which index the catalogue's notes are about, and pages that it refused, with the reason."""

    identity: str | None = None
    rejected: dict[str, str] = field(default_factory=dict)


class IndexKeeper:
    """Keeps the index in step while the line works; where it is a cluster that is away, pages wait, nothing stops."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.problem: ButlucError | None = None

    def follow(self) -> None:
        """Put in what waits, unless the index was away before."""
        if self.problem is None:
            self._try()

    def finish(self) -> dict[str, Any]:
        """Put in what waits, and tell how many documents wait still, and why, and which pages were refused."""
        self._try()
        state = _read_state(self._home)
        return {
            "in_step": self.problem is None,
            "waiting": self._home.catalogue.count_unindexed() if self.problem else 0,
            "problem": self.problem,
            "rejected": _named(state.rejected),
        }

    def _try(self) -> None:
        try:
            sync_index(self._home)
        except MissingToolError as err:
            if err.code not in _ELSEWHERE:
                raise
            self.problem = err
        else:
            self.problem = None


def sync_index(home: Home) -> None:
    """Bring the index into step with the catalogue's published documents.

    Raises:
        MissingToolError: the index is away or has to be made again.
    """
    state = _read_state(home)
    if not _is_about(state, home.index.identity()):
        home.catalogue.forget_indexed()
        state = _State()
    while rows := home.catalogue.unindexed(_DOCUMENTS_AT_ONCE):
        pages = [page for row in rows for page in indexed_pages(home, row.record or {})]
        with home.index.writing() as writer:
            writer.replace_documents([row.id for row in rows], pages)
        kept = {page: why for page, why in state.rejected.items() if page not in {page.page_id for page in pages}}
        state = _State(home.index.identity(), kept | dict(writer.rejected))
        _write_state(home, state)
        home.catalogue.put_indexed({row.id: row.published_key or "" for row in rows})


def rebuild_index(home: Home, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """A new index from the store beside the old one, which serves until the new one is whole; one that was broken off
    is gone on with.

    Raises:
        MissingToolError: another command works on this home, or the index is away.
        ButlucError: the new index does not hold all pages, and is not put in use.
    """
    with home.lock("process"):
        return fresh_index(home, progress)


def fresh_index(home: Home, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """As :func:`rebuild_index`, for a caller who holds the lock ``process``."""
    sync_store(home)
    rows = [row for row in home.catalogue.documents() if row.record]
    ledger = _Ledger(home.path("index", "rebuild.jsonl"))
    with home.index.rebuilding(resume=ledger.generation) as writer:
        if writer.generation != ledger.generation:
            ledger.begin(writer.generation)
        keys = {row.id: row.published_key for row in rows}
        writer.remove_documents([document for document in ledger.pages if document not in keys])
        _fill(home, writer, rows, ledger, progress)
        writer.expect(sum(ledger.pages[document] for document in keys) - len(ledger.rejected))
    rejected = ledger.rejected | dict(writer.rejected)
    _write_state(home, _State(home.index.identity(), rejected))
    home.catalogue.put_indexed({row.id: row.published_key or "" for row in rows})
    ledger.path.unlink()
    home.flush_events()
    return {
        "indexed_pages": home.index.count(),
        "indexed_documents": len(rows),
        "rejected": _named(rejected),
    }


def _fill(home: Home, writer: IndexWriter, rows: Sequence[DocumentRow], ledger: _Ledger, progress: Progress) -> None:
    made: dict[str, tuple[str, int]] = {}
    for done, row in enumerate(rows, 1):
        key = row.published_key or ""
        if ledger.keys.get(row.id) != key:
            pages = indexed_pages(home, row.record or {})
            writer.replace_documents([row.id], pages)
            made[row.id] = key, len(pages)
        if sum(pages for _, pages in made.values()) >= _PAGES_TO_A_COMMIT or done == len(rows):
            writer.commit()
            ledger.note(made, writer.rejected)
            made = {}
        progress(done, len(rows))


def index_status(home: Home) -> dict[str, Any]:
    """What the store holds, what the index holds, and the difference; ``None`` where the index is away."""
    stored = [row for row in home.catalogue.documents() if row.record]
    pages = sum(len(read_page_ids(row.record or {})) for row in stored)
    state = _read_state(home)
    version = held = problem = None
    same = True
    try:
        version, held = home.index.version(), home.index.count()
        same = _is_about(state, home.index.identity())
    except MissingToolError as err:
        problem = err
    waiting = [row.id for row in stored if row.indexed_key != row.published_key or not same]
    rejected = state.rejected if same else {}
    return {
        "engine": home.index.engine,
        "version": version,
        "stored_documents": len(stored),
        "stored_pages": pages,
        "indexed_pages": held,
        "difference": None if held is None else pages - held,
        "waiting": waiting,
        "rejected": _named(rejected),
        "problem": problem,
        "in_step": held is not None and pages - len(rejected) == held and not waiting,
    }


class _Ledger:
    """What a rebuild has committed: one line for each commit, the first names the generation; a torn line is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation: str | None = None
        self.keys: dict[str, str] = {}
        """The form (``published_key``) of each document that is in it."""
        self.pages: dict[str, int] = {}
        self.rejected: dict[str, str] = {}
        if path.exists():
            self._read()

    def begin(self, generation: str) -> None:
        """Forget all: an empty generation is filled."""
        self.generation = generation
        for held in (self.keys, self.pages, self.rejected):
            held.clear()
        write_atomic(self.path, json.dumps({"generation": generation}).encode() + b"\n")

    def note(self, documents: Mapping[str, tuple[str, int]], rejected: Mapping[str, str]) -> None:
        """Documents (form and number of pages) stand in the generation."""
        self.keys |= {document: key for document, (key, _) in documents.items()}
        self.pages |= {document: pages for document, (_, pages) in documents.items()}
        append_line(self.path, json.dumps({"documents": documents, "rejected": dict(rejected)}))

    def _read(self) -> None:
        for line in self.path.read_bytes().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                return
            self.generation = entry.get("generation", self.generation)
            for document, (key, pages) in entry.get("documents", {}).items():
                self.keys[document], self.pages[document] = key, pages
            self.rejected |= entry.get("rejected", {})


def _named(rejected: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": page, "reason": why} for page, why in sorted(rejected.items())]


def _read_state(home: Home) -> _State:
    try:
        return _State(**json.loads(home.path("index", "state.json").read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return _State()


def _is_about(state: _State, identity: str | None) -> bool:
    """Whether the catalogue's notes are about this index; about none there are none."""
    return identity is not None and identity == state.identity


def _write_state(home: Home, state: _State) -> None:
    content = {"identity": state.identity, "rejected": state.rejected}
    write_atomic(home.path("index", "state.json"), json.dumps(content, ensure_ascii=False).encode())
