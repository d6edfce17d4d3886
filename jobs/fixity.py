"""Look at the bytes of all storage roots again, longest unseen first and within a budget; put right what is damaged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.fixity import Damage, verify_root
from archive.healing import Healing, heal, heal_root
from archive.sealed import verify_sealed
from archive.store import Store
from core.errors import ButlucError, IntegrityError, MissingToolError
from core.events import new_event, now
from jobs.agreement import Agreement
from jobs.checks import STORE, Check, put_check
from jobs.copies import chosen, stores
from jobs.holdings import Holding, coverage, holdings
from jobs.home import Home
from jobs.publish import seal_late
from jobs.seals import SealBook

Progress = Callable[[int, int], None]
CATALOGUE = "catalogue"
_MOST = 20
"""So many damaged places of a case file are named in its event; all are counted."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much to look at; ``None`` for no limit. At least one case file is looked at."""

    seconds: float | None = None
    bytes: int | None = None


@dataclass
class Found:
    """What a run looked at and what it found."""

    checked: int = 0
    bytes: int = 0
    damaged: list[dict[str, Any]] = field(default_factory=list)
    unreachable: list[tuple[str, ButlucError]] = field(default_factory=list)


def run_fixity(home: Home, who: str, budget: Budget, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """Check, heal and write down; every damage has an event ``damage``, every healing one ``heal``.

    Raises:
        MissingToolError: another such run is at work, or the disk is full.
        IntegrityError: the event chain is damaged, so nothing can be judged.
    """
    with home.lock("fixity"):
        started = time.monotonic()
        demand_store(home)
        home.store.recover()
        seal_late(home)
        look = _Look(home, who)
        look.roots()
        rows = holdings(home, look.book, look.stores)
        present = [row for row in rows if row.root in look.stores]
        for done, row in enumerate(present):
            progress(done, len(present))
            if done and _spent(budget, look.found, time.monotonic() - started):
                break
            look.at(row)
        found = look.found
        healed = sum(1 for entry in found.damaged if entry["healed"])
        figures: dict[str, Any] = {
            "checked": found.checked,
            "bytes": found.bytes,
            "damaged": len(found.damaged),
            "healed": healed,
        }
        home.record(new_event("fixity", STORE, who, **figures))
        left = len(present) - found.checked
        after = coverage(holdings(home, look.book, look.stores), 30)
    return {
        "checked": found.checked,
        "bytes": found.bytes,
        "left": left,
        "damaged": found.damaged,
        "healed": healed,
        "broken": len(found.damaged) - healed,
        "unreachable": found.unreachable,
        "percent": after["percent"],
        "seconds": round(time.monotonic() - started, 3),
    }


def demand_store(home: Home) -> None:
    """Stop where the store is not there at all: it would be brought back into the mount point of its own disk.

    Raises:
        IntegrityError: the folder is missing or empty.
    """
    home.demand("store", "audit")
    if not any(home.store.root.iterdir()):
        raise IntegrityError("jobs.part-missing", file=home.store.root)


def fixity_status(home: Home, days: int) -> dict[str, Any]:
    """How much of the holdings was checked within so many days, and what is known to be broken."""
    found, missing = stores(home, home.copies)
    answer = coverage(holdings(home, SealBook(home), found), days)
    return {**answer, "unreachable": missing}


def _spent(budget: Budget, found: Found, seconds: float) -> bool:
    late = budget.seconds is not None and seconds >= budget.seconds
    return late or (budget.bytes is not None and found.bytes >= budget.bytes)


class _Look:
    """One run: the storage roots that are there, the seals, and what was found so far."""

    def __init__(self, home: Home, who: str) -> None:
        self._home, self._who = home, who
        self.found = Found()
        self.stores, self.found.unreachable = stores(home, chosen(home, ()))
        self.book = SealBook(home)
        self._agreement: Agreement | None = None

    def roots(self) -> None:
        """Look at the storage roots' own files and at what lies about between objects."""
        for name, store in self.stores.items():
            damage = verify_root(store.root)
            if damage:
                strays = [entry.where for entry in damage if entry.what in ("unknown", "empty-folder")]
                done = heal_root(store, self._aside(name, "root"), strays)
                self._tell(name, "", damage, verify_root(store.root), done)

    def at(self, row: Holding) -> None:
        """Look at a case file; what is damaged is put right as far as any copy can help."""
        store = self.stores[row.root]
        with ExitStack() as held:
            found = self._damage(store, row)
            if found:
                if row.root == STORE and not self._alone(held):
                    return  # it is being published; next time
                self.book.read()
                found = self._damage(store, row)
            result = self._put_right(store, row, found) if found else "good"
        if row.root == STORE and result != "broken":
            self._agree(row.case_file)
        size = _size(store.root / store.place(row.case_file))
        self.found.checked += 1
        self.found.bytes += size
        put_check(self._home, Check(row.root, row.case_file, row.version, now(), size, result))

    def _damage(self, store: Store, row: Holding) -> list[Damage]:
        return verify_sealed(store, row.case_file, self.book.of(row.case_file), row.version)

    def _put_right(self, store: Store, row: Holding, found: list[Damage]) -> str:
        seals = self.book.of(row.case_file)
        done, left = Healing(), found
        if row.version in seals and all(damage.what != "unsealed" for damage in found):
            others = [(name, other) for name, other in self.stores.items() if name != row.root]
            done = heal(store, row.case_file, seals, row.version, others, self._aside(row.root, row.case_file))
            left = self._damage(store, row)
        self._tell(row.root, row.case_file, found, left, done)
        return "broken" if left else "healed"

    def _tell(self, root: str, case_file: str, found: list[Damage], left: list[Damage], done: Healing) -> None:
        """Events, and the entries of the answer."""
        places = [{"what": damage.what, "where": damage.where} for damage in found[:_MOST]]
        about: dict[str, Any] = {"copy": root, "places": places, "count": len(found)}
        events = [new_event("damage", case_file or root, self._who, **about)]
        if done.healed or done.aside:
            told: dict[str, Any] = {"copy": root, "files": len(done.healed), "whole": not left}
            told |= {"sources": sorted({name for _, name in done.healed}), "moved": done.aside[:_MOST]}
            events.append(new_event("heal", case_file or root, self._who, **told))
        self._home.record(*events)
        lost = {damage.where for damage in left}
        source = dict(done.healed)
        for damage in found:
            entry = {"copy": root, **asdict(damage), "healed": not left or damage.where not in lost}
            self.found.damaged.append(entry | {"source": source.get(damage.where)})

    def _agree(self, case_file: str) -> None:
        """Compare the catalogue with the store, and copy it anew where it says something else."""
        with ExitStack() as held:
            if not self._alone(held):
                return
            self._agreement = self._agreement or Agreement(self._home)
            wrong = self._agreement.differences(case_file)
            if not wrong:
                return
            self._agreement.mend(case_file)
            left = self._agreement.differences(case_file)
            found = [Damage(name, "catalogue", "catalogue.db", "differs from the store") for name in wrong]
            after = [damage for damage in found if damage.id in left]
            done = Healing([("catalogue.db", STORE)], [], [])
            self._tell(CATALOGUE, case_file, found, after, done)

    def _alone(self, held: ExitStack) -> bool:
        """Keep the line out while something is looked at again; ``False`` where it is at work."""
        try:
            held.enter_context(self._home.lock("process"))
        except MissingToolError as err:
            if err.code != "core.busy":
                raise
            return False
        return True

    def _aside(self, root: str, name: str) -> Path:
        """A new folder for damaged bytes, outside all stores."""
        return self._home.path("quarantine", f"{now().replace(':', '')[:17]}-{root}-{name}-{time.monotonic_ns()}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def verify_copies(home: Home, names: Sequence[str], ids: Sequence[str] | None) -> Iterator[tuple[str, Damage]]:
    """All damage in the copies of these names, with the name; of ``ids`` only, where they are given. Heals nothing.

    Raises:
        UsageError: an unknown copy.
        MissingToolError, BadInputError: a copy is not there, or is another's.
    """
    book = SealBook(home)
    for copy in chosen(home, names):
        store = copy.open()
        if ids is None:
            yield from ((copy.name, damage) for damage in verify_root(store.root))
        found: Mapping[str, Store] = {copy.name: store}
        for row in holdings(home, book, found):
            if row.root == copy.name and (ids is None or row.case_file in ids):
                for damage in verify_sealed(store, row.case_file, book.of(row.case_file), row.version):
                    yield copy.name, damage
