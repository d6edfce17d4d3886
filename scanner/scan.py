"""A stack of paper through a device into a batch: each sheet is on the disk and journalled before the next is fed.

A stack that was broken off (a jam, a power cut, ``kill -9``) is gone on with by the next call for the same batch and
case file: what is journalled is held, everything after it must be fed again, and the error says from which sheet on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.config import plain
from core.errors import BadInputError, ButlucError, UsageError
from core.files import disk_errors, locked
from core.model import Flag, PageImage
from scanner.batch import BatchState, Document
from scanner.driver import Compromise, DeviceError, FedSheet, Feeder
from scanner.gate.findings import Judgement
from scanner.intake import Intake, Origin
from scanner.journal import Journal
from scanner.masters import clear_leftovers
from scanner.options import ScanOptions
from scanner.replay import replayed
from scanner.sheets import FedFile, Sheet
from scanner.writing import write_picture

_KEY = "scan:"
_INCOMING = "incoming"


class Wish(StrEnum):
    """What the operator may want after a sheet."""

    FINISH = "finish"
    """The stack ends here."""
    AGAIN = "again"
    """The last sheet is laid back and fed again."""
    MARK = "mark"
    """Somebody shall look at the last sheet."""


class Watcher(Protocol):
    """Whoever stands at the device."""

    def began(self, feeder: Feeder, held: int, expected: int | None) -> None:
        """The device is ready; so many sheets of the stack are held, of so many that were counted."""

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """A sheet is held, with these pages, and what the gate says of each."""

    def wish(self) -> Wish | None:
        """What they want now; asked after each sheet until there is nothing more. It may take its time: a pause."""

    def has_next(self, number: int) -> bool:
        """Whether sheet ``number`` has been laid on; asked for devices that are fed by hand."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What is scanned: sheets of one case file."""

    case_file: str
    profile: str
    options: ScanOptions
    sheets: int | None
    """A person's count; scanning stops there."""
    by: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What one call did."""

    pages: tuple[PageImage, ...]
    document: str | None
    held: int
    """Sheets of the stack in the batch, those of earlier calls included."""
    expected: int | None
    stopped: ButlucError | None
    """Why the stack is not finished."""
    compromises: tuple[Compromise, ...]
    state: BatchState


def scan(
    batch_dir: Path,
    feeder: Feeder,
    stack: Stack,
    allocate: Callable[[str], int],
    watcher: Watcher,
    *,
    lock: Path | None,
) -> ScanResult:
    """Feed a stack to its end, to the number of sheets counted, or until the device stops.

    Args:
        batch_dir: folder of the batch, made on first use; its name is the batch's.
        feeder: the device, which the caller closes.
        stack: see there.
        allocate: gives the next document ordinal of a case file.
        watcher: is told of each sheet.
        lock: lock file of the batch; ``None`` where the caller holds it.

    Raises:
        BadInputError: there was no paper, or the batch folder cannot be written.
        UsageError: another stack of the batch is unfinished, or more sheets are held than counted.
        MissingToolError: the disk is full; what was journalled stays.
    """
    with locked(lock, wait=False) if lock else nullcontext():
        journal = Journal(batch_dir)
        state = replayed(journal, batch_dir)
        options = stack.options
        intake = Intake(batch_dir, journal, state, stack.case_file, stack.profile, options, allocate, stack.by)
        clear_leftovers(batch_dir)
        session = _Session(intake, feeder, stack, _origin(state, stack.case_file, feeder))
        session.begin()
        watcher.began(feeder, session.held, session.expected)
        session.feed(watcher)
        session.end()
        return session.result()


def _origin(state: BatchState, case_file: str, feeder: Feeder) -> Origin:
    """The stack that was broken off, or a new one."""
    scanned = [it for it in state.documents.values() if it.source_key.startswith(_KEY)]
    open_ones = [it for it in scanned if it.source_key not in state.found]
    if open_ones and open_ones[-1].case_file != case_file:
        raise UsageError("scanner.stack-unfinished", batch=state.batch, case_file=open_ones[-1].case_file)
    key = open_ones[-1].source_key if open_ones else f"{_KEY}{len(scanned) + 1}"
    return Origin(key, f"{state.batch} {len(scanned) + (not open_ones)}", feeder.device.name, scanned=True)


@dataclass(slots=True)
class _Session:
    intake: Intake
    feeder: Feeder
    stack: Stack
    origin: Origin
    held: int = 0
    fed: int = 0
    stopped: ButlucError | None = None
    expected: int | None = None
    _pages: list[PageImage] = field(default_factory=list)

    def begin(self) -> None:
        """Settle what an earlier call left, note the person's count and the device."""
        state, key = self.intake.state, self.origin.key
        self._give_back_half_a_sheet()
        self.feeder.resume({page.origin: page.sha256 for page in self._live()})
        self.held = len({state.sheets[page.id] for page in self._live()})
        known = state.expected.get(key)
        self.expected = known if self.stack.sheets is None else self.stack.sheets
        if self.expected is not None and self.held > self.expected:
            raise UsageError("scanner.more-held", held=self.held, declared=self.expected)
        if self.expected is not None and self.expected != known:
            self.intake.note([("expected", {"source_key": key, "sheets": self.expected, "by": self.stack.by})])

    def feed(self, watcher: Watcher) -> None:
        """Sheets, one after the other."""
        while self.expected is None or self.held < self.expected:
            if self.feeder.by_hand and self.fed and not watcher.has_next(self.held + 1):
                return
            try:
                sheet = self.feeder.feed()
            except ButlucError as err:
                self.stopped = err
                return
            if sheet is None:
                return
            pages = self._take(sheet)
            if sheet.doubled:
                self._give_back(pages, "double-feed")
                self.stopped = DeviceError("scanner.double-feed", file=self.feeder.device.name)
                return
            self.held += 1
            watcher.took(self.held, pages, [self.intake.state.gate[page.id] for page in pages])
            if not self._grant(watcher, pages):
                return

    def _grant(self, watcher: Watcher, pages: Sequence[PageImage]) -> bool:
        """Do what the operator wants with the sheet that was just taken; whether scanning goes on."""
        while (wish := watcher.wish()) is not None:
            if wish is Wish.FINISH:
                return False
            if wish is Wish.AGAIN:
                self._give_back(pages, "again")
                self.held -= 1
                return True
            marked = {"pages": [page.id for page in pages], "by": self.stack.by}
            self.intake.note([("marked", marked)])
        return True

    def end(self) -> None:
        """Finish the stack if it is all there."""
        if self.stopped is not None:
            return
        if not self.held:
            raise BadInputError("scanner.no-paper", file=self.feeder.device.name)
        if self.expected is not None and self.held < self.expected:
            self.stopped = DeviceError("scanner.too-few", held=self.held, declared=self.expected)
            return
        self.intake.end_document(self.origin, self.held)
        if self.expected is not None:
            self.intake.finish()

    def result(self) -> ScanResult:
        """What came of it."""
        document = self._document()
        return ScanResult(
            tuple(self._pages),
            document.id if document else None,
            self.held,
            self.expected,
            self.stopped,
            self.feeder.compromises,
            self.intake.state,
        )

    def _take(self, fed: FedSheet) -> list[PageImage]:
        """Write the sides, take them into the batch, and drop the files that they came in."""
        state = self.intake.state
        if not self.fed:
            self._note_device()
        self.fed += 1
        number = state.owed or state.last_sheet + 1
        files = self._files(fed, number)
        before = len(state.pages)
        self.intake.take_sheet(self.origin, Sheet(files, fed.doubled), lambda _: None, number)
        for file, side in zip(files, fed.sides, strict=True):
            if file.path != side:
                file.path.unlink()
        pages = state.pages[before:]
        self._pages += pages
        return pages

    def _files(self, fed: FedSheet, number: int) -> tuple[FedFile, ...]:
        folder = self.intake.folder / _INCOMING
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        files = []
        for side, given in enumerate(fed.sides, 1):
            if isinstance(given, Path):
                files.append(FedFile(given, str(given)))
                continue
            path = write_picture(given, folder / f"{number:06d}-{side}", self.stack.options.master)
            files.append(FedFile(path, f"{self.feeder.device.name} {number:06d}-{side}", given.dpi or None))
        return tuple(files)

    def _note_device(self) -> None:
        device = self.feeder.device
        about = {"device": device.name, "model": f"{device.vendor} {device.model}".strip(), "by": self.stack.by}
        compromises = plain(self.feeder.compromises)
        self.intake.note([("device", {"source_key": self.origin.key, **about, "compromises": compromises})])

    def _document(self) -> Document | None:
        state = self.intake.state
        return state.documents.get(state.by_source.get(self.origin.key, ""))

    def _live(self) -> list[PageImage]:
        """Pages of the stack that count."""
        document = self._document()
        pages = (page for page in self.intake.state.pages if document and page.id.startswith(f"{document.id}."))
        return [page for page in pages if not page.flags & {Flag.REMOVED, Flag.SUPERSEDED}]

    def _give_back_half_a_sheet(self) -> None:
        """A sheet of which only the front was journalled must be fed again, whole."""
        live, sheets = self._live(), self.intake.state.sheets
        last = [page for page in live if sheets[page.id] == sheets[live[-1].id]]
        if live and len(last) < self.stack.options.sides:
            self._give_back(last, "half-a-sheet")

    def _give_back(self, pages: Sequence[PageImage], reason: str) -> None:
        sheet = self.intake.state.sheets[pages[0].id]
        gone = {"pages": [page.id for page in pages], "reason": reason, "by": self.stack.by, "sheet": sheet}
        self.intake.note([("removed", gone)])
