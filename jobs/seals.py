"""Seals: the event chain keeps the digest of every inventory that was published, and judges between copies by it.

A seal is an event ``seal`` of its case file, told in the transaction that tells of the publication. The first seal of
a version counts; a later one that says otherwise changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from archive.replication import Seals, inventory_digest, number
from core.events import Event, new_event
from core.files import digest
from jobs.home import Home

ACT = "seal"
DESTROYED = "destroy"
"""The act after which a case file is no more: its seals are kept, and nothing is missed."""


def seal_events(home: Home, case_file: str, after: str | None = None) -> list[Event]:
    """Seals of the versions of a case file behind ``after``, as they lie in the store; the same ones each time.

    Raises:
        IntegrityError: the case file's inventory cannot be read.
    """
    made = []
    for note in home.store.versions(case_file):
        if after is not None and number(note.name) <= number(after):
            continue
        sha = inventory_digest(home.store, case_file, note.name)
        told = new_event(ACT, case_file, note.user, version=note.name, inventory=sha)
        uid = digest([case_file, note.name, sha])[:32]
        made.append(Event(told.act, told.object, told.who, told.at, uid, details=told.details))
    return made


class SealBook:
    """All seals: of the chain, and of the outbox behind it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.read()

    def read(self) -> None:
        """Read the seals anew.

        Raises:
            IntegrityError: a record of the chain was changed.
        """
        self._seals: dict[str, dict[str, str]] = defaultdict(dict)
        self.destroyed = frozenset(told["object"] for told in self._home.chain.of_act(DESTROYED))
        waiting = [event for _, event in self._home.catalogue.waiting_events() if event.act == ACT]
        for told in self._home.chain.of_act(ACT):
            self._note(told["object"], told["details"]["version"], told["details"]["inventory"])
        self.note(waiting)

    def note(self, events: Iterable[Event]) -> None:
        """Take in the seals among events that were told just now."""
        for event in events:
            if event.act == ACT:
                self._note(event.object, event.details["version"], event.details["inventory"])

    def _note(self, case_file: str, version: str, sha512: str) -> None:
        self._seals[case_file].setdefault(version, sha512)

    def of(self, case_file: str) -> Seals:
        """Version → SHA-512 of its inventory; empty where nothing of the kind was published."""
        return self._seals.get(case_file, {})

    def heads(self) -> dict[str, str]:
        """Case file → newest version that was published; destroyed ones are left out."""
        return {
            name: max(versions, key=number)
            for name, versions in sorted(self._seals.items())
            if name not in self.destroyed
        }
