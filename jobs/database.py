"""SQLite as the catalogue uses it: how a connection behaves, and what its failures mean to a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from core.errors import BadInputError, ButlucError, MissingToolError
from core.files import is_full

_FULL = ("SQLITE_FULL",)
_FORBIDDEN = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


def connect(path: Path) -> Engine:
    """An engine for the database file ``path``; writers wait a minute for one another.

    Transactions are ours to begin: the driver would begin them too late, and leave the making of tables outside.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        alone = connection.get_execution_options().get("alone", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")

    return engine


@contextmanager
def sql_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's words about the database file ``path`` into ours.

    Raises:
        MissingToolError: the disk is full, the file is damaged and must be made again, or somebody holds it too long.
        BadInputError: it cannot be read or written.
    """
    try:
        yield
    except DBAPIError as err:
        if not isinstance(err.orig, sqlite3.Error):
            raise
        raise _explained(getattr(err.orig, "sqlite_errorname", ""), path) from err
    except sqlite3.Error as err:
        raise _explained(getattr(err, "sqlite_errorname", ""), path) from err


def _explained(name: str, path: Path) -> ButlucError:
    if name.startswith(_FULL) or (name.startswith("SQLITE_IOERR") and is_full(path.parent)):
        return MissingToolError("core.disk-full", file=path)
    if name.startswith(_FORBIDDEN):
        return BadInputError("core.no-permission", file=path)
    if name.startswith(_BUSY):
        return MissingToolError("core.busy", file=path, holder="?")
    if name.startswith(_DAMAGED):
        return MissingToolError("jobs.catalogue-damaged", file=path)
    return MissingToolError("jobs.catalogue-failed", file=path, why=name or "?")


def upsert(connection: Connection, table: Any, key: str, rows: Sequence[dict[str, Any]]) -> None:
    """Put rows that all have the same columns; those that are there get the new values."""
    if not rows:
        return
    statement = insert(table)
    rest = {name: statement.excluded[name] for name in rows[0] if name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=rest), rows)
