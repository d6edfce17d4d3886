"""What a person does to single pages of a batch: replace, insert, move, remove. Nothing is deleted.

Each act is one line of the journal, with a name and a reason. A closed batch is opened for it and closed again if it
still adds up. The document has a new form then, and is made anew by the next ``process``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import ids
from core.errors import BadInputError, UsageError
from core.model import PageImage
from scanner.batch import BatchState, counts
from scanner.intake import Kept, page_fields
from scanner.journal import Journal
from scanner.masters import hash_source, keep_master
from scanner.measure import measure
from scanner.options import ScanOptions
from scanner.replay import note, opened, replayed
from scanner.sheets import FedFile


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, and why.

    Raises:
        UsageError: no name or no reason.
    """

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise UsageError("scanner.no-name")
        if not self.reason.strip():
            raise UsageError("scanner.no-reason")

    @property
    def fields(self) -> dict[str, str]:
        """As the journal keeps it."""
        return {"by": self.by.strip(), "reason": self.reason.strip()}


@dataclass(frozen=True, slots=True)
class Changed:
    """The page that the act made or was done to, the one that it replaced, and the batch now."""

    page: PageImage
    before: PageImage | None
    state: BatchState


def check_counts(folder: Path, page: str) -> None:
    """Refuse, before paper is fed for it, a page that :func:`rescan` would refuse.

    Raises:
        UsageError: as there.
    """
    journal = Journal(folder)
    _Batch(folder, journal, replayed(journal, folder)).live(page)


def rescan(folder: Path, lock: Path, page: str, file: FedFile, options: ScanOptions, act: Act) -> Changed:
    """Another picture takes the place of ``page``, which counts no more.

    Raises:
        UsageError: there is no such page in the batch, or it counts no more already.
        BadInputError: the file cannot be used, or holds more than one page.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    with _opened(folder, lock) as batch:
        old = batch.live(page)
        place = {"sheet": batch.state.sheets[page], "after": page, "supersedes": page}
        return batch.add(file, options, ids.split_page(page)[0], place, act, old)


def insert(
    folder: Path, lock: Path, document: str, after: str | None, file: FedFile, options: ScanOptions, act: Act
) -> Changed:
    """A page more in ``document``, behind the page ``after`` or in front of all: a sheet of its own.

    Raises:
        As :func:`rescan`.
    """
    with _opened(folder, lock) as batch:
        if document not in batch.state.documents:
            raise UsageError("scanner.no-such-document", document=document, batch=batch.state.batch)
        place = {"sheet": batch.state.last_sheet + 1, "after": batch.neighbour(document, after)}
        return batch.add(file, options, document, place, act, None)


def move(folder: Path, lock: Path, page: str, after: str | None, act: Act) -> Changed:
    """``page`` to another place in its document: behind ``after``, or in front of all.

    Raises:
        UsageError: there is no such page in the batch or the document.
    """
    with _opened(folder, lock) as batch:
        moved = batch.live(page)
        place = batch.neighbour(ids.split_page(page)[0], after)
        if place == page:
            raise UsageError("scanner.after-itself", page=page)
        batch.note("moved", {"page": page, "after": place, **act.fields}, act)
        return Changed(moved, None, batch.state)


def remove(folder: Path, lock: Path, page: str, act: Act) -> Changed:
    """``page`` counts no more; its master stays.

    Raises:
        UsageError: there is no such page in the batch, or it counts no more already.
    """
    with _opened(folder, lock) as batch:
        gone = batch.live(page)
        batch.note("removed", {"pages": [page], **act.fields}, act)
        return Changed(gone, gone, batch.state)


@contextmanager
def _opened(folder: Path, lock: Path) -> Iterator[_Batch]:
    with opened(folder, lock) as (journal, state):
        yield _Batch(folder, journal, state)


@dataclass(frozen=True, slots=True)
class _Batch:
    folder: Path
    journal: Journal
    state: BatchState

    def live(self, page: str) -> PageImage:
        """A page that counts."""
        found = next((image for image in self.state.pages if image.id == page), None)
        if found is None:
            raise UsageError("scanner.no-such-page", page=page, batch=self.state.batch)
        if not counts(found):
            raise UsageError("scanner.page-counts-no-more", page=page)
        return found

    def neighbour(self, document: str, after: str | None) -> str | None:
        """The page behind which one is put, of the same document."""
        if after is not None and after not in self.state.order.get(document, []):
            raise UsageError("scanner.no-such-page", page=after, batch=self.state.batch)
        return after

    def add(
        self, file: FedFile, options: ScanOptions, document: str, place: dict[str, Any], act: Act, old: PageImage | None
    ) -> Changed:
        """Measure, keep and journal a page."""
        state = self.state
        sha256 = hash_source(file.path)
        info, pages = measure(file.path, options, file.dpi)
        if len(pages) != 1:
            raise BadInputError("scanner.one-page", file=file.origin, pages=len(pages))
        kept = Kept(keep_master(file.path, self.folder, sha256, info.extension), sha256, info.kind, file.origin)
        name = ids.page_id(document, state.last_pages[document] + 1)
        fields = page_fields(pages[0], kept, name, state.batch, len(state.pages) + 1)
        key = state.documents[document].source_key
        data = {"document": document, "source_key": key, "frames": 1, **place, **act.fields, "page": fields}
        self.note("page", data, act)
        return Changed(next(page for page in reversed(state.pages) if page.id == name), old, state)

    def note(self, kind: str, data: dict[str, Any], act: Act) -> None:
        """Journal the act; a batch that was closed is closed again if it adds up."""
        was_closed = self.state.state == "closed"
        items = [("reopened", act.fields)] if was_closed else []
        note(self.journal, self.state, [*items, (kind, data)])
        if was_closed and not self.state.problems():
            note(self.journal, self.state, [("closed", {"by": act.by, "reason": None, "problems": []})])
