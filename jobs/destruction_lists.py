"""Lists of case files to be destroyed: proposed by one person, approved by another; the chain has every step.

A list is the file ``retention/lists/2026-0001.json``, with a table beside it for people. It never changes: its digest
stands in the event of its proposal, and what became of it is told by later events. Nothing is destroyed here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.config import fill, plain
from core.errors import BadInputError, IntegrityError, UsageError
from core.events import new_event, now
from core.files import disk_errors, write_atomic
from core.text import nfc
from jobs.destruction_checks import demand_unchanged, left_out, this_year
from jobs.home import Home
from jobs.persons import same_person
from jobs.retention import Progress, Standing, standings
from jobs.seals import DESTROYED, SealBook

PROPOSE, APPROVE, WITHDRAW = "propose-destruction", "approve-destruction", "withdraw-destruction"
DESTRUCTION, CONFIRM = "destruction", "confirm-destruction"
"""What was done by a list, with the places that were not reached; and one of these done by hand."""
FOLDER = ("retention", "lists")
_OPEN = ("proposed", "approved")
_TOLD = ("shared", "waiting")
"""Reasons that are told though nobody named the case file: it is due."""
COLUMNS = tuple(entry.name for entry in fields(Standing))


@dataclass(frozen=True)
class Item:
    """A case file as it stood when the list was made, and the digest of its newest inventory."""

    standing: Standing
    inventory: str


@dataclass(frozen=True)
class DestructionList:
    """A list as its file tells."""

    number: str
    made: str
    by: str
    year: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Progressed:
    """A list, its digest, and what became of it: ``proposed``, ``approved``, ``withdrawn``, ``begun``, ``pending`` or
    ``destroyed``.

    ``places`` are copies and backups that could not be reached and of which nobody said that it was done by hand.
    """

    made: DestructionList
    sha256: str
    state: str
    approved_by: str
    reason: str
    places: tuple[dict[str, str], ...]

    def plain(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "number": self.made.number,
            "state": self.state,
            "proposed_by": self.made.by,
            "made": self.made.made,
            "year": self.made.year,
            "sha256": self.sha256,
            "approved_by": self.approved_by,
            "reason": self.reason,
            "pending": list(self.places),
            "items": [plain(item.standing) for item in self.made.items],
        }


def propose(
    home: Home, year: int, given: Path | None, who: str, progress: Progress = lambda done, total: None
) -> tuple[Progressed | None, list[dict[str, str]]]:
    """A list of the case files that are due in ``year``, or of those among ``given`` that are; the rest with the reason
    why each was left out.

    Raises:
        BadInputError: the table has no column ``id``, or cannot be read.
        UsageError: it names a case file that is not held, or the year is to come.
    """
    if year > this_year():
        raise UsageError("jobs.list-year", year=year)
    with home.lock("retention", wait=True):
        rows = standings(home, year, read_ids(given) if given else (), progress)
        taken = {item.standing.id for number in numbers(home) for item in _open_items(home, number)}
        reasons = left_out(home, rows, taken)
        refused = [{"id": name, "why": why} for name, why in reasons.items() if given or why.startswith(_TOLD)]
        book = SealBook(home)
        chosen = [row for row in rows if row.id not in reasons]
        items = [Item(row, book.of(row.id).get(row.version, "")) for row in chosen]
        if not items:
            return None, refused
        made = DestructionList(_next(home, now()[:4]), now(), who, year, tuple(items))
        home.record(new_event(PROPOSE, made.number, who, sha256=_write(home, made), items=len(items), year=year))
        return load(home, made.number), refused


def read_ids(file: Path) -> list[str]:
    """The column ``id`` of a CSV file.

    Raises:
        BadInputError: there is none, or the file cannot be read.
    """
    try:
        with disk_errors(file):
            rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
            ids = [nfc(row["id"].strip()) for row in rows if row["id"]]
    except OSError as err:
        raise BadInputError("jobs.no-file", file=file) from err
    except (UnicodeDecodeError, csv.Error, KeyError, AttributeError) as err:
        raise BadInputError("jobs.list-no-ids", file=file) from err
    if not ids:
        raise BadInputError("jobs.list-no-ids", file=file)
    return list(dict.fromkeys(ids))


def table(rows: Iterable[Standing]) -> bytes:
    """A CSV file of case files, for people and for :func:`propose`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([getattr(row, name) for name in COLUMNS] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def approve(home: Home, number: str, who: str, reason: str) -> Progressed:
    """Approve a list as it is.

    Raises:
        UsageError: there is no such list, it was approved already, or the same person proposed it.
        BadInputError: a case file changed, is held, or is due no more since the list was made.
        IntegrityError: the list was changed.
    """
    with home.lock("retention", wait=True):
        found = load(home, number)
        if found.state != "proposed":
            raise UsageError("jobs.list-state", number=number, state=found.state)
        if same_person(found.made.by, who):
            raise UsageError("jobs.list-same-person", number=number, who=who)
        demand_unchanged(home, found.made)
        home.record(new_event(APPROVE, number, who, reason=reason, sha256=found.sha256))
        return load(home, number)


def withdraw(home: Home, number: str, who: str, reason: str) -> Progressed:
    """Take a list back of which nothing is destroyed yet; its case files may be proposed again.

    Raises:
        UsageError: there is no such list, or it was carried out or taken back.
        IntegrityError: the list was changed.
    """
    with home.lock("retention", wait=True):
        found = load(home, number)
        if found.state not in _OPEN:
            raise UsageError("jobs.list-state", number=number, state=found.state)
        home.record(new_event(WITHDRAW, number, who, reason=reason))
        return load(home, number)


def numbers(home: Home) -> list[str]:
    """All lists that were proposed, oldest first: a file without its event was broken off in the writing."""
    home.flush_events()
    return sorted(event["object"] for event in home.chain.of_act(PROPOSE))


def load(home: Home, number: str) -> Progressed:
    """A list and what became of it.

    Raises:
        UsageError: there is no such list.
        IntegrityError: it is not the one that was proposed.
    """
    known = numbers(home)
    if number not in known:
        raise UsageError("jobs.no-list", number=number, known=", ".join(known[-5:]) or "–")
    path = home.path(*FOLDER, f"{number}.json")
    data = path.read_bytes() if path.is_file() else b""
    sha = hashlib.sha256(data).hexdigest()
    if _first(home, PROPOSE, number, sha) is None:
        raise IntegrityError("jobs.list-damaged", file=path, number=number)
    made = fill(DestructionList, json.loads(data), file=path)
    approved = _first(home, APPROVE, number, sha)
    who, why = (approved["who"], approved["reason"]) if approved else ("", "")
    places, _ = _pending(home, number)
    return Progressed(made, sha, _state(home, number, approved is not None), who, why, tuple(places))


def _state(home: Home, number: str, approved: bool) -> str:
    places, ended = _pending(home, number)
    if ended:
        return "pending" if places else "destroyed"
    if any(event["details"]["list"] == number for event in home.chain.of_act(DESTROYED)):
        return "begun"
    if any(event["object"] == number for event in home.chain.of_act(WITHDRAW)):
        return "withdrawn"
    return "approved" if approved else "proposed"


def _first(home: Home, act: str, number: str, sha256: str) -> dict[str, Any] | None:
    """The event of an act upon the list of just these bytes."""
    events = (event for event in home.chain.of_act(act) if event["object"] == number)
    return next((event for event in events if event["details"]["sha256"] == sha256), None)


def _pending(home: Home, number: str) -> tuple[list[dict[str, str]], bool]:
    """Places that were not reached when the list was last worked on, but for those that somebody has confirmed; whether
    it was worked on to its end."""
    runs = [event for event in home.chain.of_act(DESTRUCTION) if event["object"] == number]
    done = {event["details"]["place"] for event in home.chain.of_act(CONFIRM) if event["object"] == number}
    left = runs[-1]["details"]["pending"] if runs else []
    return [place for place in left if place["place"] not in done], bool(runs)


def _open_items(home: Home, number: str) -> Sequence[Item]:
    return load(home, number).made.items if _state(home, number, approved=False) == "proposed" else ()


def _next(home: Home, year: str) -> str:
    known = [int(name.partition("-")[2]) for name in numbers(home) if name.startswith(f"{year}-")]
    return f"{year}-{max(known, default=0) + 1:04d}"


def _write(home: Home, made: DestructionList) -> str:
    data = (json.dumps(plain(made), ensure_ascii=False, indent=1) + "\n").encode()
    path = home.path(*FOLDER, f"{made.number}.json")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path.with_suffix(".csv"), table(item.standing for item in made.items))
    write_atomic(path, data)
    return hashlib.sha256(data).hexdigest()
