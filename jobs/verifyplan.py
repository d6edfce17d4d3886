"""What a run of ``verify`` looks at: what is soon seen at once, the rest as one task for each case file and root."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select

from archive.fixity import object_places, verify_root
from archive.store import Store
from core.errors import IntegrityError, UsageError
from core.ids import kind_of, split_document, split_page
from jobs.checks import STORE
from jobs.copies import chosen
from jobs.examining import Task, damage_entry
from jobs.holdings import holdings
from jobs.home import Home
from jobs.publish import stored_events
from jobs.runs import Asked
from jobs.schema import documents
from jobs.seals import SealBook
from jobs.tombstones import contradictions, remains


@dataclass(frozen=True, slots=True)
class Unit:
    """A case file in a storage root, ``store`` or the name of a copy; ``least`` is the version that must be there."""

    root: str
    store: Store
    place: PurePosixPath
    case_file: str
    least: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.root, self.case_file


class Plan:
    """What there is to do. ``at_once`` holds what was found while it was made, ``chain`` what the event chain showed.

    Raises:
        UsageError: an identifier that is not held, or a copy that the settings do not have.
        MissingToolError, BadInputError: a copy is not there.
    """

    def __init__(self, home: Home, asked: Asked, verapdf: Path) -> None:
        self._home, self._verapdf = home, verapdf
        home.store.recover()
        self._drawn = _drawn(home, asked)
        self._whole = not asked.ids and asked.sample is None
        self.at_once = [damage_entry(damage) for damage in verify_root(home.store.root)]
        self.chain = self._check_chain()
        self._published = {name: head for name, head in home.catalogue.versions().items() if head is not None}
        self._book = self._seals()  # behind the catalogue: what was published in between has its seal by then
        copies = {copy.name: copy.open() for copy in chosen(home, asked.copies)} if asked.copies else {}
        self.units = [*self._own(), *(unit for name, store in copies.items() for unit in self._of_copy(name, store))]

    @property
    def size(self) -> int:
        """How many documents are to be looked at."""
        return sum(map(len, self._drawn.values()))

    @property
    def lost(self) -> int:
        """How many of them belong to case files that are gone."""
        held = {unit.case_file for unit in self.units}
        return sum(len(ids) for name, ids in self._drawn.items() if name not in held)

    def task(self, unit: Unit, run: str) -> Task:
        """The work to be done for a unit, with what the catalogue knows of its documents."""
        name, home = unit.case_file, self._home
        drawn = self._drawn.get(name, frozenset()) if unit.root == STORE else frozenset()
        rows = tuple(row for row in home.catalogue.documents(case_file=name) if row.id in drawn) if drawn else ()
        return Task(
            root=unit.root,
            store=unit.store,
            place=unit.place,
            case_file=name,
            documents=rows,
            seals=dict(self._book.of(name)) if self._book else {},
            least=unit.least,
            home=home.root,
            signature=home.signature,
            verapdf=self._verapdf,
            run=run,
        )

    def _check_chain(self) -> dict[str, Any]:
        found = self._home.chain.verify()
        if found.first_bad is not None:
            where, details = f"audit/{found.first_bad}", {"events": found.events}
            self.at_once.append({"id": "", "what": "chain", "where": where, "code": "chain", "details": details})
        return {"ok": found.ok, "events": found.events, "head": found.head}

    def _seals(self) -> SealBook | None:
        """The seals; none are known where the chain that keeps them is damaged."""
        with suppress(IntegrityError):
            return SealBook(self._home)
        return None

    def _own(self) -> list[Unit]:
        """The case files in the home's store; of all of them, those that are gone are missed here."""
        store, heads = self._home.store, self._book.heads() if self._book else {}
        places = [(store.place(name), name) for name in sorted(self._drawn)]
        if self._whole:
            known = {*heads, *self._published}
            self._miss(known - (self._book.destroyed if self._book else set()))
            self.at_once += self._cut_off(self._book) if self._book else []
            self.at_once += [_flat(entry) for entry in contradictions(self._home)] if self._book else []
            places = object_places(store.root)
        return [Unit(STORE, store, place, name, heads.get(name)) for place, name in places]

    def _cut_off(self, book: SealBook) -> list[dict[str, Any]]:
        """Case files of whose newest version the chain tells nothing: its end is gone. One that an earlier release
        published without a seal is told of by its other events."""
        names = [name for name, head in self._published.items() if head not in book.of(name)]
        chained = self._home.chain.uids() if names else set()
        found = []
        for name in names:
            with suppress(IntegrityError, KeyError, OSError):  # damage to its bytes is found when it is looked at
                if stored_events(self._home, name, self._published[name])[-1].uid not in chained:
                    found.append({"id": name, "what": "chain: cut off", "where": "audit"})
        return [{**entry, "code": "chain-cut", "details": {}} for entry in found]

    def _miss(self, known: set[str]) -> None:
        places = {name: self._home.store.place(name) for name in sorted(known)}
        for name, place in places.items():
            if not (self._home.store.root / place).exists():
                entry = {"id": name, "what": "missing", "where": str(place), "detail": ""}
                self.at_once.append({**entry, "code": "missing", "details": {}})

    def _of_copy(self, name: str, store: Store) -> list[Unit]:
        if self._whole:
            self.at_once += [damage_entry(damage, copy=name) for damage in verify_root(store.root)]
            left = remains(self._home, store) if self._book else ()
            self.at_once += [{**_flat(entry), "copy": name} for entry in left]
        rows = holdings(self._home, self._book, {name: store}) if self._book else []
        chosen_rows = [row for row in rows if row.root == name and (self._whole or row.case_file in self._drawn)]
        return [Unit(name, store, store.place(row.case_file), row.case_file, row.version) for row in chosen_rows]


def _flat(entry: dict[str, str]) -> dict[str, Any]:
    return {**entry, "code": entry["what"].replace(": ", "-"), "details": {}}


def _drawn(home: Home, asked: Asked) -> dict[str, frozenset[str]]:
    """Case file → those of its archived documents that are to be looked at."""
    pdf = documents.c.record["pdf"].as_string()
    query = select(documents.c.id).where(documents.c.label != "", pdf.is_not(None))
    with home.catalogue.transaction() as connection:
        held = list(connection.scalars(query.order_by(documents.c.case_file, documents.c.ordinal)))
    if asked.ids:
        wanted = {split_page(name)[0] if kind_of(name) == "page" else name for name in asked.ids}
        known = {*held, *(split_document(name)[0] for name in held)}
        for name in sorted(wanted - known):
            raise UsageError("jobs.no-record", id=name)
        held = [name for name in held if name in wanted or split_document(name)[0] in wanted]
    if asked.sample is not None and asked.sample < len(held):
        held = random.Random(asked.seed).sample(held, asked.sample)
    found: dict[str, set[str]] = {}
    for name in held:
        found.setdefault(split_document(name)[0], set()).add(name)
    return {name: frozenset(ids) for name, ids in found.items()}
