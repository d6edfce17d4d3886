"""What is left of a destroyed case file, for ever: an event ``destroy`` in the chain, and its copy in ``tombstones/``.

The event is the decision and the proof; from the moment it stands in the chain the case file is destroyed, and whatever
is still there of it is remains. The file ``tombstones/CASE_FILE.json`` is that event for people and for backups, to the
byte; all that brings things into the home asks it first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.store import Store
from core.config import fill, plain
from core.errors import BadInputError
from core.events import Event
from core.files import disk_errors, write_atomic
from jobs.home import Home
from jobs.persons import same_person
from jobs.seals import DESTROYED

FOLDER = "tombstones"


def destroyed(home: Home) -> dict[str, dict[str, Any]]:
    """Case file → the event of its destruction; of the chain, and of the outbox behind it. Writes nothing.

    Raises:
        IntegrityError: a record of the chain was changed.
    """
    waiting = (plain(event) for _, event in home.catalogue.waiting_events() if event.act == DESTROYED)
    return {event["object"]: event for event in (*home.chain.of_act(DESTROYED), *waiting)}


def refuse_destroyed(home: Home, case_file: str, gone: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Stop where something would bring a destroyed case file back, or go on with it.

    Args:
        gone: what :func:`destroyed` told just now, for a caller who asks often.

    Raises:
        BadInputError: it was destroyed.
        IntegrityError: a record of the chain was changed.
    """
    event = (destroyed(home) if gone is None else gone).get(case_file)
    if event is not None:
        raise BadInputError(
            "jobs.destroyed", file=case_file, case_file=case_file, list=event["details"]["list"], at=event["at"][:10]
        )


def path_of(root: Path, case_file: str) -> Path:
    """Where the tombstone of a case file lies in a home, or on a medium."""
    return root / FOLDER / f"{case_file}.json"


def told(home: Home) -> dict[str, dict[str, Any]]:
    """Case file → the event of its destruction, as the chain has it.

    Raises:
        IntegrityError: a record of the chain was changed.
    """
    home.flush_events()
    return destroyed(home)


def text_of(event: Mapping[str, Any]) -> bytes:
    """The bytes of the tombstone of an event."""
    return (json.dumps(event, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def put_tombstones(root: Path, events: Iterable[Mapping[str, Any]]) -> None:
    """Write the tombstones of events that stand in the chain, in a home or beside the backups on a medium: whatever is
    restored from there knows of them, the oldest backup too.

    Raises:
        MissingToolError: the disk is full.
    """
    for event in events:
        path = path_of(root, event["object"])
        with disk_errors(path):
            path.parent.mkdir(exist_ok=True)
            if not path.exists() or path.read_bytes() != text_of(event):
                write_atomic(path, text_of(event))


def read_tombstones(folder: Path) -> list[Event]:
    """The events in a folder of tombstones, by name.

    Raises:
        BadInputError: a file is not a tombstone of the case file that it is named after, with two persons.
    """
    found = []
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            event = fill(Event, json.loads(path.read_bytes()), file=path)
            two = not same_person(event.details["proposed_by"], event.details["approved_by"])
            whole = two and (event.act, event.object) == (DESTROYED, path.stem) and event.details["list"]
        except (ValueError, TypeError, KeyError, AttributeError) as err:
            raise BadInputError("jobs.bad-tombstone", file=path) from err
        if not whole:
            raise BadInputError("jobs.bad-tombstone", file=path)
        found.append(event)
    return found


def adopt(home: Home, events: Iterable[Event]) -> list[str]:
    """Take over destructions that another copy of this archive remembers; the case files new to this one."""
    known = told(home)
    fresh = [event for event in events if event.object not in known]
    home.record(*fresh)
    put_tombstones(home.root, [*known.values(), *(plain(event) for event in fresh)])
    return [event.object for event in fresh]


def contradictions(home: Home) -> Iterator[dict[str, str]]:
    """Tombstones that are missing, changed or unproven, and remains of destroyed case files in the store."""
    events = told(home)
    named = {path.stem for path in home.path(FOLDER).glob("[!.]*.json")}
    for case_file in sorted(named | events.keys()):
        where = f"{FOLDER}/{case_file}.json"
        path = path_of(home.root, case_file)
        if case_file not in events:
            yield {"id": case_file, "what": "tombstone: unproven", "where": where, "detail": ""}
        elif not path.exists():
            yield {"id": case_file, "what": "tombstone: missing", "where": where, "detail": ""}
        elif path.read_bytes() != text_of(events[case_file]):
            yield {"id": case_file, "what": "tombstone: changed", "where": where, "detail": ""}
    yield from remains(home, home.store)


def remains(home: Home, store: Store) -> Iterator[dict[str, str]]:
    """Destroyed case files of which something is left in the home's store, or in a second copy."""
    for case_file, event in sorted(told(home).items()):
        where = store.place(case_file)
        if (store.root / where).exists():
            yield {"id": case_file, "what": "half-destroyed", "where": str(where), "detail": event["details"]["list"]}
