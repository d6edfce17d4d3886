"""What the journal of a batch tells of the work: who, with what, when, and what was done to single pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from core.config import fill
from scanner.batch import BatchState
from scanner.driver import Compromise
from scanner.journal import Entry, Journal
from scanner.replay import replayed

LONGEST_PAUSE = 300.0
"""Seconds without a page after which it is no work but a pause."""
_OPERATING = frozenset({"device", "expected", "marked", "taken"})
"""Entries of those who stand at the device or bring files in."""


@dataclass(frozen=True, slots=True)
class UsedDevice:
    """A device, and what it did not do as the profile asked."""

    name: str
    model: str
    compromises: tuple[Compromise, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did to the batch or to one of its pages.

    ``what``: ``declared``, ``expected``, ``rescanned``, ``inserted``, ``moved``, ``removed``, ``given-back``,
    ``reopened`` or ``closed``; ``object`` is a page or a number of sheets, or empty.
    """

    at: str
    what: str
    object: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of work, pauses left out, and pages taken in them; ``per_minute`` is null where there is no telling."""

    seconds: float
    pages: int

    @property
    def per_minute(self) -> float | None:
        """Pages a minute."""
        return self.pages / self.seconds * 60 if self.seconds else None


@dataclass(frozen=True)
class Record:
    """A batch and the lines of its journal up to ``head``, the sum of the last (:mod:`scanner.journal`)."""

    state: BatchState
    entries: tuple[Entry, ...]
    head: str

    @cached_property
    def begun(self) -> str | None:
        """When the first page came, UTC in ISO 8601."""
        return next((entry.at for entry in self.entries if entry.type in ("page", "quarantine")), None)

    @property
    def closing(self) -> Entry | None:
        """The entry by which the batch is closed, if it is."""
        return self.last("closed") if self.state.state == "closed" else None

    @property
    def operators(self) -> list[str]:
        """Who scanned or brought files in."""
        return _names(entry for entry in self.entries if entry.type in _OPERATING)

    @property
    def counted_by(self) -> list[str]:
        """Whose count holds: of the whole batch, else of its stacks."""
        last = self.last("declared")
        return _names([last] if last else (entry for entry in self.entries if entry.type == "expected"))

    @cached_property
    def devices(self) -> list[UsedDevice]:
        """Each once, as it was set."""
        found: dict[UsedDevice, None] = {}
        for entry in self.entries:
            if entry.type == "device":
                compromises = tuple(fill(Compromise, it, file=self.state.folder) for it in entry.data["compromises"])
                found[UsedDevice(entry.data["device"], entry.data["model"], compromises)] = None
        return list(found)

    @cached_property
    def replacements(self) -> dict[str, str]:
        """Superseded page → the one in its place."""
        pages = (entry.data for entry in self.entries if entry.type == "page" and "supersedes" in entry.data)
        return {data["supersedes"]: data["page"]["id"] for data in pages}

    @cached_property
    def done(self) -> list[Done]:
        """What people did, in order."""
        return [act for entry in self.entries for act in _acts(entry)]

    @cached_property
    def done_to(self) -> dict[str, Done]:
        """The last that was done to a page, by its identifier."""
        return {act.object: act for act in self.done}

    @cached_property
    def taken_at(self) -> dict[str, str]:
        """When each page was journalled."""
        return {entry.data["page"]["id"]: entry.at for entry in self.entries if entry.type == "page"}

    @cached_property
    def pace(self) -> Pace:
        """From page to page; pauses, steps of a clock that was set back and pages that a person put in are left out."""
        fed = (
            entry for entry in self.entries if entry.type == "page" and not {"reason", "moved_from"} & entry.data.keys()
        )
        times = [datetime.fromisoformat(entry.at) for entry in fed]
        gaps = [(late - early).total_seconds() for early, late in zip(times, times[1:], strict=False)]
        worked = [gap for gap in gaps if 0 <= gap <= LONGEST_PAUSE]
        return Pace(sum(worked), len(worked))

    def last(self, kind: str) -> Entry | None:
        """The last entry of a type."""
        return next((entry for entry in reversed(self.entries) if entry.type == kind), None)


def record_of(folder: Path) -> Record:
    """The record of the batch in ``folder``.

    Raises:
        IntegrityError: its journal is damaged.
        BadInputError: it cannot be read.
    """
    journal = Journal(folder)
    return Record(replayed(journal, folder), journal.entries, journal.head)


_PUT_IN = {"back_of": "joined", "supersedes": "rescanned", "moved_from": "taken-over"}
"""What was done with a page that a person put in, by the key that its entry has."""


def _names(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.data["by"] for entry in entries if entry.data.get("by")))


def _acts(entry: Entry) -> list[Done]:
    data = entry.data
    who, why = data.get("by", ""), data.get("reason") or ""
    if entry.type in ("declared", "expected"):
        return [Done(entry.at, entry.type, str(data["sheets"]), who, why)]
    if entry.type in ("closed", "reopened"):
        return [Done(entry.at, entry.type, "", who, why)]
    if entry.type in ("moved", "confirmed") or (entry.type == "side" and who):
        return [Done(entry.at, entry.type, data["page"], who, why)]
    if entry.type == "backs-removed" or (entry.type == "backs" and why):
        return [Done(entry.at, entry.type, data["source_key"], who, why)]
    if entry.type == "removed":
        what = "given-back" if "sheet" in data else "removed"
        return [Done(entry.at, what, page, who, why) for page in data["pages"]]
    if entry.type == "page" and "reason" in data:
        what = next((name for key, name in _PUT_IN.items() if key in data), "inserted")
        return [Done(entry.at, what, data["page"]["id"], who, why)]
    return []
