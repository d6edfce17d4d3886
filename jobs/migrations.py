"""Bring a catalogue to the present schema, one numbered step at a time, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update

from core.errors import UsageError
from jobs import schema


def _places(connection: Connection) -> None:
    """Pages are ordered by their place in the document, which until then was the order in which they were fed."""
    connection.execute(text("ALTER TABLE page RENAME COLUMN sequence TO place"))


def _checks(connection: Connection) -> None:
    """When each case file was last checked, in each storage root."""
    schema.checks.create(connection)


STEPS: dict[int, Callable[[Connection], None]] = {2: _places, 3: _checks}
"""Schema version → what leads to it from the version before; an empty database is made from the tables."""


def migrate(engine: Engine, file: Path) -> None:
    """Take a new, empty database or one of an older version to the present one.

    Raises:
        UsageError: the database was written by a newer version of the product.
    """
    version = _version(engine)
    if version == schema.VERSION:
        return
    with engine.connect().execution_options(alone=True) as connection, connection.begin():
        version = _version(connection)  # somebody else may have done it meanwhile
        if version is None:
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.meta).values(key="schema", value=str(schema.VERSION)))
            return
        if version > schema.VERSION:
            raise UsageError("jobs.newer-home", file=file, version=version, known=schema.VERSION)
        for step in range(version + 1, schema.VERSION + 1):
            STEPS[step](connection)
        connection.execute(update(schema.meta).where(schema.meta.c.key == "schema").values(value=str(schema.VERSION)))


def _version(where: Engine | Connection) -> int | None:
    """Schema version of a database; ``None`` of an empty one."""
    if not inspect(where).has_table("meta"):
        return None
    query = select(schema.meta.c.value).where(schema.meta.c.key == "schema")
    if isinstance(where, Connection):
        return int(where.scalar(query) or 0)
    with where.begin() as connection:
        return int(connection.scalar(query) or 0)
