"""A batch of sheets: what its journal says of it, and whether it adds up.

Entries of the journal (all paths relative to the batch folder, all text NFC):

=============  =======================================================================================================
``declared``   ``sheets``, ``by``: a person's count of the paper; the last one holds
``document``   ``id``, ``case_file``, ``profile``, ``label``, ``source``, ``source_key``; before its first page
``page``       ``page`` (the fields of :class:`core.model.PageImage`), ``document``, ``sheet`` (from 1 in the batch),
               ``source_key``, ``frames`` (pages of its file)
``duplicate``  ``origin``, ``sha256``, ``page``: the same bytes were given again; the page is the first one's
``quarantine`` ``origin``, ``sheet``, ``sha256`` and ``stored`` (null where nothing could be read), ``code``, ``params``
``taken``      ``source_key``, ``source``, ``sheets``: a source was taken to its end, and so many sheets found in it
``closed``     ``by``, ``reason`` (null where it added up), ``problems``
``reopened``   ``by``, ``reason``
=============  =======================================================================================================

**Arithmetic**, in sheets (a sheet has two pages in duplex):

- *fed* — sheets that went through: the highest sheet number, and one more for each double feed.
- *held* — sheets of which a page is kept that is neither superseded nor removed, no side waits in quarantine, and which
  are no cover sheets.
- *blank* and *rescanned* are held sheets, *doubled* those beneath which a further, unseen sheet went through.
- *quarantined* — files that wait, until the same place delivers a readable one.
- *declared* — a person's count, else what was found in the sources, else none.

It adds up when fed = held + covers + removed + doubled, with nothing in quarantine, every sheet accounted for, every
source taken to its end, and declared = held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core import messages
from core.config import fill
from core.errors import BadInputError, IntegrityError, UsageError
from core.ids import split_page
from core.model import Flag, PageImage
from scanner.journal import Entry, Journal


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a batch does not add up; ``cause`` is the reason behind it, if there is one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cause: Problem | None = None

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        cause = {"cause": self.cause.message(lang)} if self.cause else {}
        return messages.text(self.code, "message", lang, {**self.params, **cause})

    def remedy(self, lang: str = "en") -> str:
        """What to do about it."""
        return messages.text(self.code, "remedy", lang, self.params)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was journalled."""

    id: str
    case_file: str
    profile: str
    label: str
    source: str
    source_key: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that could not be taken, and where it is kept (``None`` where nothing could be read)."""

    origin: str
    sheet: int
    sha256: str | None
    stored: Path | None
    reason: Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """The pages journalled of a file that has ``frames`` of them; fewer where a run was cut off."""

    frames: int
    pages: list[PageImage]

    @property
    def whole(self) -> bool:
        """Whether all of them are journalled."""
        return len(self.pages) >= self.frames


class BatchState:
    """What the entries of a journal say, and nothing else; units as in the module's text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.batch = folder.name
        self.state = "open"
        self.pages: list[PageImage] = []
        self.documents: dict[str, Document] = {}
        self.waiting: dict[str, Quarantined] = {}
        self.sheets: dict[str, int] = {}
        """Sheet of each page, by page identifier."""
        self.first_pages: dict[str, str] = {}
        """First page of each master, by its SHA-256."""
        self.files: dict[tuple[str, str, str], Taken] = {}
        """What is taken of each file, by source key, origin and SHA-256."""
        self.by_source: dict[str, str] = {}
        """Document of each source key."""
        self.last_pages: dict[str, int] = {}
        """Highest page number of each document."""
        self.duplicates: set[tuple[str, str]] = set()
        """Origin and SHA-256 of what was given again."""
        self.found: dict[str, int] = {}
        """Sheets found, by source key, of sources taken to their end."""
        self._stated: int | None = None
        self._last_sheet = 0

    def apply(self, entry: Entry) -> None:
        """Take one more entry into account.

        Raises:
            IntegrityError: an entry of unknown type or without a field that it must have.
        """
        try:
            REPLAY[entry.type](self, entry.data)
        except (KeyError, TypeError, ValueError, BadInputError, UsageError) as err:
            raise IntegrityError(
                "scanner.journal-unknown", file=self.folder / "journal.jsonl", line=entry.seq, type=entry.type
            ) from err

    @property
    def last_sheet(self) -> int:
        """Highest sheet number so far; 0 before the first."""
        return self._last_sheet

    @property
    def declared(self) -> int | None:
        """Sheets that there should be."""
        if self._stated is not None:
            return self._stated
        return sum(self.found.values()) if self.found else None

    @property
    def fed(self) -> int:
        """Sheets that went through."""
        return self._last_sheet + self.doubled

    @property
    def held(self) -> int:
        """Sheets that are kept and count."""
        stuck = {file.sheet for file in self.waiting.values()}
        return len(self._live_sheets() - self._flagged(Flag.COVER) - stuck)

    @property
    def blank(self) -> int:
        """Sheets whose kept pages are all blank."""
        return len(self._live_sheets() - self._live_sheets(without=Flag.BLANK) - self._flagged(Flag.COVER))

    @property
    def doubled(self) -> int:
        """Double feeds: sheets that went through unseen beneath another."""
        return len(self._flagged(Flag.DOUBLED))

    @property
    def rescanned(self) -> int:
        """Sheets that are kept, of which an older picture was superseded."""
        return len({self.sheets[page.id] for page in self.pages if Flag.SUPERSEDED in page.flags} & self._live_sheets())

    @property
    def removed(self) -> int:
        """Sheets of which no page counts any more."""
        return len(set(self.sheets.values()) - self._live_sheets())

    @property
    def covers(self) -> int:
        """Cover sheets: fed, but no part of a document."""
        return len(self._flagged(Flag.COVER))

    @property
    def quarantined(self) -> int:
        """Files that wait."""
        return len(self.waiting)

    def _live_sheets(self, without: Flag | None = None) -> set[int]:
        return {self.sheets[page.id] for page in self.pages if _counts(page) and without not in page.flags}

    def _flagged(self, flag: Flag) -> set[int]:
        return {self.sheets[page.id] for page in self.pages if _counts(page) and flag in page.flags}

    def problems(self) -> list[Problem]:
        """What does not add up; empty when the batch may be closed without a reason."""
        waiting = sorted(self.waiting.values(), key=lambda file: (file.sheet, file.origin))
        found = [Problem("scanner.waiting", {"file": file.origin}, file.reason) for file in waiting]
        begun = (entry for entry in self.documents.values() if entry.source_key not in self.found)
        found += [Problem("scanner.unfinished", {"source": entry.source}) for entry in begun]
        seen = {*self.sheets.values(), *(file.sheet for file in self.waiting.values())}
        if lost := self._last_sheet - len(seen):
            found.append(Problem("scanner.sheets-lost", {"lost": lost}))
        if self.doubled:
            found.append(Problem("scanner.doubled", {"doubled": self.doubled}))
        if self.declared is not None and self.declared != self.held:
            found.append(Problem("scanner.declared-not-held", {"declared": self.declared, "held": self.held}))
        if not self.pages and not self.waiting:
            found.append(Problem("scanner.nothing-held", {"batch": self.batch}))
        return found

    def complete_documents(self) -> set[str]:
        """Documents that have all their pages: their source was taken to its end, or a person closed the batch."""
        return {key for key, it in self.documents.items() if self.state == "closed" or it.source_key in self.found}


def replay(folder: Path) -> BatchState:
    """The state of the batch in ``folder``, from its journal alone.

    Raises:
        IntegrityError: the journal is damaged.
        BadInputError: it cannot be read.
    """
    return replayed(Journal(folder), folder)


def replayed(journal: Journal, folder: Path) -> BatchState:
    """The state that an open journal tells of."""
    state = BatchState(folder)
    for entry in journal.entries:
        state.apply(entry)
    return state


def _counts(page: PageImage) -> bool:
    return not page.flags & {Flag.SUPERSEDED, Flag.REMOVED}


def _declared(state: BatchState, data: dict[str, Any]) -> None:
    state._stated = int(data["sheets"])


def _document(state: BatchState, data: dict[str, Any]) -> None:
    document = Document(**data)
    state.documents[document.id] = document
    state.by_source[document.source_key] = document.id


def _page(state: BatchState, data: dict[str, Any]) -> None:
    page = fill(PageImage, data["page"], file=state.folder)
    page = replace(page, master=state.folder / page.master)
    state.pages.append(page)
    state.sheets[page.id] = int(data["sheet"])
    state._last_sheet = max(state._last_sheet, int(data["sheet"]))
    state.first_pages.setdefault(page.sha256, page.id)
    file = state.files.setdefault((data["source_key"], page.origin, page.sha256), Taken(data["frames"], []))
    file.pages.append(page)
    document, number = split_page(page.id)
    state.last_pages[document] = max(state.last_pages.get(document, 0), number)
    state.waiting.pop(page.origin, None)


def _duplicate(state: BatchState, data: dict[str, Any]) -> None:
    state.duplicates.add((data["origin"], data["sha256"]))
    state.waiting.pop(data["origin"], None)


def _quarantine(state: BatchState, data: dict[str, Any]) -> None:
    stored = state.folder / data["stored"] if data["stored"] is not None else None
    reason = Problem(data["code"], data["params"])
    state.waiting[data["origin"]] = Quarantined(data["origin"], data["sheet"], data["sha256"], stored, reason)
    state._last_sheet = max(state._last_sheet, data["sheet"])


def _taken(state: BatchState, data: dict[str, Any]) -> None:
    state.found[data["source_key"]] = int(data["sheets"])


def _closed(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "closed"


def _reopened(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "open"


REPLAY: Mapping[str, Callable[[BatchState, dict[str, Any]], None]] = {
    "declared": _declared,
    "document": _document,
    "page": _page,
    "duplicate": _duplicate,
    "quarantine": _quarantine,
    "taken": _taken,
    "closed": _closed,
    "reopened": _reopened,
}
"""What each type of entry does to the state."""
