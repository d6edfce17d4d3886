"""What a running ``ingest`` has set out to do, so that the next one knows of it should it be killed.

``journal/BATCH/ingest.json`` lies there from before the first line is journalled until the event of the ingest is in
the outbox. An ingest of the same sources that finds it goes on in that batch, so that nothing is taken twice however
late the first one was killed, and tells of both in one event.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import fill, plain
from core.errors import BadInputError
from core.events import Event
from core.files import canonical_json, disk_errors, write_atomic
from jobs.home import Home
from scanner.journal import last_seq

_NAME = "ingest.json"


@dataclass(frozen=True, slots=True)
class Errand:
    """The keys of the sources to be taken, the journal's length before, the identity of the event to come, and whether
    it was begun ``again``."""

    keys: tuple[str, ...]
    since: int
    uid: str
    again: bool = False


def begin(home: Home, batch: str, keys: Sequence[str]) -> Errand:
    """Note what is to be taken into ``batch``, added to what a killed ingest had set out to take.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the batch folder cannot be written.
    """
    folder = home.batch_folder(batch)
    before = _read(folder / _NAME)
    if before is None:
        errand = Errand(tuple(keys), last_seq(folder) or 0, uuid.uuid4().hex)
    else:
        errand = Errand((*before.keys, *sorted({*keys} - {*before.keys})), before.since, before.uid, again=True)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / _NAME, canonical_json(plain(errand)).encode())
    return errand


def end(home: Home, batch: str, errand: Errand, happened: Event) -> None:
    """Record the event of the ingest, once, and strike the errand off."""
    if errand.again:
        home.flush_events()
    if not errand.again or not home.chain.holds(errand.uid):
        home.record(replace(happened, uid=errand.uid))
    (home.batch_folder(batch) / _NAME).unlink()


def forget_empty(home: Home, batch: str) -> None:
    """A batch into which nothing was journalled (a mistyped path, say) was never begun."""
    folder = home.batch_folder(batch)
    if {path.name for path in folder.iterdir()} <= {_NAME}:
        (folder / _NAME).unlink(missing_ok=True)
        folder.rmdir()


def broken_off(home: Home, keys: Sequence[str]) -> str | None:
    """The batch in which an ingest of one of these sources was broken off, if there is one."""
    for path in sorted(home.path("journal").glob(f"*/{_NAME}")):
        errand = _read(path)
        if errand is not None and set(errand.keys) & set(keys):
            return path.parent.name
    return None


def _read(path: Path) -> Errand | None:
    try:
        return fill(Errand, json.loads(path.read_bytes()), file=path)
    except (FileNotFoundError, ValueError, BadInputError):
        return None  # an ingest that ended, or a note that was damaged: the journal itself tells what was taken
