"""What was checked when: an append-only log in the home, and the catalogue's table that is copied from it.

The log is ``fixity/checks-2026-11.jsonl``, one line for each case file looked at in each storage root; it survives the
catalogue, and a rebuild reads it in again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from core.config import fill, plain
from core.errors import BadInputError
from core.files import append_line, canonical_json
from jobs.home import Home
from jobs.schema import checks

STORE = "store"
"""The name of the home's own storage root, beside those of the copies."""


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a case file; fields as in ``jobs/schema.py``."""

    root: str
    case_file: str
    version: str
    at: str
    bytes: int
    result: str


def put_check(home: Home, check: Check) -> None:
    """Write a check into the log, flushed, then into the catalogue.

    Raises:
        MissingToolError: the disk is full.
    """
    path = home.path("fixity", f"checks-{check.at[:7]}.jsonl")
    with home.lock("checks", wait=True):
        append_line(path, canonical_json(plain(check)))
    _put(home, [check])


def _put(home: Home, rows: Iterable[Check]) -> None:
    values = [plain(row) for row in rows]
    if not values:
        return
    statement = insert(checks)
    rest = {name: statement.excluded[name] for name in ("version", "at", "bytes", "result")}
    with home.catalogue.transaction() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["root", "case_file"], set_=rest), values)


def all_checks(home: Home) -> dict[tuple[str, str], Check]:
    """The last check of each case file in each root: ``(root, case file)`` → check."""
    with home.catalogue.transaction() as connection:
        rows = connection.execute(select(checks))
        return {(row.root, row.case_file): Check(**row._mapping) for row in rows}


def sync_checks(home: Home) -> None:
    """Read the whole log into the catalogue."""
    latest = {(check.root, check.case_file): check for check in _logged(home.path("fixity"))}
    _put(home, latest.values())


def _logged(folder: Path) -> Iterator[Check]:
    """All checks of the log, oldest first; a torn last line is none, and a damaged line only costs its own check."""
    for path in sorted(folder.glob("checks-*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                yield fill(Check, json.loads(line), file=path)
            except (ValueError, TypeError, BadInputError):
                continue
