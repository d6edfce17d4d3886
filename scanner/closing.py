"""What a person does to a batch: declare its sheets, close it, reopen it. Each act is one entry of its journal.

``lock`` is the path of the batch's lock file, outside the batch folder; a batch in use by another command is refused
(``core.busy``), not waited for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.config import plain
from core.errors import ButlucError, UsageError
from scanner.batch import BatchState
from scanner.journal import Journal
from scanner.replay import note, opened


def declare(folder: Path, lock: Path, sheets: int, by: str) -> BatchState:
    """Note a person's count of the paper; may come before the first sheet.

    Raises:
        UsageError: a negative count, no name, or the batch is closed.
    """
    _named(by)
    if sheets < 0:
        raise UsageError("scanner.bad-count", value=sheets)
    with opened(folder, lock) as (journal, state):
        if state.state == "closed":
            raise UsageError("scanner.batch-closed", batch=state.batch)
        return _noted(journal, state, "declared", {"sheets": sheets, "by": by})


def close(folder: Path, lock: Path, by: str, reason: str | None = None) -> BatchState:
    """Close a batch that adds up; one that does not only with a person's reason, which is kept beside the problems.

    Raises:
        UsageError: no such batch, no name, or it is closed already.
        ButlucError: it does not add up and no reason is given.
    """
    _named(by)
    with opened(folder, lock) as (journal, state):
        _must_exist(journal, state)
        if state.state == "closed":
            raise UsageError("scanner.batch-closed", batch=state.batch)
        problems = state.problems()
        given = (reason or "").strip() or None
        if problems and given is None:
            first = problems[0].message("en")
            raise ButlucError("scanner.does-not-add-up", batch=state.batch, count=len(problems), first=first)
        noted = [{"code": entry.code, "params": plain(entry.params)} for entry in problems]
        return _noted(journal, state, "closed", {"by": by, "reason": given, "problems": noted})


def reopen(folder: Path, lock: Path, by: str, reason: str) -> BatchState:
    """Open a closed batch again.

    Raises:
        UsageError: no such batch, it is open, or there is no name or reason.
    """
    _named(by)
    if not reason.strip():
        raise UsageError("scanner.no-reason")
    with opened(folder, lock) as (journal, state):
        _must_exist(journal, state)
        if state.state == "open":
            raise UsageError("scanner.batch-open", batch=state.batch)
        return _noted(journal, state, "reopened", {"by": by, "reason": reason.strip()})


def _noted(journal: Journal, state: BatchState, kind: str, data: dict[str, Any]) -> BatchState:
    note(journal, state, [(kind, data)])
    return state


def _must_exist(journal: Journal, state: BatchState) -> None:
    if not journal.entries:
        raise UsageError("scanner.no-batch", batch=state.batch)


def _named(by: str) -> None:
    if not by.strip():
        raise UsageError("scanner.no-name")
