"""The gate: every file of a source is decoded, measured, kept and journalled, in that order, before the next is fed.

Stopped anywhere and started again with the same source, it goes on where it was: files are known by their bytes, the
document by its source, and an unfinished copy or line counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core import ids
from core.config import plain
from core.errors import BadInputError
from core.files import digest
from core.model import Flag, MasterKind, PageImage
from imaging.inspect import MasterInfo
from scanner.batch import BatchState, Taken
from scanner.gate.streaks import RollerHistory
from scanner.journal import Journal
from scanner.masters import hash_source, keep_aside, keep_master
from scanner.measure import MeasuredPage, measure
from scanner.names import readable
from scanner.options import ScanOptions
from scanner.replay import note
from scanner.sheets import FedFile, Sheet, sheets_of
from scanner.sources import Source

_NOTHING_FED = frozenset({"imaging.missing", "imaging.not-a-file"})
"""A path that leads to no file was mistyped, not fed: it is reported, and the batch knows nothing of it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was not taken, why, and where it waits (``None`` where nothing could be read or kept)."""

    file: str
    error: BadInputError
    stored: Path | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file whose bytes the batch has already, and the page that they are."""

    file: str
    page: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document is made of."""

    key: str
    """The same within the batch for the same source given again."""
    label: str
    """Name for people."""
    where: str
    """Path or device."""
    scanned: bool = False
    """Whether each picture is a new sheet, however much it resembles another."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A master as it lies in the batch folder (relative path), and where it came from."""

    path: Path
    sha256: str
    kind: MasterKind
    origin: str


def notes_of(page: MeasuredPage) -> dict[str, Any]:
    """What the journal keeps beside the fields of a page: what the gate says, what its corner may bear."""
    kept = {"gate": page.judgement, "folio": page.folios}
    return {key: plain(value) for key, value in kept.items() if value is not None}


def page_fields(page: MeasuredPage, kept: Kept, name: str, batch: str, sequence: int) -> dict[str, Any]:
    """The fields of :class:`core.model.PageImage` as the journal keeps them."""
    measured = plain(replace(page, judgement=None, folios=None))
    del measured["judgement"], measured["folios"]
    return {
        **measured,
        "id": name,
        "master": str(kept.path),
        "sha256": kept.sha256,
        "kind": kept.kind.value,
        "batch": batch,
        "sequence": sequence,
        "origin": kept.origin,
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file stands: in its document and on its sheet, whose number may be known."""

    origin: Origin
    sheet: Sheet
    file: FedFile
    number: int | None
    sensor: RollerHistory | None
    """That took the file, where a device did."""


def _flags(place: _Place) -> set[Flag]:
    """What is known of a page before it is measured."""
    known = {Flag.DOUBLED: place.sheet.doubled, Flag.COVER: place.file.cover is not None}
    return {flag for flag, holds in known.items() if holds}


@dataclass(slots=True)
class Findings:
    """What one run found, in feed order; ``documents`` and ``pages`` are those that it added to."""

    pages: list[PageImage] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Intake:
    """Takes sources into one batch, whose lock the caller holds.

    ``allocate`` gives the next document ordinal of a case file. It is called right before a document is journalled, so
    that a number is only ever lost to a crash between the two, and never used twice.
    """

    folder: Path
    journal: Journal
    state: BatchState
    case_file: str
    profile: str
    options: ScanOptions
    allocate: Callable[[str], int]
    by: str
    act: str
    """``ingest`` or ``scan``: why a closed batch is opened again."""
    findings: Findings = field(default_factory=Findings)
    sensors: tuple[RollerHistory, ...] = field(default_factory=lambda: (RollerHistory(), RollerHistory()))
    """What the device's sensors, front and back, have shown of late."""

    def take(self, source: Source, fed: Callable[[str], None]) -> None:
        """Take every file of ``source``; ``fed`` is told the origin of each when it is done with.

        Raises:
            MissingToolError: the disk is full or poppler is not installed.
            BadInputError: the batch folder cannot be written.
        """
        where = readable(source.path.absolute())
        origin = Origin(digest([self.case_file, source.key]), source.label, where)
        self.findings.ignored += [readable(path.absolute()) for path in source.ignored]
        if not source.files and not source.ignored:
            nothing = source.problem or BadInputError("scanner.empty-folder", file=readable(source.path))
            self.findings.rejected.append(Rejected(readable(source.path), nothing, None))
        sheets: set[int] = set()
        for sheet in sheets_of(source, self.options):
            sheets |= self.take_sheet(origin, sheet, fed)
        if sheets and self.state.found.get(origin.key) != len(sheets):
            self.end_document(origin, len(sheets))

    def take_sheet(self, origin: Origin, sheet: Sheet, fed: Callable[[str], None]) -> set[int]:
        """Take the files of one sheet; the numbers of the sheets that they are.

        Raises:
            As :meth:`take`.
        """
        sheets: set[int] = set()
        number = None
        for side, file in enumerate(sheet.files):
            used = self.take_side(origin, sheet, side, number)
            sheets |= used
            number = number or min(used, default=None)
            fed(file.origin)
        return sheets

    def take_side(self, origin: Origin, sheet: Sheet, side: int, number: int | None) -> set[int]:
        """Take one file of a sheet, counted from 0, into the document of ``origin``; as :meth:`take_sheet`."""
        file = sheet.files[side]
        sensor = self.sensors[side] if origin.scanned and file.cover is None else None
        return self._take_file(_Place(origin, sheet, file, number, sensor))

    def end_document(self, origin: Origin, sheets: int, waits: str | None = None) -> None:
        """Note that a document has all its sheets, how many they are, and the code of the problem that it waits for."""
        taken = {"source_key": origin.key, "source": origin.where, "sheets": sheets, "by": self.by}
        self.note([("taken", taken if waits is None else {**taken, "waits": waits})])

    def _take_file(self, place: _Place) -> set[int]:
        """Take one file; the numbers of the sheets that it has in the batch."""
        sha256 = None
        try:
            sha256 = hash_source(place.file.path)
            known = None
            if not place.origin.scanned:
                known = self.state.files.get((place.origin.key, place.file.origin, sha256))
            if known is None and not place.origin.scanned and sha256 in self.state.first_pages:
                return self._duplicate(place.file.origin, sha256)
            if known is not None and known.whole:
                if place.origin.key in self.state.found:
                    self.findings.duplicates.append(Duplicate(place.file.origin, known.pages[0].id))
                return {self.state.sheets[page.id] for page in known.pages}
            info, pages = measure(place.file.path, self.options, place.file.dpi, place.sensor)
        except BadInputError as err:
            return self._reject(place, err, sha256)
        master = keep_master(place.file.path, self.folder, sha256, info.extension)
        return self._journal(place, master, sha256, info, pages, known)

    def _duplicate(self, origin: str, sha256: str) -> set[int]:
        page = self.state.first_pages[sha256]
        self.findings.duplicates.append(Duplicate(origin, page))
        if (origin, sha256) not in self.state.duplicates:
            self.note([("duplicate", {"origin": origin, "sha256": sha256, "page": page})])
        return set()

    def _reject(self, place: _Place, err: BadInputError, sha256: str | None) -> set[int]:
        origin = place.file.origin
        params = {key: value for key, value in err.params.items() if key != "file"}
        error = BadInputError(err.code, file=origin, **params)
        if err.code in _NOTHING_FED:
            self.findings.rejected.append(Rejected(origin, error, None))
            return set()
        stored = keep_aside(place.file.path, self.folder, sha256) if sha256 else None
        before = self.state.waiting.get(origin)
        number = before.sheet if before else place.number or self.state.last_sheet + 1
        if before is None or (before.sha256, before.reason.code) != (sha256, err.code):
            data = {"origin": origin, "sheet": number, "sha256": sha256, "stored": str(stored) if stored else None}
            self.note([("quarantine", {**data, "code": err.code, "params": plain(error.params)})])
        self.findings.rejected.append(Rejected(origin, error, self.folder / stored if stored else None))
        return {number}

    def _journal(
        self,
        place: _Place,
        master: Path,
        sha256: str,
        info: MasterInfo,
        measured: list[MeasuredPage],
        known: Taken | None,
    ) -> set[int]:
        """Journal the pages of a kept master, but for those that an interrupted run has journalled already."""
        document, items = self._document(place)
        waiting = self.state.waiting.get(place.file.origin)
        first = waiting.sheet if waiting else place.number or self.state.last_sheet + 1
        if known is not None:
            first = self.state.sheets[known.pages[0].id]
        done = len(known.pages) if known is not None else 0
        number, sequence = self.state.last_pages.get(document, 0), len(self.state.pages)
        for count, page in enumerate(measured[done:], 1):
            flags = page.flags | _flags(place)
            name, order = ids.page_id(document, number + count), sequence + count
            kept = Kept(master, sha256, info.kind, place.file.origin)
            taken = page_fields(replace(page, flags=flags), kept, name, self.state.batch, order)
            sheet = first + (done + count - 1) // self.options.sides
            about = {"document": document, "sheet": sheet, "source_key": place.origin.key, "frames": len(measured)}
            if place.origin.scanned:
                about["sides"] = len(place.sheet.files)
            if place.file.cover:
                about["cover"] = plain(place.file.cover)
            if place.file.back:
                about["back_of"] = place.file.back_of
                about |= {} if place.file.back_of is None else {"after": place.file.back_of}
            items.append(("page", {**about, **notes_of(page), "page": taken}))
        self.note(items)
        self.findings.pages += self.state.pages[sequence:]
        if self.findings.documents[-1:] != [document]:  # the pages of a document come one after the other
            self.findings.documents.append(document)
        whole = self.state.files[place.origin.key, place.file.origin, sha256]
        return {self.state.sheets[page.id] for page in whole.pages}

    def _document(self, place: _Place) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
        """The document that the source is, and the entry that makes it if it is new."""
        known = self.state.by_source.get(place.origin.key)
        if known is not None:
            return known, []
        data = {
            "id": ids.document_id(self.case_file, self.allocate(self.case_file)),
            "case_file": self.case_file,
            "profile": self.profile,
            "label": place.origin.label,
            "source": place.origin.where,
            "source_key": place.origin.key,
        }
        return data["id"], [("document", data)]

    def note(self, items: list[tuple[str, dict[str, Any]]]) -> None:
        """Journal entries and take them into account; a closed batch is opened again."""
        if self.state.state == "closed":
            items = [("reopened", {"by": self.by, "reason": self.act}), *items]
        note(self.journal, self.state, items)

    def finish(self) -> None:
        """Close the batch if it is open and adds up; what keeps it open is in ``state.problems()``."""
        if self.journal.entries and self.state.state == "open" and not self.state.problems():
            self.note([("closed", {"by": self.by, "reason": None, "problems": []})])
