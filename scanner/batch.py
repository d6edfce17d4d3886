"""A batch of sheets: what its journal says of it, and whether it adds up.

The entries that make it are told in :mod:`scanner.replay`.

**Arithmetic**, in sheets (a sheet has two pages in duplex):

- *fed* — sheets that went through: the highest sheet number, and one more for each double feed.
- *held* — whole sheets of which a page is kept that is neither superseded nor removed, no side waits in quarantine, and
  which are no cover sheets.
- *blank* and *rescanned* are held sheets, *doubled* those beneath which a further, unseen sheet went through.
- *quarantined* — files that wait, until the same place delivers a readable one.
- *declared* — a person's count, else what was found in the sources, else none.

It adds up when fed = held + covers + removed + doubled, with nothing in quarantine, every sheet accounted for, every
source taken to its end, no page of which the gate says that it must be scanned again, nothing about covers left to be
settled, a back for every front where backs are fed by themselves (:mod:`scanner.backs.passes`), folios that run on
(:mod:`scanner.folios.findings`), and declared = held; sheets that a person removed may be among those declared or not.
A sheet counts once, however many pages stand or stood for it: replaced, moved, joined to other sheets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.ids import split_page
from core.model import Flag, PageImage
from scanner.backs import passes
from scanner.backs.passes import BackPass
from scanner.folios.findings import FolioCheck, check
from scanner.folios.folio import Folio
from scanner.folios.sequence import Unit
from scanner.gate.findings import Judgement, Verdict
from scanner.problem import Problem

NOTES = frozenset(
    f"scanner.cover-{slug}" for slug in ("upside-down", "face-down", "on-back", "repeated", "number-taken")
)
"""What is said of covers and leaves nothing to be settled."""


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


@dataclass(eq=False, slots=True)
class BatchState:
    """What the entries of a journal say, and nothing else; units as in the module's text."""

    folder: Path
    state: str = "open"
    pages: list[PageImage] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    """Pages of each document in reading order, those that do not count included."""
    waiting: dict[str, Quarantined] = field(default_factory=dict)
    sheets: dict[str, int] = field(default_factory=dict)
    """Sheet of each page, by page identifier."""
    sides: dict[int, int] = field(default_factory=dict)
    """How many pages a sheet must have."""
    gate: dict[str, Judgement] = field(default_factory=dict)
    """What the gate said of pages that a device took."""
    folios: dict[str, tuple[Folio, ...]] = field(default_factory=dict)
    """What the corners of pages that were looked at may bear, the likeliest first."""
    covers_read: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What separating sides show, by page identifier, as journalled."""
    cover_problems: list[Problem] = field(default_factory=list)
    """What is to be said of covers: to be settled by a person, or only to be known (:data:`NOTES`)."""
    unsettled: dict[str, str] = field(default_factory=dict)
    """Code of the problem for which a document waits, by source key."""
    stacks: dict[str, str] = field(default_factory=dict)
    """Case file for which a stack is scanned, by its source key."""
    backs: dict[str, BackPass] = field(default_factory=dict)
    """The pass in which the backs of a stack were fed, by its source key."""
    back_of: dict[str, str | None] = field(default_factory=dict)
    """Front of each page that is a back fed in such a pass; ``None`` where it came when every front had one."""
    given_back: set[str] = field(default_factory=set)
    """Pages whose sheet was to be fed again, or that covers gave to another document later."""
    moved_on: dict[str, str] = field(default_factory=dict)
    """The page that a page is now, in another document or, of a back, on another sheet."""
    fed_as: dict[str, int] = field(default_factory=dict)
    """Place in the batch of the picture that came through the feeder for each page, those that replaced it too."""
    fed_in: dict[int, str] = field(default_factory=dict)
    """Source key of the stack or source that each sheet was fed in."""
    placed: set[str] = field(default_factory=set)
    """Pages that a person put in or gave another place."""
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    """Page and code of problems of which a person said that all is right."""
    restated: set[str] = field(default_factory=set)
    """Pages of which it was said later what they are, until their stack is parted anew."""
    first_pages: dict[str, str] = field(default_factory=dict)
    """First page of each master, by its SHA-256."""
    files: dict[tuple[str, str, str], Taken] = field(default_factory=dict)
    """What is taken of each file, by source key, origin and SHA-256."""
    by_source: dict[str, str] = field(default_factory=dict)
    """Document of each source key."""
    last_pages: dict[str, int] = field(default_factory=dict)
    """Highest page number of each document."""
    duplicates: set[tuple[str, str]] = field(default_factory=set)
    """Origin and SHA-256 of what was given again."""
    found: dict[str, int] = field(default_factory=dict)
    """Sheets found, by source key, of sources taken to their end."""
    expected: dict[str, int] = field(default_factory=dict)
    """Sheets that a person counted of what is scanned, by source key."""
    inserted: int = 0
    """Sheets that a person put in between, beyond what was counted."""
    stated: int | None = None
    """A person's count of the whole batch."""
    owed: int | None = None
    """Number of the sheet that is to be fed again."""
    last_sheet: int = 0
    """Highest sheet number so far; 0 before the first."""

    @property
    def batch(self) -> str:
        """Its name, which is that of its folder."""
        return self.folder.name

    @property
    def declared(self) -> int | None:
        """Sheets that there should be."""
        if self.stated is not None:
            return self.stated
        found = [sheets for key, sheets in self.found.items() if stack_of(key) not in self.expected]
        counts = [*found, *self.expected.values()]
        return sum(counts) + self.inserted if counts else None

    @property
    def fed(self) -> int:
        """Sheets that went through."""
        return self.last_sheet + self.doubled

    @property
    def held(self) -> int:
        """Sheets that are kept and count."""
        stuck = {file.sheet for file in self.waiting.values()}
        return len(self._live_sheets() - self._flagged(Flag.COVER) - stuck - self._halves())

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
        return {self.sheets[page.id] for page in self.pages if counts(page) and without not in page.flags}

    def _taken_out(self) -> int:
        """Sheets that a person removed: they were counted, or were not."""
        gone = {page.id for page in self.pages if Flag.REMOVED in page.flags} - self.given_back
        return len({self.sheets[page] for page in gone} - self._live_sheets())

    def ordered(self) -> list[PageImage]:
        """All pages, document by document, in reading order."""
        pages = {page.id: page for page in self.pages}
        return [pages[page] for order in self.order.values() for page in order]

    def folio_checks(self) -> list[FolioCheck]:
        """The folios of each case file, in reading order; of pages whose corners were looked at."""
        pages: dict[str, list[Unit]] = {}
        for page in self.ordered():
            if page.id in self.folios and counts(page) and Flag.COVER not in page.flags:
                case_file = self.documents[split_page(page.id)[0]].case_file
                pages.setdefault(case_file, []).append(Unit(self.sheets[page.id], page.id, self.folios[page.id]))
        checks = []
        for case_file, units in pages.items():
            fronts = {unit.sheet: unit for unit in reversed(units)}
            checks.append(check(case_file, [unit for unit in units if fronts[unit.sheet] is unit], units))
        return checks

    def folio_numbers(self) -> dict[str, int]:
        """The folio accepted of each page, by its identifier."""
        return {page: number for checked in self.folio_checks() for page, number in checked.accepted.items()}

    def _halves(self) -> set[int]:
        """Sheets that were broken off between their sides."""
        have = Counter(sheet for page, sheet in self.sheets.items() if page not in self.given_back)
        return {sheet for sheet, sides in self.sides.items() if have[sheet] < sides}

    def _flagged(self, flag: Flag) -> set[int]:
        return {self.sheets[page.id] for page in self.pages if counts(page) and flag in page.flags}

    def problems(self) -> list[Problem]:
        """What does not add up; empty when the batch may be closed without a reason."""
        waiting = sorted(self.waiting.values(), key=lambda file: (file.sheet, file.origin))
        found = [Problem("scanner.waiting", {"file": file.origin}, file.reason) for file in waiting]
        left = (entry for entry in self.documents.values() if entry.source_key not in self.found)
        begun = {stack_of(entry.source_key): entry.source for entry in left}  # a stack once, however parted
        found += [Problem("scanner.unfinished", {"source": source}) for source in begun.values()]
        seen = {*self.sheets.values(), *(file.sheet for file in self.waiting.values())}
        if lost := self.last_sheet - len(seen):
            found.append(Problem("scanner.sheets-lost", {"lost": lost}))
        if self.doubled:
            found.append(Problem("scanner.doubled", {"doubled": self.doubled}))
        if self.declared is not None and not self.held <= self.declared <= self.held + self._taken_out():
            figures = {"batch": self.batch, "declared": self.declared, "held": self.held}
            found.append(Problem("scanner.declared-not-held", figures))
        for page in self.pages:
            said = self.gate.get(page.id)
            if said is not None and said.verdict is Verdict.RESCAN and counts(page):
                found.append(Problem("scanner.rescan-advised", {"page": page.id}, said.findings[0]))
        found += [problem for problem in self.cover_problems if problem.code not in NOTES]
        found += [Problem(code, params) for code, params in passes.doubts(self)]
        found += [Problem(it.code, it.params) for checked in self.folio_checks() for it in checked.findings]
        if not self.pages and not self.waiting:
            found.append(Problem("scanner.nothing-held", {"batch": self.batch}))
        return found

    @property
    def notes(self) -> list[Problem]:
        """What should be known and keeps nothing open."""
        return [problem for problem in self.cover_problems if problem.code in NOTES]

    def complete_documents(self) -> set[str]:
        """Documents that have all their pages: their source was taken to its end, no backs are outstanding, and its
        covers leave nothing to be settled, or a person closed the batch. What holds no page but covers is none."""
        of_pages = {split_page(page.id)[0] for page in self.pages if Flag.COVER not in page.flags}
        ended = self.found.keys() - self.unsettled.keys()
        sources = {key: self.documents[key].source_key for key in of_pages}
        turned = {sheet for held in self.backs.values() if not held.ended for sheet in held.sheets}
        half = {split_page(page)[0] for page, sheet in self.sheets.items() if sheet in turned}
        whole = {key for key, source in sources.items() if source in ended and key not in half}
        return of_pages if self.state == "closed" else whole


def counts(page: PageImage) -> bool:
    """Whether a page stands for its sheet: no other took its place, and nobody took it out."""
    return not page.flags & {Flag.SUPERSEDED, Flag.REMOVED}


def stack_of(source_key: str) -> str:
    """Source key of the stack that a document is part of (:mod:`scanner.stacks`); of what was not scanned the same."""
    return source_key.partition("/")[0]
