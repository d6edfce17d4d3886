"""What the ingests of a batch set out to take, so that the next one knows of it should one be killed.

``journal/BATCH/ingest.json`` is written before the first line is journalled and marked as done once the event of the
ingest is in the outbox. An ingest of the same sources that finds one not done goes on in that batch and tells of both
in one event. Where the batch is still open, because one of its files waits in quarantine, a later ingest goes on there
too. One that finds all done, and every file in that batch byte for byte, was repeated, perhaps because the first was
killed before anybody saw its answer: it goes to that batch too, which names the files and takes none twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import fill, plain
from core.errors import BadInputError
from core.events import Event
from core.files import canonical_json, disk_errors, write_atomic
from jobs.home import Home
from scanner.ingest import has_taken
from scanner.journal import last_seq
from scanner.replay import replay
from scanner.sources import Source

_NAME = "ingest.json"


@dataclass(frozen=True, slots=True)
class Errand:
    """The keys of the sources to be taken, the journal's length before, the identity of the event to come, whether it
    was begun ``again``, and whether it is ``done``."""

    keys: tuple[str, ...]
    since: int
    uid: str
    again: bool = False
    done: bool = False


def begin(home: Home, batch: str, keys: Sequence[str]) -> Errand:
    """Note what is to be taken into ``batch``, added to what was or should have been taken before.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the batch folder cannot be written.
    """
    folder = home.batch_folder(batch)
    before = _read(folder / _NAME) or Errand((), 0, "", done=True)
    kept = tuple(sorted({*before.keys, *keys}))
    if before.done:
        errand = Errand(kept, last_seq(folder) or 0, uuid.uuid4().hex)
    else:
        errand = Errand(kept, before.since, before.uid, again=True)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob(f".{_NAME}.*.part"):
            part.unlink()
    _write(folder, errand)
    return errand


def end(home: Home, batch: str, errand: Errand, happened: Event | None) -> None:
    """Record the event of the ingest, once, if there is one to tell, and strike the errand off."""
    if errand.again:
        home.flush_events()
    if happened is not None and not (errand.again and home.chain.holds(errand.uid)):
        home.record(replace(happened, uid=errand.uid))
    _write(home.batch_folder(batch), replace(errand, done=True))


def forget_empty(home: Home, batch: str) -> None:
    """A batch into which nothing was journalled (a mistyped path, say) was never begun."""
    folder = home.batch_folder(batch)
    if {path.name for path in folder.iterdir()} <= {_NAME}:
        (folder / _NAME).unlink(missing_ok=True)
        folder.rmdir()


def unfinished(home: Home, keys: Sequence[str]) -> str | None:
    """The batch with one of these sources whose ingest was broken off, or that is open, for a file of it waits."""
    for batch, errand in _errands(home):
        if set(errand.keys) & set(keys) and not (errand.done and _is_closed(home, batch)):
            return batch
    return None


def _is_closed(home: Home, batch: str) -> bool:
    return replay(home.batch_folder(batch)).state == "closed"


def repeated(home: Home, sources: Sequence[Source], keys: Sequence[str]) -> str | None:
    """The batch that holds every file of these sources already, byte for byte, from an ingest of the same sources."""
    for batch, errand in _errands(home):
        if set(keys) <= set(errand.keys):
            state = replay(home.batch_folder(batch))
            if all(has_taken(state, source, key) for source, key in zip(sources, keys, strict=True)):
                return batch
    return None


def _errands(home: Home) -> Iterator[tuple[str, Errand]]:
    for path in sorted(home.path("journal").glob(f"*/{_NAME}"), reverse=True):
        errand = _read(path)
        if errand is not None:
            yield path.parent.name, errand


def _read(path: Path) -> Errand | None:
    try:
        return fill(Errand, json.loads(path.read_bytes()), file=path)
    except (FileNotFoundError, ValueError, BadInputError):
        return None  # none yet, or one that was damaged: the journal itself tells what was taken


def _write(folder: Path, errand: Errand) -> None:
    write_atomic(folder / _NAME, canonical_json(plain(errand)).encode())
