"""Single pages of the home's batches: replaced, inserted, moved, removed; catalogue and chain kept in step."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import BadInputError, UsageError
from core.events import new_event
from core.ids import case_file_of, split_page
from jobs.home import Home
from jobs.intake import Ordinals, load_batch, sync_batch, sync_journals
from jobs.profile import load_profile
from jobs.scanning import UsedPrints, held_of, opened
from jobs.tombstones import refuse_destroyed
from scanner import lineage
from scanner.acts import Act, Changed, Others
from scanner.backs.pairing import reorder, take_out
from scanner.backs.passes import BackOrder
from scanner.batch import BatchState
from scanner.driver import DeviceError, Picture
from scanner.names import readable
from scanner.options import ScanOptions
from scanner.sheets import FedFile
from scanner.writing import write_picture


def rescan(home: Home, page: str, source: Path | str, act: Act, settings: Mapping[str, str]) -> Changed:
    """Replace ``page`` by a file (a path) or by the next sheet of a device (its name).

    Raises:
        UsageError: there is no such page.
        BadInputError: the file cannot be used, or there was no paper.
        MissingToolError: the device is not there, the disk is full, or somebody works on the batch.
    """
    batch = batch_of(home, split_page(page)[0])
    lineage.check_counts(batch.folder, page)
    given = _given(source) if isinstance(source, Path) else _from_device(home, source, batch.options, settings)
    with given as file:
        changed = lineage.rescan(batch.folder, batch.lock, page, file, batch.options, act, batch.others)
    return told(home, "rescan", batch, changed, act)


def insert(home: Home, document: str, after: str | None, path: Path, act: Act) -> Changed:
    """A page more in ``document``, behind the page ``after`` or in front.

    Raises:
        As :func:`rescan`.
    """
    batch = batch_of(home, document)
    with _given(path) as file:
        changed = lineage.insert(batch.folder, batch.lock, document, after, file, batch.options, act, batch.others)
    return told(home, "insert", batch, changed, act)


def move(home: Home, page: str, after: str | None, act: Act) -> Changed:
    """``page`` to behind the page ``after`` of its document, or in front.

    Raises:
        UsageError: there is no such page.
    """
    batch = batch_of(home, split_page(page)[0])
    changed = lineage.move(batch.folder, batch.lock, page, after, act, batch.others)
    return told(home, "move", batch, changed, act)


def remove(home: Home, page: str, act: Act) -> Changed:
    """``page`` counts no more.

    Raises:
        UsageError: there is no such page.
    """
    batch = batch_of(home, split_page(page)[0])
    changed = lineage.remove(batch.folder, batch.lock, page, act, batch.others)
    return told(home, "remove", batch, changed, act)


def change_backs(home: Home, name: str, order: BackOrder | None, act: Act) -> BatchState:
    """Join the backs of the batch's last pass to its sheets in another order; ``None``: take them out.

    Raises:
        UsageError: there is no such batch or pass, or it has that order.
        MissingToolError: the disk is full, or somebody works on the batch.
    """
    known = load_batch(home, name)
    if not known.backs:
        raise UsageError("scanner.no-backs", batch=known.batch)
    batch = batch_of(home, next(iter(known.documents)))
    place = batch.folder, batch.lock
    state = take_out(*place, act, batch.others) if order is None else reorder(*place, order, act, batch.others)
    sync_batch(home, state.batch)
    home.record(new_event("backs", state.batch, act.by, reason=act.reason, order=order.value if order else None))
    return state


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """Where a batch lies, its lock, how its paper is scanned, and what it does not know by itself."""

    name: str
    folder: Path
    lock: Path
    options: ScanOptions
    others: Others


def batch_of(home: Home, document: str) -> HeldBatch:
    """The batch of a document.

    Raises:
        UsageError: there is no such document.
    """
    refuse_destroyed(home, case_file_of(document))
    sync_journals(home)
    row = home.catalogue.document(document)
    if row is None:
        raise UsageError("jobs.no-record", id=document)
    options = load_profile(row.profile, home.root).scan
    others = Others(Ordinals(home, row.batch, row.profile), UsedPrints(home, row.batch))
    return HeldBatch(row.batch, home.batch_folder(row.batch), home.lock_path(f"batch-{row.batch}"), options, others)


@contextmanager
def _given(path: Path) -> Iterator[FedFile]:
    yield FedFile(path, readable(path.absolute()))


@contextmanager
def _from_device(home: Home, device: str, options: ScanOptions, settings: Mapping[str, str]) -> Iterator[FedFile]:
    """One side of one sheet, kept while it is taken in."""
    with opened(device, replace(options, duplex=False), settings) as feeder:
        feeder.resume(held_of(home, feeder))
        sheet = feeder.feed()
    if sheet is None:
        raise BadInputError("scanner.no-paper", file=device)
    if sheet.doubled:
        raise DeviceError("scanner.double-feed", file=device)
    (side,) = sheet.sides
    if not isinstance(side, Picture):
        with _given(side) as file:
            yield file
        return
    # Not in the cache: a process that begins meanwhile empties what lies there in hand.
    with tempfile.TemporaryDirectory(prefix="butluc-rescan-") as folder:
        yield FedFile(write_picture(side, Path(folder) / "page", options.master), device, side.dpi or None)


def told(home: Home, what: str, batch: HeldBatch, changed: Changed, act: Act) -> Changed:
    sync_batch(home, batch.name)
    before = changed.before.sha256 if changed.before else None
    after = changed.page.sha256 if changed.page is not changed.before else None
    details = {"batch": batch.name, "instead_of": changed.before.id if changed.before else None}
    home.record(new_event(what, changed.page.id, act.by, reason=act.reason, before=before, after=after, **details))
    return changed
