"""What is to be checked: every case file in every storage root, and how long ago each was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.store import Store
from jobs.checks import STORE, Check, all_checks
from jobs.home import Home
from jobs.seals import SealBook

CHECKED = frozenset({"good", "healed"})
"""Results of a check after which the bytes were right."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A case file in a storage root, and the version that must be there at least."""

    root: str
    case_file: str
    version: str
    last: Check | None

    @property
    def seen(self) -> str:
        """When its bytes were last looked at; empty if never."""
        return self.last.at if self.last is not None and self.last.result != "copied" else ""


def holdings(home: Home, book: SealBook, stores: Mapping[str, Store]) -> list[Holding]:
    """All of them, the one that was looked at longest ago first.

    The home's own store must hold what was published; a copy what was copied to it, whether it is there now or not.
    """
    checks = all_checks(home)
    wanted: dict[tuple[str, str], str] = {(STORE, name): head for name, head in book.heads().items()}
    wanted |= {key: check.version for key, check in checks.items() if key[0] != STORE}
    for name, store in stores.items():
        for case_file, head in store.heads():
            wanted.setdefault((name, case_file), head or "v1")
    known = {STORE, *(copy.name for copy in home.config.copies)}
    rows = [Holding(*key, version, checks.get(key)) for key, version in wanted.items() if key[0] in known]
    rows = [row for row in rows if row.case_file not in book.destroyed]
    return sorted(rows, key=lambda row: (row.seen, row.root != STORE, row.root, row.case_file))


def coverage(rows: list[Holding], days: int) -> dict[str, Any]:
    """How many of the holdings were found right within the last ``days``."""
    since = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    groups = {root: [row for row in rows if row.root == root] for root in sorted({row.root for row in rows})}
    broken = [row for row in rows if row.last is not None and row.last.result == "broken"]
    return {
        "days": days,
        **_figures(rows, since),
        "broken": [{"copy": row.root, "id": row.case_file, "at": row.seen} for row in broken],
        "copies": [{"name": root, **_figures(group, since)} for root, group in groups.items()],
    }


def _figures(rows: list[Holding], since: str) -> dict[str, Any]:
    done = [row for row in rows if row.last is not None and row.last.result in CHECKED and row.last.at >= since]
    return {
        "holdings": len(rows),
        "checked": len(done),
        "percent": round(100 * len(done) / len(rows), 1) if rows else None,
        "bytes": sum(row.last.bytes for row in rows if row.last is not None),
        "bytes_checked": sum(row.last.bytes for row in done if row.last is not None),
        "never": sum(1 for row in rows if not row.seen),
        "oldest": min((row.seen for row in rows if row.seen), default=None),
    }
