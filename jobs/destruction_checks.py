"""Which case files may be on a list of destruction, and whether those on one are still what they were."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from core.errors import BadInputError
from core.events import now
from jobs.erasure import shared_with
from jobs.home import Home
from jobs.retention import Standing, standings
from jobs.seals import SealBook

if TYPE_CHECKING:
    from jobs.destruction_lists import DestructionList


def this_year() -> int:
    """The year in which nothing that comes later is due yet."""
    return int(now()[:4])


def left_out(home: Home, rows: Sequence[Standing], taken: Collection[str]) -> dict[str, str]:
    """Case file → why it cannot be on a list: not due, on another list, with pages that are not archived, or sharing a
    master with one that stays."""
    found = {row.id: f"{row.state}: {row.why}" if row.why else row.state for row in rows if row.state != "due"}
    found |= {row.id: "listed" for row in rows if row.state == "due" and row.id in taken}
    found |= {row.id: "waiting" for row in rows if row.id not in found and _waits(home, row.id)}
    bound = {row.id: shared_with(home, row.id) for row in rows if row.id not in found}
    while bound:
        lost = {name: others - bound.keys() for name, others in bound.items() if others - bound.keys()}
        if not lost:
            break
        found |= {name: f"shared: {', '.join(sorted(others))}" for name, others in lost.items()}
        bound = {name: others for name, others in bound.items() if name not in lost}
    return found


def _waits(home: Home, case_file: str) -> bool:
    """Whether pages were taken in that the newest version does not hold: nobody has appraised them."""
    rows = home.catalogue.documents(case_file=case_file)
    return any(row.published_key is None or row.pages_key not in ("", row.published_key) for row in rows)


def demand_unchanged(home: Home, made: DestructionList) -> None:
    """Every case file is what it was when the list was made, due today, on no hold, all archived and bound to no other.

    Raises:
        BadInputError: one is not; names the first.
    """
    known = home.catalogue.versions()
    for item in made.items:
        if known.get(item.standing.id) is None:
            raise BadInputError("jobs.list-changed", number=made.number, case_file=item.standing.id, why="missing")
    book, year = SealBook(home), min(made.year, this_year())
    rows = {row.id: row for row in standings(home, year, [item.standing.id for item in made.items])}
    reasons = left_out(home, list(rows.values()), ())
    for item in made.items:
        row, old = rows[item.standing.id], item.standing
        why = reasons.get(row.id, "")
        if not why and (row, book.of(row.id).get(row.version, "")) != (old, item.inventory):
            why = f"{old.version}, {old.code}, {old.due} → {row.version}, {row.code}, {row.due}"
        if why:
            raise BadInputError("jobs.list-changed", number=made.number, case_file=row.id, why=why)
