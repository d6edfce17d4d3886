"""A stack of paper through a device into a batch: each sheet is on the disk and journalled before the next is fed.

Cover and patch sheets part it (:mod:`scanner.stacks`); they are no sheets of the stack when it is counted.

A stack that was broken off (a jam, a power cut, ``kill -9``) is gone on with by the next call for the same batch and
case file: what is journalled is held, everything after it must be fed again, and the error says from which sheet on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.config import plain
from core.errors import BadInputError, ButlucError, UsageError
from core.files import locked
from core.ids import split_page
from core.model import Flag, PageImage
from scanner.batch import BatchState
from scanner.driver import DeviceError, FedSheet, Feeder
from scanner.intake import Intake, Origin
from scanner.journal import Journal
from scanner.masters import clear_leftovers
from scanner.multipage import search_files, torn_file
from scanner.reparting import part_anew
from scanner.replay import replayed
from scanner.run import ScanResult, Stack, device_note
from scanner.sheets import Sheet
from scanner.stacks import PREFIX, Allocate, Parting, Place, SideRead, read_sides, scanned_stacks
from scanner.tally import Tally, tally
from scanner.watched import held_by
from scanner.watcher import Watcher, Wish
from scanner.writing import INCOMING, written


def scan(
    batch_dir: Path,
    feeder: Feeder,
    stack: Stack,
    allocate: Allocate,
    watcher: Watcher,
    *,
    lock: Path | None,
) -> ScanResult:
    """Feed a stack to its end, to the number of sheets counted, or until the device stops.

    Args:
        batch_dir: folder of the batch, made on first use; its name is the batch's.
        feeder: the device, which the caller closes.
        stack: see there.
        allocate: gives document ordinals.
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
        intake = Intake(batch_dir, journal, state, stack.case_file, stack.profile, options, allocate, stack.by, "scan")
        clear_leftovers(batch_dir)
        origin = _origin(state, stack.case_file, feeder)
        parting = Parting.of(state, origin.key, stack.case_file, stack.used)
        session = _Session(intake, feeder, stack, origin, allocate, parting)
        session.begin()
        watcher.began(feeder, session.through, session.covers, session.expected)
        session.feed(watcher)
        session.end()
        return session.result()


def _origin(state: BatchState, case_file: str, feeder: Feeder) -> Origin:
    """The stack that was broken off, or a new one."""
    scanned = scanned_stacks(state)
    open_ones = [key for key in scanned if key not in state.found]
    key = open_ones[-1] if open_ones else f"{PREFIX}{len(scanned) + 1}"
    meant = state.stacks.get(key, scanned.get(key))
    if any(not held.ended for held in state.backs.values()):
        raise UsageError("scanner.backs-first", batch=state.batch)
    if open_ones and meant != case_file:
        raise UsageError("scanner.stack-unfinished", batch=state.batch, case_file=meant)
    return Origin(key, f"{state.batch} {len(scanned) + (not open_ones)}", feeder.device.name, scanned=True)


@dataclass(slots=True)
class _Session:
    intake: Intake
    feeder: Feeder
    stack: Stack
    origin: Origin
    allocate: Allocate
    parting: Parting
    through: int = 0
    """Sheets that the device fed, without covers; those that wait in quarantine too."""
    covers: int = 0
    fed: int = 0
    """Sheets of this call."""
    stopped: ButlucError | None = None
    expected: int | None = None
    _pages: list[PageImage] = field(default_factory=list)

    def begin(self) -> None:
        """Settle what an earlier call left, note the person's count and the device."""
        key = self.origin.key
        self._give_back_half_a_sheet()
        if torn := torn_file(self.parting):
            self._give_back(torn, "part-of-a-file")
        self.feeder.resume({**self.stack.elsewhere, **held_by(self.intake.state)})
        self._recount()
        known = self.intake.state.expected.get(key)
        self.expected = known if self.stack.sheets is None else self.stack.sheets
        if self.expected is not None and self.through > self.expected:
            raise UsageError("scanner.more-held", held=self.through, declared=self.expected)
        if self.expected is not None and self.expected != known:
            self.intake.note([("expected", {"source_key": key, "sheets": self.expected, "by": self.stack.by})])

    def _recount(self) -> Tally:
        count = tally(self.parting)
        self.through, self.covers = count.fed, count.covers
        return count

    def feed(self, watcher: Watcher) -> None:
        """Sheets, one after the other."""
        while self.expected is None or self.through < self.expected:
            if self.feeder.by_hand and self.fed and not watcher.has_next(self.through + self.covers + 1):
                return
            refused = len(self.intake.findings.rejected)
            try:
                sheet = self.feeder.feed()
                if sheet is None:
                    return
                pages, sheets = self._take(sheet)
            except ButlucError as err:  # of the device; or there is no room for the sheet, which counts as not fed
                self.stopped = err
                return
            for rejected in self.intake.findings.rejected[refused:]:
                watcher.refused(rejected.error)
            if sheet.doubled and pages:
                self._give_back(pages, "double-feed")
                self.stopped = DeviceError("scanner.double-feed", file=self.feeder.device.name)
                return
            self._count(pages, sheets)
            if not sheets:  # a file that was gone before it could be read
                continue
            gate = self.intake.state.gate
            watcher.took(self.through, pages, [gate[page.id] for page in pages if page.id in gate])
            if not self._grant(watcher, pages, sheets):
                return

    def _count(self, pages: Sequence[PageImage], sheets: int) -> None:
        if any(Flag.COVER in page.flags for page in pages):
            self.covers += sheets
        else:
            self.through += sheets

    def _grant(self, watcher: Watcher, pages: Sequence[PageImage], sheets: int) -> bool:
        """Do what the operator wants with the sheet that was just taken; whether scanning goes on."""
        while (wish := watcher.wish()) is not None:
            if wish is Wish.FINISH:
                return False
            if not pages:
                continue
            if wish is Wish.AGAIN:
                self._give_back(pages, "again")
                self._count(pages, -sheets)
                return True
            marked = {"pages": [page.id for page in pages], "by": self.stack.by}
            self.intake.note([("marked", marked)])
        return True

    def end(self) -> None:
        """Finish the stack if it is all there."""
        if self.stopped is not None:
            return
        parts_anew = self.stack.options.covers and search_files(self.intake.journal, self.parting)
        count = self._recount()
        if not self.through + self.covers:
            raise BadInputError("scanner.no-paper", file=self.feeder.device.name)
        if self.expected is not None and count.fed + count.put_in < self.expected:
            self.stopped = DeviceError("scanner.too-few", held=count.fed + count.put_in, declared=self.expected)
            return
        if parts_anew:
            said = {"by": self.stack.by, "reason": "covers"}
            intake, key, used = self.intake, self.origin.key, self.stack.used
            part_anew(intake.journal, intake.state, key, said, self.allocate, used)
        else:
            self._end_documents()
        if self.expected is not None:
            self.intake.finish()

    def result(self) -> ScanResult:
        """What came of it."""
        pages = [page for page in self.parting.live() if Flag.COVER not in page.flags]
        count = tally(self.parting)
        return ScanResult(
            tuple(self._pages),
            tuple(dict.fromkeys(split_page(page.id)[0] for page in pages)),
            self.through + count.put_in - count.taken_out,
            self.covers,
            self.through + self.covers + 1,
            self.expected,
            self.stopped,
            self.feeder.compromises,
            self.intake.state,
        )

    def _take(self, fed: FedSheet) -> tuple[list[PageImage], int]:
        """Write the sides, take them into the batch, and drop the files that they came in; the pages and how many
        sheets they are, those counted that wait in quarantine."""
        state = self.intake.state
        if not self.fed:
            self.intake.note([device_note(self.feeder, self.stack, self.origin.key)])
        self.fed += 1
        number = state.owed or state.last_sheet + 1
        options = self.stack.options
        sides = read_sides(fed.sides, options) if options.covers else [SideRead() for _ in fed.sides]
        places = self.parting.places(sides, number)
        folder = self.intake.folder / INCOMING
        given = zip(written(fed, folder, number, self.feeder.device.name, options.master), places, strict=True)
        files = tuple(replace(file, cover=place.cover) for file, place in given)
        before, used = len(state.pages), set[int]()
        for side, place in enumerate(places):
            self._aim(place)
            used |= self.intake.take_side(self._part_of(place.key), Sheet(files, fed.doubled), side, number)
        for file, given_side in zip(files, fed.sides, strict=True):
            if file.path != given_side:
                file.path.unlink()
        pages = state.pages[before:]
        self._pages += pages
        return pages, len(used)

    def _aim(self, place: Place) -> None:
        """The document that is made next, if one must be, is that of ``place``."""
        self.intake.case_file = place.case_file
        self.intake.allocate = lambda case_file: self.allocate(case_file, place.ordinal)

    def _part_of(self, key: str) -> Origin:
        return replace(self.origin, key=key, label=self.origin.label + key.removeprefix(self.origin.key))

    def _end_documents(self) -> None:
        """Note what covers leave to be settled and end every document, the stack's first as the last: it ends it."""
        state, result = self.intake.state, self.parting.result()
        self.intake.note([("cover-problem", plain(problem)) for problem in result.problems])
        count = tally(self.parting)
        waiting, left = self.parting.waiting(result.parts), count.fed - count.taken_out
        fed = (page for page in self.parting.live() if state.fed_in.get(state.sheets[page.id]) == self.origin.key)
        live = [page for page in fed if Flag.COVER not in page.flags]
        for document in self.parting.documents:
            sheets = {state.sheets[page.id] for page in live if split_page(page.id)[0] == document.id}
            if document.source_key != self.origin.key:
                left -= len(sheets)
                self.intake.end_document(self._part_of(document.source_key), len(sheets), waiting.get(document.id))
        first = state.by_source.get(self.origin.key, "")
        self.intake.end_document(self.origin, left, waiting.get(first))

    def _give_back_half_a_sheet(self) -> None:
        """A sheet of which only the front was journalled must be fed again, whole."""
        last, state = self.parting.last_fed(), self.intake.state
        if last and len(last) < state.sides.get(state.sheets[last[0].id], self.stack.options.sides):
            self._give_back(last, "half-a-sheet")

    def _give_back(self, pages: Sequence[PageImage], reason: str) -> None:
        sheet = self.intake.state.sheets[pages[0].id]
        gone = {"pages": [page.id for page in pages], "reason": reason, "by": self.stack.by, "sheet": sheet}
        self.intake.note([("removed", gone)])
