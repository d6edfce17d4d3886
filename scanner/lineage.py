"""What a person does to single pages of a batch: replace, insert, move, remove. Nothing is deleted.

Each act is one line of the journal, with a name and a reason. A closed batch is opened for it and closed again if it
still adds up. The document has a new form then, and is made anew by the next ``process``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import ids
from core.errors import BadInputError, UsageError
from core.model import Flag, PageImage
from scanner.acts import Act, Amended, Changed, Others, amending, live
from scanner.batch import counts
from scanner.covers.reading import NOTHING, Found
from scanner.gate.streaks import RollerHistory
from scanner.intake import Kept, notes_of, page_fields
from scanner.masters import hash_source, keep_master
from scanner.measure import measure
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.sheets import FedFile
from scanner.stacks import PREFIX, note_of, read_sides


def check_counts(folder: Path, page: str) -> None:
    """Refuse, before paper is fed for it, a page that :func:`rescan` would refuse.

    Raises:
        UsageError: as there.
    """
    live(replay(folder), page)


def rescan(
    folder: Path, lock: Path, page: str, file: FedFile, options: ScanOptions, act: Act, others: Others
) -> Changed:
    """Another picture takes the place of ``page``, which counts no more; the gate judges it. Of a cover it is read
    as one, and parts the stack anew.

    Raises:
        UsageError: there is no such page in the batch, it counts no more already, or it is a cover in a stack that is
            not at its end.
        BadInputError: the file cannot be used, or holds more than one page.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    with amending(folder, lock, act, others) as batch:
        old = batch.live(page)
        place = {"sheet": batch.state.sheets[page], "after": page, "supersedes": page}
        cover = _cover(batch, file, options, old)
        return Changed(_add(batch, file, options, ids.split_page(page)[0], place, cover), old, batch.state)


def insert(
    folder: Path,
    lock: Path,
    document: str,
    after: str | None,
    file: FedFile,
    options: ScanOptions,
    act: Act,
    others: Others,
) -> Changed:
    """A page more in ``document``, behind the page ``after`` or in front of all: a sheet of its own.

    Raises:
        As :func:`rescan`.
    """
    with amending(folder, lock, act, others) as batch:
        batch.document(document)
        place = {"sheet": batch.state.last_sheet + 1, "after": _neighbour(batch, document, after)}
        return Changed(_add(batch, file, options, document, place), None, batch.state)


def move(folder: Path, lock: Path, page: str, after: str | None, act: Act, others: Others) -> Changed:
    """``page`` to another place in its document: behind ``after``, or in front of all.

    Raises:
        UsageError: there is no such page in the batch or the document, or it is a cover.
    """
    with amending(folder, lock, act, others) as batch:
        moved = batch.live(page)
        if Flag.COVER in moved.flags:
            raise UsageError("scanner.cover-moves-not", page=page)
        place = _neighbour(batch, ids.split_page(page)[0], after)
        if place == page:
            raise UsageError("scanner.after-itself", page=page)
        batch.note([("moved", {"page": page, "after": place, **act.fields})])
        return Changed(moved, None, batch.state)


def remove(folder: Path, lock: Path, page: str, act: Act, others: Others) -> Changed:
    """``page`` counts no more; its master stays. A cover that is taken out, with the sides of its
    sheet that say nothing, parts no more.

    Raises:
        UsageError: there is no such page in the batch, or it counts no more already.
    """
    with amending(folder, lock, act, others) as batch:
        gone = batch.live(page)
        sheet = [it for it in batch.state.pages if batch.state.sheets[it.id] == batch.state.sheets[page] and counts(it)]
        nothing = [it.id for it in sheet if Flag.COVER in it.flags and it.id not in batch.state.covers_read]
        pages = [page, *(it for it in nothing if it != page and page in batch.state.covers_read)]
        batch.note([("removed", {"pages": pages, **act.fields})])
        batch.part_anew(batch.stack(page))
        return Changed(gone, gone, batch.state)


def _neighbour(batch: Amended, document: str, after: str | None) -> str | None:
    """The page behind which one is put, of the same document."""
    if after is not None and after not in batch.state.order.get(document, []):
        raise UsageError("scanner.no-such-page", page=after, batch=batch.state.batch)
    return after


def _cover(batch: Amended, file: FedFile, options: ScanOptions, old: PageImage) -> Mapping[str, Any] | None:
    """What the new picture of ``old`` shows, as the journal keeps it: of a cover on which nothing can be read what was
    read before, null for a page."""
    key, state = batch.stack(old.id), batch.state
    reads = key.startswith(PREFIX) and options.covers
    reading = read_sides([file.path], options)[0].reading if reads else NOTHING
    if reading.payload is None and reading.found is not Found.PATCH_T:
        return state.covers_read.get(old.id, {}) if Flag.COVER in old.flags else None
    batch.ended(key)
    return note_of(reading)


def _add(
    batch: Amended,
    file: FedFile,
    options: ScanOptions,
    document: str,
    place: dict[str, Any],
    cover: Mapping[str, Any] | None = None,
) -> PageImage:
    """Measure, keep and journal a page, and part its stack anew."""
    state = batch.state
    sha256 = hash_source(file.path)
    info, pages = measure(file.path, options, file.dpi, RollerHistory() if "supersedes" in place else None)
    if len(pages) != 1:
        raise BadInputError("scanner.one-page", file=file.origin, pages=len(pages))
    (page,) = pages
    if cover is not None and (cover or Flag.BLANK in page.flags):
        page = replace(page, flags=page.flags | {Flag.COVER})
        place = {**place, "cover": dict(cover)} if cover else place
    kept = Kept(keep_master(file.path, batch.folder, sha256, info.extension), sha256, info.kind, file.origin)
    name = ids.page_id(document, state.last_pages[document] + 1)
    fields = page_fields(page, kept, name, state.batch, len(state.pages) + 1)
    key = state.documents[document].source_key
    data = {"document": document, "source_key": key, "frames": 1, **place, **notes_of(page), **batch.act.fields}
    data["page"] = fields
    batch.note([("page", data)])
    return batch.parted_anew(name)
