"""What SQLite complains of, as errors that a person can act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from core.errors import BadInputError, ButlucError, MissingToolError

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def in_our_words(err: BaseException | None, file: Path) -> ButlucError | None:
    """The error for a full disk, a forbidden, busy or damaged database ``file``; ``None`` for any other."""
    code = getattr(err, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF  # the rest is detail: https://sqlite.org/rescode.html
    if primary == sqlite3.SQLITE_FULL:
        return MissingToolError("core.disk-full", file=file)
    if primary in _FORBIDDEN:
        return BadInputError("core.no-permission", file=file)
    if primary in _BUSY:
        return MissingToolError("core.busy", file=file, holder="?")
    return MissingToolError("jobs.catalogue-damaged", file=file, why=str(err)) if primary in _DAMAGED else None


def translate_errors(engine: Engine, file: Path) -> None:
    """Let ``engine`` raise :func:`in_our_words` wherever there is one."""

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> None:
        known = in_our_words(context.original_exception, file)
        if known is not None:
            raise known from context.original_exception
