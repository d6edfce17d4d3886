"""The backs of a stack through a device into its batch; as :mod:`scanner.scan`, each is journalled before the next.

A pass that was broken off is gone on with at the very back. What does not fit stops the pass or is a problem of the
batch: fewer or more backs than fronts, a cover sheet among them, sides of other sizes (:mod:`scanner.backs.passes`).
"""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import BadInputError, ButlucError, UsageError
from core.files import locked
from core.ids import split_page
from core.model import Flag, PageImage
from scanner.backs.files import of_several_pages, shows_cover, take_file, torn_backs
from scanner.backs.passes import BackOrder, BackPass, beyond, fronts_of, is_live, reached
from scanner.batch import BatchState, stack_of
from scanner.covers.reading import Found
from scanner.driver import DeviceError, FedSheet, Feeder
from scanner.feed_order import feed_order
from scanner.intake import Intake, Origin
from scanner.journal import Journal
from scanner.masters import clear_leftovers
from scanner.names import readable
from scanner.replay import replayed
from scanner.run import ScanResult, Stack, device_note
from scanner.sheets import FedFile, Sheet
from scanner.stacks import Allocate, read_sides, scanned_stacks
from scanner.watched import held_by
from scanner.watcher import Watcher, Wish
from scanner.writing import INCOMING, written


def scan_backs(
    batch_dir: Path,
    feeder: Feeder,
    stack: Stack,
    order: BackOrder,
    allocate: Allocate,
    watcher: Watcher,
    *,
    lock: Path | None,
) -> ScanResult:
    """Feed the backs of the batch's last stack; ``held`` and ``expected`` of the result count backs.

    Args:
        batch_dir: folder of the batch.
        feeder: the device, which the caller closes; it delivers one side.
        stack: case file and options, as for the fronts; its count is not looked at.
        order: see :mod:`scanner.backs.passes`; an unfinished pass is gone on with in its own.
        allocate: as for :func:`scanner.scan.scan`.
        watcher: is told of each back.
        lock: lock file of the batch; ``None`` where the caller holds it.

    Raises:
        UsageError: there are no fronts, they are not finished, they have their backs, or the order is another.
        BadInputError: there was no paper, or the batch folder cannot be written.
        MissingToolError: the disk is full; what was journalled stays.
    """
    with locked(lock, wait=False) if lock else nullcontext():
        journal = Journal(batch_dir)
        state = replayed(journal, batch_dir)
        key = _stack(state, stack.case_file, order)
        options, by = stack.options, stack.by
        intake = Intake(batch_dir, journal, state, stack.case_file, stack.profile, options, allocate, by, "scan")
        clear_leftovers(batch_dir)
        session = _BackSession(intake, feeder, stack, key)
        session.begin(order)
        watcher.began(feeder, session.held, 0, len(session.back_pass.sheets))
        session.feed(watcher)
        session.end()
        return session.result()


def _stack(state: BatchState, case_file: str, order: BackOrder) -> str:
    """Key of the stack whose backs are fed."""
    stacks = scanned_stacks(state)
    if not stacks:
        raise UsageError("scanner.no-fronts", batch=state.batch)
    key, meant = list(stacks.items())[-1]
    meant = state.stacks.get(key, meant)
    if key not in state.found:
        raise UsageError("scanner.fronts-unfinished", batch=state.batch, case_file=meant)
    if meant != case_file:
        raise UsageError("scanner.fronts-elsewhere", batch=state.batch, case_file=meant)
    known = state.backs.get(key)
    if known is not None and known.ended:
        raise UsageError("scanner.backs-held", batch=state.batch)
    if known is not None and known.order is not order:
        raise UsageError("scanner.backs-begun", batch=state.batch, order=known.order.value)
    sides = _sheets(state, key).values()
    if not sides:
        raise UsageError("scanner.no-fronts", batch=state.batch)
    if known is None and max(sides) > 1:
        raise UsageError("scanner.both-sides-held", batch=state.batch)
    return key


def _sheets(state: BatchState, key: str) -> dict[int, int]:
    """Sheets of the stack as its paper lies, and how many pages of each count that are no backs.

    They lie as they were fed, whatever other document they were moved to; a sheet that a person put in, behind the one
    that it was put behind.
    """
    own = (document.id for document in state.documents.values() if stack_of(document.source_key) == key)
    places: dict[int, tuple[int, int]] = {}
    before = 0
    for count, page in enumerate(feed_order(state, own)):
        sheet = state.sheets[page.id]
        if state.fed_in.get(sheet) == key:
            before = sheet
            places[sheet] = sheet, -1
        else:
            places.setdefault(sheet, (before, count))
    sides = Counter(state.sheets[page.id] for page in state.pages if is_live(page) and page.id not in state.back_of)
    return {sheet: sides[sheet] for sheet in sorted(places, key=lambda sheet: places[sheet]) if sides[sheet]}


@dataclass(slots=True)
class _BackSession:
    intake: Intake
    feeder: Feeder
    stack: Stack
    key: str
    stopped: ButlucError | None = None
    _pages: list[PageImage] = field(default_factory=list)

    @property
    def state(self) -> BatchState:
        """The batch now."""
        return self.intake.state

    @property
    def back_pass(self) -> BackPass:
        """The pass now."""
        return self.state.backs[self.key]

    @property
    def held(self) -> int:
        """Backs that went through and are journalled."""
        return reached(self.state, self.back_pass) + len(beyond(self.state, self.back_pass))

    def begin(self, order: BackOrder) -> None:
        """Note the pass, unless it goes on."""
        if self.key not in self.state.backs:
            sheets = list(_sheets(self.state, self.key))
            about = {"source_key": self.key, "order": order.value, "sheets": sheets, "by": self.stack.by}
            device = {"device": self.feeder.device.name}
            self.intake.note([("backs", {**about, **device})])
        torn = torn_backs(self.state)
        if live := [page for page in torn if is_live(page)]:
            self._give_back(live, "part-of-a-file")
        again = {page.origin for page in torn}
        held = {origin: sha256 for origin, sha256 in held_by(self.state).items() if origin not in again}
        self.feeder.resume({**self.stack.elsewhere, **held})

    def feed(self, watcher: Watcher) -> None:
        """Backs, one after the other, until there is no more paper: one too many tells that a front is missing."""
        while True:
            place = self._next()
            if self.feeder.by_hand and (place is None or (self._pages and not watcher.has_next(self.held + 1))):
                return
            try:
                sheet = self.feeder.feed()
                if sheet is None:
                    return
                pages = self._take(sheet, place)
            except ButlucError as err:  # of the device; or there is no room for the back, which counts as not fed
                self.stopped = err
                return
            if not pages or self.stopped is not None:
                return
            gate = self.state.gate
            watcher.took(self.held, pages, [gate[page.id] for page in pages if page.id in gate])
            if not self._grant(watcher, pages):
                return

    def _next(self) -> int | None:
        """Sheet whose back is fed next; ``None`` where all have theirs."""
        return next(iter(self.back_pass.plan()[reached(self.state, self.back_pass) :]), None)

    def _take(self, fed: FedSheet, place: int | None) -> list[PageImage]:
        """Take a back into the batch, or all those that a file holds; none where one cannot be taken, which stops the
        pass."""
        options, device = self.stack.options, self.feeder.device.name
        if not self._pages:
            self.intake.note([device_note(self.feeder, self.stack, self.key)])
        several = of_several_pages(fed, options)
        if several is not None:
            pages = self._take_file(several, place)
            is_cover = options.covers and shows_cover(pages)
        else:
            is_cover = options.covers and read_sides(fed.sides, options)[0].reading.found is not Found.NOTHING
            pages = self._take_picture(fed, place)
        self._pages += pages
        if pages and fed.doubled:
            self._give_back(pages, "double-feed")
            self.stopped = DeviceError("scanner.double-feed", file=device)
        elif pages and is_cover:
            self._give_back(pages, "cover")
            self.stopped = DeviceError("scanner.backs-show-cover", file=device)
        return pages

    def _take_file(self, path: Path, place: int | None) -> list[PageImage]:
        try:
            return take_file(self.intake, self.back_pass, path)
        except BadInputError:  # it waits in quarantine as a single picture does
            file = FedFile(path, readable(path.absolute()))
            return self._taken(file, doubled=False, place=place, number=place or self.state.last_sheet + 1)

    def _take_picture(self, fed: FedSheet, place: int | None) -> list[PageImage]:
        """Write the side and take it in."""
        number = place or self.state.last_sheet + 1
        folder = self.intake.folder / INCOMING
        (file,) = written(fed, folder, number, self.feeder.device.name, self.stack.options.master)
        origin = file.origin.removesuffix("-1") + "-2" if file.path != fed.sides[0] else file.origin
        pages = self._taken(replace(file, origin=origin), doubled=fed.doubled, place=place, number=number)
        if file.path != fed.sides[0]:
            file.path.unlink()
        return pages

    def _taken(self, file: FedFile, *, doubled: bool, place: int | None, number: int) -> list[PageImage]:
        before = len(self.state.pages)
        self._take_side(file, doubled, place, number)
        if len(self.state.pages) == before:
            self.stopped = self.intake.findings.rejected[-1].error
        return self.state.pages[before:]

    def _take_side(self, file: FedFile, doubled: bool, place: int | None, number: int) -> None:
        fronts = fronts_of(self.state, self.back_pass.sheets)
        front = fronts[place if place is not None else self.back_pass.sheets[-1]]
        document = self.state.documents[split_page(front.id)[0]]
        origin = Origin(document.source_key, document.label, document.source, scanned=True)
        cover: dict[str, Any] | None = {} if place is not None and Flag.COVER in front.flags else None
        back = replace(file, cover=cover, back=True, back_of=front.id if place is not None else None)
        sides = (back,) if place is None else (FedFile(front.master, front.origin), back)
        self.intake.take_side(origin, Sheet(sides, doubled), len(sides) - 1, number)

    def _grant(self, watcher: Watcher, pages: list[PageImage]) -> bool:
        """Do what the operator wants with the backs that were just taken; whether the pass goes on."""
        while (wish := watcher.wish()) is not None:
            if wish is Wish.FINISH:
                return False
            if wish is Wish.AGAIN:
                self._give_back(pages, "again")
                return True
            self.intake.note([("marked", {"pages": [page.id for page in pages], "by": self.stack.by})])
        return True

    def _give_back(self, pages: list[PageImage], reason: str) -> None:
        gone = {"pages": [page.id for page in pages], "reason": reason, "by": self.stack.by}
        self.intake.note([("removed", gone)])

    def end(self) -> None:
        """Finish the pass if every sheet has its back."""
        if self.stopped is not None:
            return
        held, fronts = self.held, len(self.back_pass.sheets)
        if not held:
            raise BadInputError("scanner.no-paper", file=self.feeder.device.name)
        if held < fronts:
            self.stopped = DeviceError("scanner.backs-too-few", batch=self.state.batch, backs=held, fronts=fronts)
            return
        self.intake.note([("backs-taken", {"source_key": self.key, "backs": held})])
        if self.key in self.state.expected:
            self.intake.finish()

    def result(self) -> ScanResult:
        """What came of it."""
        fronts = fronts_of(self.state, self.back_pass.sheets).values()
        documents = dict.fromkeys(split_page(page.id)[0] for page in fronts if Flag.COVER not in page.flags)
        counts = self.held, 0, self.held + 1, len(self.back_pass.sheets)
        return ScanResult(
            tuple(self._pages), tuple(documents), *counts, self.stopped, self.feeder.compromises, self.state
        )
