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
from scanner.backs.passes import BackOrder, BackPass, backs_of, beyond, fronts_of, is_live
from scanner.batch import BatchState, stack_of
from scanner.covers.reading import Found
from scanner.driver import DeviceError, FedSheet, Feeder
from scanner.intake import Intake, Origin
from scanner.journal import Journal
from scanner.masters import clear_leftovers
from scanner.replay import replayed
from scanner.scan import ScanResult, Stack
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
    if known is None and max(_sheets(state, key).values(), default=1) > 1:
        raise UsageError("scanner.both-sides-held", batch=state.batch)
    return key


def _sheets(state: BatchState, key: str) -> dict[int, int]:
    """Sheets of the stack, in ascending order, and how many pages of each count that are no backs."""
    own = {document.id for document in state.documents.values() if stack_of(document.source_key) == key}
    live = (page.id for page in state.pages if is_live(page) and page.id not in state.back_of)
    return dict(sorted(Counter(state.sheets[page] for page in live if split_page(page)[0] in own).items()))


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
        """Backs that are journalled and count."""
        return len(backs_of(self.state, self.back_pass)) + len(beyond(self.state, self.back_pass))

    def begin(self, order: BackOrder) -> None:
        """Note the pass, unless it goes on."""
        if self.key not in self.state.backs:
            sheets = list(_sheets(self.state, self.key))
            about = {"source_key": self.key, "order": order.value, "sheets": sheets, "by": self.stack.by}
            device = {"device": self.feeder.device.name}
            self.intake.note([("backs", {**about, **device})])
        self.feeder.resume({**self.stack.elsewhere, **held_by(self.state)})

    def feed(self, watcher: Watcher) -> None:
        """Backs, one after the other, until there is no more paper: one too many tells that a front is missing."""
        while True:
            place = self._next()
            if self.feeder.by_hand and (place is None or (self._pages and not watcher.has_next(self.held + 1))):
                return
            try:
                sheet = self.feeder.feed()
            except ButlucError as err:
                self.stopped = err
                return
            if sheet is None:
                return
            try:
                page = self._take(sheet, place)
            except ButlucError as err:  # no room, or nothing may be written: the sheet counts as not fed
                self.stopped = err
                return
            if page is None or self.stopped is not None:
                return
            gate = self.state.gate
            watcher.took(self.held, [page], [gate[page.id]] if page.id in gate else [])
            if not self._grant(watcher, page):
                return

    def _next(self) -> int | None:
        """Sheet whose back is fed next; ``None`` where all have theirs."""
        have = backs_of(self.state, self.back_pass)
        return next((sheet for sheet in self.back_pass.plan() if sheet not in have), None)

    def _take(self, fed: FedSheet, place: int | None) -> PageImage | None:
        """Write the side and take it into the batch; ``None`` where it cannot be decoded, which stops the pass."""
        state, options = self.state, self.stack.options
        number = place or state.last_sheet + 1
        shows_cover = options.covers and read_sides(fed.sides, options)[0].reading.found is not Found.NOTHING
        folder = self.intake.folder / INCOMING
        (file,) = written(fed, folder, number, self.feeder.device.name, options.master)
        origin = file.origin.removesuffix("-1") + "-2" if file.path != fed.sides[0] else file.origin
        before = len(state.pages)
        self._take_side(replace(file, origin=origin), fed.doubled, place, number)
        if file.path != fed.sides[0]:
            file.path.unlink()
        if len(state.pages) == before:
            self.stopped = self.intake.findings.rejected[-1].error
            return None
        page = state.pages[-1]
        self._pages.append(page)
        if fed.doubled:
            self._give_back(page, "double-feed")
            self.stopped = DeviceError("scanner.double-feed", file=self.feeder.device.name)
        elif shows_cover:
            self._give_back(page, "cover")
            self.stopped = DeviceError("scanner.backs-show-cover", file=self.feeder.device.name)
        return page

    def _take_side(self, file: FedFile, doubled: bool, place: int | None, number: int) -> None:
        fronts = fronts_of(self.state, self.back_pass.sheets)
        front = fronts[place if place is not None else self.back_pass.sheets[-1]]
        document = self.state.documents[split_page(front.id)[0]]
        origin = Origin(document.source_key, document.label, document.source, scanned=True)
        cover: dict[str, Any] | None = {} if place is not None and Flag.COVER in front.flags else None
        back = replace(file, cover=cover, back=True, back_of=front.id if place is not None else None)
        sides = (back,) if place is None else (FedFile(front.master, front.origin), back)
        self.intake.take_side(origin, Sheet(sides, doubled), len(sides) - 1, number)

    def _grant(self, watcher: Watcher, page: PageImage) -> bool:
        """Do what the operator wants with the back that was just taken; whether the pass goes on."""
        while (wish := watcher.wish()) is not None:
            if wish is Wish.FINISH:
                return False
            if wish is Wish.AGAIN:
                self._give_back(page, "again")
                return True
            self.intake.note([("marked", {"pages": [page.id], "by": self.stack.by})])
        return True

    def _give_back(self, page: PageImage, reason: str) -> None:
        self.intake.note([("removed", {"pages": [page.id], "reason": reason, "by": self.stack.by})])

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
        counts = self.held, 0, len(self.back_pass.sheets)
        return ScanResult(
            tuple(self._pages), tuple(documents), *counts, self.stopped, self.feeder.compromises, self.state
        )
