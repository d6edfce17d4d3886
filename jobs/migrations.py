"""Bring a catalogue to the present schema, one numbered step at a time, each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, update

from core.errors import UsageError
from jobs import schema

STEPS: dict[int, Callable[[Connection], None]] = {}
"""Schema version → what leads to it from the version before. Version 1 is made by :func:`create`."""


def create(engine: Engine) -> None:
    """The tables of the present version in an empty database."""
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.meta).values(key="schema", value=str(schema.VERSION)))


def migrate(engine: Engine, file: Path) -> None:
    """Take a database of an older version to the present one.

    Raises:
        UsageError: the database was written by a newer version of the product.
    """
    if not inspect(engine).has_table("meta"):
        create(engine)
        return
    with engine.begin() as connection:
        version = int(connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "schema")) or 0)
    if version > schema.VERSION:
        raise UsageError("jobs.newer-home", file=file, version=version, known=schema.VERSION)
    for step in range(version + 1, schema.VERSION + 1):
        with engine.begin() as connection:
            STEPS[step](connection)
            connection.execute(update(schema.meta).where(schema.meta.c.key == "schema").values(value=str(step)))
