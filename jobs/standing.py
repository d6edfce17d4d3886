"""How long each document's signature is proven, and when it is due for renewal: as the records tell, no file is opened.

A signature is due at once where its level is lower than the settings ask for, and so many days before the last time
stamp over it ends (``renew_days``): by the end of the authority's certificate, or of the algorithms' strength.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from archive.signing_config import Level, SigningConfig
from core.errors import UsageError
from jobs.catalogue import DocumentRow
from jobs.home import Home

_RANKS = {level.full_name: level.rank for level in Level}


@dataclass(frozen=True, slots=True)
class Standing:
    """The signature of one archived document; empty texts and ``None`` where nothing is known."""

    row: DocumentRow
    level: str
    """``PAdES B-LTA`` …, ``-`` for an unsigned document."""
    details: dict[str, str]
    due: date | None
    """``None`` for a document that is unsigned: there is nothing to renew."""
    why: str
    """``level``, ``stamp`` or nothing."""

    def plain(self) -> dict[str, Any]:
        """As JSON shows it."""
        keys = ("signer", "stamped", "last_stamp", "last_stamp_by", "last_stamp_expires", "last_stamp_algorithm")
        return {
            "id": self.row.id,
            "case_file": self.row.case_file,
            "level": self.level,
            **{key: self.details.get(key) for key in keys},
            "proven_until": self.details.get("proven_until"),
            "due": self.due.isoformat() if self.due else None,
            "why": self.why,
        }


def standings(home: Home, ids: Sequence[str], today: date) -> Iterator[Standing]:
    """The archived documents of some identifiers (documents or case files; all, when empty), case file by case file.

    Raises:
        UsageError: an identifier that is not held.
    """
    wanted, seen = set(ids), set[str]()
    for case_file in sorted(home.catalogue.versions()):
        for row in home.catalogue.documents(case_file=case_file):
            if row.record and (not wanted or wanted & {row.id, row.case_file}):
                seen |= {row.id, row.case_file}
                yield standing(row, home.signature, today)
    for identifier in ids:
        if identifier not in seen:
            raise UsageError("jobs.no-record", id=identifier)


def standing(row: DocumentRow, config: SigningConfig | None, today: date) -> Standing:
    """The signature of one archived document."""
    assert row.record is not None
    details = next((v["details"] for v in row.record["verdicts"] if v["check"] == "signature"), None)
    if details is None:
        return Standing(row, "-", {}, None, "")
    level = details["level"]
    sought, days = (config.level, config.renew_days) if config else (Level.BT, 0)
    if _RANKS[level] < sought.rank or "proven_until" not in details:
        return Standing(row, level, details, today, "level")
    end = datetime.fromisoformat(details["proven_until"]).date()
    return Standing(row, level, details, end - timedelta(days=days), "stamp")
