"""Single pages of the home's batches: replaced, inserted, moved, removed; catalogue and chain kept in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from core.errors import BadInputError, UsageError
from core.events import new_event
from core.ids import split_page
from jobs.home import Home
from jobs.intake import sync_batch, sync_journals
from jobs.profile import load_profile
from scanner import lineage
from scanner.driver import Picture
from scanner.drivers import open_device
from scanner.lineage import Act, Changed
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
    batch, options = _batch(home, split_page(page)[0])
    folder, lock = home.batch_folder(batch), home.lock_path(f"batch-{batch}")

    def put(file: FedFile) -> Changed:
        return lineage.rescan(folder, lock, page, file, options, act)

    changed = put(_given(source)) if isinstance(source, Path) else _from_device(home, source, options, settings, put)
    return _told(home, "rescan", batch, changed, act)


def insert(home: Home, document: str, after: str | None, path: Path, act: Act) -> Changed:
    """A page more in ``document``, behind the page ``after`` or in front.

    Raises:
        As :func:`rescan`.
    """
    batch, options = _batch(home, document)
    folder, lock = home.batch_folder(batch), home.lock_path(f"batch-{batch}")
    changed = lineage.insert(folder, lock, document, after, _given(path), options, act)
    return _told(home, "insert", batch, changed, act)


def move(home: Home, page: str, after: str | None, act: Act) -> Changed:
    """``page`` to behind the page ``after`` of its document, or in front.

    Raises:
        UsageError: there is no such page.
    """
    batch, _ = _batch(home, split_page(page)[0])
    changed = lineage.move(home.batch_folder(batch), home.lock_path(f"batch-{batch}"), page, after, act)
    return _told(home, "move", batch, changed, act)


def remove(home: Home, page: str, act: Act) -> Changed:
    """``page`` counts no more.

    Raises:
        UsageError: there is no such page.
    """
    batch, _ = _batch(home, split_page(page)[0])
    changed = lineage.remove(home.batch_folder(batch), home.lock_path(f"batch-{batch}"), page, act)
    return _told(home, "remove", batch, changed, act)


def _batch(home: Home, document: str) -> tuple[str, ScanOptions]:
    """The batch of a document, and how its paper is scanned."""
    sync_journals(home)
    row = home.catalogue.document(document)
    if row is None:
        raise UsageError("jobs.no-record", id=document)
    return row.batch, load_profile(row.profile, home.root).scan


def _given(path: Path) -> FedFile:
    return FedFile(path, readable(path.absolute()))


def _from_device(
    home: Home, device: str, options: ScanOptions, settings: Mapping[str, str], put: Callable[[FedFile], Changed]
) -> Changed:
    """One side of one sheet, kept while it is taken in."""
    feeder = open_device(device, replace(options, duplex=False), {**options.settings, **settings})
    try:
        feeder.resume({})
        sheet = feeder.feed()
    finally:
        feeder.close()
    if sheet is None:
        raise BadInputError("scanner.no-paper", file=device)
    (side,) = sheet.sides
    if not isinstance(side, Picture):
        return put(_given(side))
    work = home.path("cache") / "work"
    work.mkdir(parents=True, exist_ok=True)
    path = write_picture(side, work / "rescan", options.master)
    try:
        return put(FedFile(path, device, side.dpi or None))
    finally:
        path.unlink()


def _told(home: Home, what: str, batch: str, changed: Changed, act: Act) -> Changed:
    sync_batch(home, batch)
    before = changed.before.sha256 if changed.before else None
    after = changed.page.sha256 if changed.page is not changed.before else None
    details = {"batch": batch, "instead_of": changed.before.id if changed.before else None}
    home.record(new_event(what, changed.page.id, act.by, reason=act.reason, before=before, after=after, **details))
    return changed
