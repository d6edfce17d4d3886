"""Put finished documents into the store, then into the catalogue and the index.

The store is written first, in one step per case file; catalogue and index follow and can always be brought into step
again from the store (:func:`sync_store`, :mod:`jobs.indexing`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.replication import number as version_number
from core.events import Event, new_event
from jobs.home import Home
from jobs.packaging import EVENTS, read_events
from jobs.record import (
    alto_path,
    document_folder,
    hocr_path,
    is_record,
    master_path,
    pdf_path,
    read_page_ids,
    record_path,
)
from jobs.seals import SealBook, seal_events
from jobs.tombstones import destroyed
from jobs.versions import Changes, case_file_record, held_files, make_version, pretty
from jobs.worker import DocumentTask


def publish(home: Home, case_file: str, made: Sequence[tuple[DocumentTask, dict[str, Any]]], who: str) -> str:
    """A new version of a case file with the documents ``made``; the version's name. One without a PDF, whose pages are
    all elsewhere now, leaves only its record there.

    Raises:
        MissingToolError: the disk is full; the store is as before.
    """
    held = held_files(home, case_file)
    events = [event for task, record in made for event in _events(task, record, who)]
    changes: Changes = {}
    for task, record in made:
        changes.update(_document_changes(task, record, held))
    records = {record["id"]: record for record in _records(held)} | {record["id"]: record for _, record in made}
    about = case_file_record(home, case_file, held, records)
    events.append(new_event("publish", case_file, who, documents=len(made)))
    new = [record for _, record in made]
    ids = ", ".join(record["id"] for record in new)
    return make_version(home, about, changes, new, events, message=f"process: {ids}", who=who)


def publish_restored(home: Home, case_file: str, changes: Changes, who: str, backup: str) -> str:
    """A further version of a case file with files from a backup; the version's name.

    Raises:
        MissingToolError: the disk is full; the store is as before.
    """
    held = held_files(home, case_file)
    records = {record["id"]: record for record in _records(held)}
    for path, source in changes.items():
        if is_record(path) and isinstance(source, Path):
            record = json.loads(source.read_bytes())
            records[record["id"]] = record
    about = case_file_record(home, case_file, held, records)
    event = new_event("publish", case_file, who, reason=f"restore: {backup}", documents=len(records))
    return make_version(home, about, changes, list(records.values()), [event], message=f"restore: {backup}", who=who)


def _document_changes(task: DocumentTask, record: dict[str, Any], held: Mapping[str, Any]) -> Changes:
    folder = document_folder(task.id)
    changes: Changes = {path: None for path in held if path.startswith(f"{folder}/")}
    changes[record_path(task.id)] = pretty(record)
    if record["pdf"] is not None:
        changes[pdf_path(task.id)] = task.folder / f"{task.id}.pdf"
    for page in read_page_ids(record):
        changes[alto_path(page)] = task.folder / Path(alto_path(page)).name
        changes[hocr_path(page)] = task.folder / Path(hocr_path(page)).name
    for image in task.images:
        if master_path(image) not in held:
            changes[master_path(image)] = image.master
    return changes


def _events(task: DocumentTask, record: dict[str, Any], who: str) -> list[Event]:
    if record["pdf"] is None:
        return [new_event("withdraw", task.id, who, pages=len(record["pages"]))]
    pages = [page for page in record["pages"] if "reading" in page]
    engines = sorted({page["reading"]["engine"] for page in pages})
    events = [new_event("read", task.id, who, pages=len(pages), engines=engines)]
    if found := record.get("incoming_signatures"):
        events.append(new_event("note-signatures", task.id, who, signatures=found))
    for verdict in record["verdicts"]:
        events.append(
            new_event("check", task.id, who, check=verdict["check"], state=verdict["state"], tool=verdict["tool"])
        )
        if verdict["check"] == "pdfa-before":
            events.append(new_event("sign", task.id, who, after=record["pdf_sha256"]))
    return events


def _records(held: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(held[path].path.read_bytes()) for path in sorted(held) if is_record(path)]


def stored_records(home: Home, case_file: str) -> list[dict[str, Any]]:
    """The records of a case file as the store holds them."""
    return _records(home.store.files(case_file))


def stored_events(home: Home, case_file: str, version: str | None = None) -> list[Event]:
    """The events that the store keeps with a case file, in its newest version or in the one named."""
    path = home.store.files(case_file, version)[EVENTS].path
    return list(read_events(path.read_bytes(), path))


def sync_store(home: Home) -> None:
    """Copy into the catalogue what the store holds and it does not: a run was killed between the two."""
    home.store.recover()
    known = home.catalogue.versions()
    gone = destroyed(home)
    behind = [
        (case_file, head)
        for case_file, head in home.store.heads()
        if known.get(case_file) != head and case_file not in gone
    ]
    told = _Told(home)
    for case_file, head in behind:
        events = told.not_yet(case_file, known.get(case_file))
        home.catalogue.put_published(case_file, head, stored_records(home, case_file), *events)


class _Told:
    """Which of the store's events were told to the outbox already."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._chained: set[str] | None = None

    def not_yet(self, case_file: str, known: str | None) -> list[Event]:
        """The events of a case file since its version ``known`` came into the catalogue, events and all.

        Where there is no such version (a new catalogue, or the case file's first publication was cut off), the chain
        knows which were told.
        """
        events = stored_events(self._home, case_file)
        if known in {note.name for note in self._home.store.versions(case_file)}:
            fresh = events[len(stored_events(self._home, case_file, known)) :]
            return [*fresh, *seal_events(self._home, case_file, known)]
        if self._chained is None:
            self._chained = self._home.chain.uids()
        every = [*events, *seal_events(self._home, case_file)]
        return [event for event in every if event.uid not in self._chained]


def seal_late(home: Home) -> int:
    """Seal what an earlier release published without a seal: versions whose every event stands in the chain.

    Returns:
        How many versions were sealed.
    """
    book, told = SealBook(home), None
    made: list[Event] = []
    for case_file, head in home.store.heads():
        if head and head not in book.of(case_file):
            told = told or home.chain.uids()
            if all(event.uid in told for event in stored_events(home, case_file)):
                made += seal_events(home, case_file, max(book.of(case_file), key=version_number, default=None))
    if made:
        home.record(*made)
    return len(made)
