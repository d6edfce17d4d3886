"""Holds: a case file, or all of a fonds, that must not be destroyed whatever its period says; kept in the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config import plain
from core.errors import UsageError
from core.events import new_event
from core.ids import fonds_of
from core.text import nfc
from jobs.home import Home
from jobs.tombstones import refuse_destroyed

HOLD, RELEASE = "hold", "release"


@dataclass(frozen=True, slots=True)
class Hold:
    """On what (a case file or a fonds), why, by whom and since when."""

    id: str
    reason: str
    who: str
    at: str


def holds(home: Home) -> dict[str, Hold]:
    """All holds in force, by what they hold.

    Raises:
        IntegrityError: a record of the chain was changed.
    """
    home.flush_events()
    happened = [*home.chain.of_act(HOLD), *home.chain.of_act(RELEASE)]
    found: dict[str, Hold] = {}
    for event in sorted(happened, key=lambda event: int(event["details"]["turn"])):
        if event["act"] == HOLD:
            found[event["object"]] = Hold(event["object"], event["reason"], event["who"], event["at"])
        else:
            found.pop(event["object"], None)
    return found


def held_by(found: Mapping[str, Hold], case_file: str) -> Hold | None:
    """The hold on a case file, its own or that of its fonds."""
    return found.get(case_file) or found.get(fonds_of(case_file))


def set_hold(home: Home, identifier: str, reason: str, who: str, *, on: bool) -> dict[str, Any]:
    """Put a hold on a case file or fonds, or take it away.

    Raises:
        UsageError: nothing of that name is held, or it has a hold already, or none.
        BadInputError: its destruction is decided.
    """
    name = nfc(identifier)
    known = home.catalogue.versions()
    if name not in known and name not in {fonds_of(case_file) for case_file in known}:
        raise UsageError("jobs.no-record", id=name)
    with home.lock("retention", wait=True):
        refuse_destroyed(home, name)
        found = holds(home)
        if on == (name in found):
            raise UsageError("jobs.hold-already" if on else "jobs.hold-none", id=name)
        turn = sum(1 for act in (HOLD, RELEASE) for _ in home.chain.of_act(act)) + 1
        home.record(new_event(HOLD if on else RELEASE, name, who, reason=reason, turn=turn))
        return {"id": name, "held": on, "holds": [plain(entry) for entry in holds(home).values()]}
