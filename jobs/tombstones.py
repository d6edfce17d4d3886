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

from core.config import fill, plain
from core.errors import BadInputError
from core.events import Event
from core.files import disk_errors, write_atomic
from jobs.home import Home
from jobs.seals import DESTROYED

FOLDER = "tombstones"


def destroyed(home: Home) -> frozenset[str]:
    """The identifiers of all destroyed case files, as the names of the tombstones tell."""
    return frozenset(path.stem for path in home.path(FOLDER).glob("[!.]*.json"))


def is_destroyed(home: Home, case_file: str) -> bool:
    """Whether there is a tombstone of the case file."""
    return path_of(home, case_file).exists()


def refuse_destroyed(home: Home, case_file: str) -> None:
    """Stop where something would bring a destroyed case file back.

    Raises:
        BadInputError: it was destroyed.
    """
    if is_destroyed(home, case_file):
        told = json.loads(path_of(home, case_file).read_bytes())
        raise BadInputError(
            "jobs.destroyed", file=case_file, case_file=case_file, list=told["details"]["list"], at=told["at"][:10]
        )


def path_of(home: Home, case_file: str) -> Path:
    """Where the tombstone of a case file lies."""
    return home.path(FOLDER, f"{case_file}.json")


def told(home: Home) -> dict[str, dict[str, Any]]:
    """Case file → the event of its destruction, as the chain has it.

    Raises:
        IntegrityError: a record of the chain was changed.
    """
    home.flush_events()
    return {event["object"]: event for event in home.chain.of_act(DESTROYED)}


def text_of(event: Mapping[str, Any]) -> bytes:
    """The bytes of the tombstone of an event."""
    return (json.dumps(event, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def put_tombstones(home: Home, events: Iterable[Mapping[str, Any]]) -> None:
    """Write the tombstones of events that stand in the chain.

    Raises:
        MissingToolError: the disk is full.
    """
    for event in events:
        path = path_of(home, event["object"])
        with disk_errors(path):
            path.parent.mkdir(exist_ok=True)
            if not path.exists() or path.read_bytes() != text_of(event):
                write_atomic(path, text_of(event))


def read_tombstones(folder: Path) -> list[Event]:
    """The events in a folder of tombstones, by name.

    Raises:
        BadInputError: a file is not a tombstone.
    """
    found = []
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            found.append(fill(Event, json.loads(path.read_bytes()), file=path))
        except ValueError as err:
            raise BadInputError("jobs.bad-tombstone", file=path) from err
    return found


def adopt(home: Home, events: Iterable[Event]) -> list[str]:
    """Take over destructions that another copy of this archive remembers; the case files new to this one."""
    known = told(home)
    fresh = [event for event in events if event.object not in known]
    home.record(*fresh)
    put_tombstones(home, [*known.values(), *(plain(event) for event in fresh)])
    return [event.object for event in fresh]


def contradictions(home: Home) -> Iterator[dict[str, str]]:
    """Tombstones that are missing, changed or unproven, and remains of destroyed case files in the store."""
    events = told(home)
    for case_file in sorted(destroyed(home) | events.keys()):
        where = f"{FOLDER}/{case_file}.json"
        path = path_of(home, case_file)
        if case_file not in events:
            yield {"id": case_file, "what": "tombstone: unproven", "where": where, "detail": ""}
        elif not path.exists():
            yield {"id": case_file, "what": "tombstone: missing", "where": where, "detail": ""}
        elif path.read_bytes() != text_of(events[case_file]):
            yield {"id": case_file, "what": "tombstone: changed", "where": where, "detail": ""}
        if case_file in events and (home.store.root / home.store.place(case_file)).exists():
            where, number = str(home.store.place(case_file)), events[case_file]["details"]["list"]
            yield {"id": case_file, "what": "half-destroyed", "where": where, "detail": number}
