"""The catalogue: the one module that reads and writes its tables.

Journals and store are the truth; what stands here is copied from them (``put_batch``, ``put_published``) or is work
in hand. Every act and its event are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, update
from sqlalchemy import insert as sql_insert
from sqlalchemy.dialects.sqlite import insert

from core.config import fill, plain
from core.events import Event
from core.files import digest
from core.ids import document_id, fonds_of, split_document, split_page, year_of
from core.model import Flag, PageImage
from jobs import migrations
from jobs.dberrors import translate_errors
from jobs.schema import batches, case_files, documents, outbox, pages


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as the catalogue knows it; fields as in ``jobs/schema.py``."""

    id: str
    case_file: str
    batch: str
    profile: str
    label: str
    pages_key: str
    published_key: str | None
    indexed_key: str | None
    reason: str | None
    record: dict[str, Any] | None


def pages_key(images: Sequence[PageImage]) -> str:
    """What a document is made of: its live pages in order."""
    return digest([[image.id, image.sha256, image.frame] for image in images if is_live(image)])


def is_live(image: PageImage) -> bool:
    """Whether the page belongs into the document's present form."""
    return not image.flags & {Flag.SUPERSEDED, Flag.REMOVED, Flag.QUARANTINED, Flag.COVER}


def _connect(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    translate_errors(engine, path)
    return engine


class Catalogue:
    """The catalogue in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._home = path.parent
        self._engine = _connect(path)
        migrations.migrate(self._engine, path)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing; acts and their events go through the same one."""
        with self._engine.begin() as connection:
            yield connection

    # -- acts ---------------------------------------------------------------------------------------------------

    def put_event(self, connection: Connection, happened: Event) -> None:
        """Keep the event for the chain, in the transaction of its act."""
        connection.execute(sql_insert(outbox).values(event=plain(happened), chained=False))

    def put_batch(
        self, name: str, state: str, seq: int, held: Sequence[PageImage], labels: dict[str, dict[str, str]]
    ) -> None:
        """Copy a batch from its journal: state, documents (id → label, profile) and pages."""
        by_document: dict[str, list[PageImage]] = {document: [] for document in labels}
        for image in held:
            by_document.setdefault(split_page(image.id)[0], []).append(image)
        with self.transaction() as connection:
            _upsert(connection, batches, "name", {"name": name, "state": state, "journal_seq": seq})
            for document, images in by_document.items():
                _put_document(connection, name, document, images, labels[document])
                for image in images:
                    row = {"id": image.id, "document": document, "number": split_page(image.id)[1], "batch": name}
                    _upsert(connection, pages, "id", {**row, "sequence": image.sequence, "image": self._kept(image)})

    def reserve(self, case_file: str, batch: str, profile: str) -> int:
        """Keep the next ordinal of a case file for a document that ``batch`` is about to journal.

        A reservation that a killed process left behind (no label yet) is given out again, so no ordinal is lost. The
        caller holds the intake lock.
        """
        own = (documents.c.case_file == case_file, documents.c.batch == batch, documents.c.label == "")
        with self.transaction() as connection:
            _put_case_file(connection, case_file)
            kept = connection.scalar(select(documents.c.ordinal).where(*own))
            if kept is not None:
                return int(kept)
            top = connection.scalar(select(func.max(documents.c.ordinal)).where(documents.c.case_file == case_file))
            ordinal = int(top or 0) + 1
            row = {"id": document_id(case_file, ordinal), "case_file": case_file, "ordinal": ordinal, "batch": batch}
            connection.execute(sql_insert(documents).values(**row, profile=profile, label="", pages_key=""))
            return ordinal

    def put_published(self, case_file: str, version: str, records: Sequence[dict[str, Any]], *events: Event) -> None:
        """Copy a case file from the store: its version and its documents' records."""
        with self.transaction() as connection:
            _put_case_file(connection, case_file)
            connection.execute(update(case_files).where(case_files.c.id == case_file).values(version=version))
            for record in records:
                values = {"published_key": record["pages_key"], "record": record, "reason": None}
                if connection.execute(
                    update(documents).where(documents.c.id == record["id"]).values(**values)
                ).rowcount:
                    continue
                base = {key: record[key] for key in ("id", "batch", "profile", "label", "pages_key")}
                ordinal = split_document(record["id"])[1]
                connection.execute(
                    sql_insert(documents).values(**base, **values, case_file=case_file, ordinal=ordinal)
                )
            for happened in events:
                self.put_event(connection, happened)

    def put_indexed(self, keys: dict[str, str]) -> None:
        """Note which form (``pages_key``) of each document the index holds now."""
        with self.transaction() as connection:
            for document, key in keys.items():
                connection.execute(update(documents).where(documents.c.id == document).values(indexed_key=key))

    def put_reason(self, document: str, reason: str | None, *events: Event) -> None:
        """A document waits in quarantine for ``reason``, or no longer."""
        with self.transaction() as connection:
            connection.execute(update(documents).where(documents.c.id == document).values(reason=reason))
            for happened in events:
                self.put_event(connection, happened)

    # -- questions ----------------------------------------------------------------------------------------------

    def batch_seqs(self) -> dict[str, int]:
        """Batch → last journal line that was copied."""
        with self.transaction() as connection:
            return {row.name: row.journal_seq for row in connection.execute(select(batches))}

    def versions(self) -> dict[str, str | None]:
        """Case file → store version that was copied."""
        with self.transaction() as connection:
            rows = connection.execute(select(case_files.c.id, case_files.c.version).order_by(case_files.c.id))
            return {row.id: row.version for row in rows}

    def documents(self, *, case_file: str | None = None, batch: Sequence[str] = ()) -> list[DocumentRow]:
        """Documents in the order of their identifiers."""
        query = select(documents).where(documents.c.label != "").order_by(documents.c.case_file, documents.c.ordinal)
        if case_file is not None:
            query = query.where(documents.c.case_file == case_file)
        if batch:
            query = query.where(documents.c.batch.in_(batch))
        with self.transaction() as connection:
            return [
                DocumentRow(**{key: row._mapping[key] for key in DocumentRow.__dataclass_fields__})
                for row in connection.execute(query)
            ]

    def document(self, document: str) -> DocumentRow | None:
        """One document, or ``None``."""
        found = [row for row in self.documents(case_file=split_document(document)[0]) if row.id == document]
        return found[0] if found else None

    def pages(self, document: str) -> list[PageImage]:
        """The pages of a document in their order, superseded and removed ones included."""
        query = select(pages.c.image).where(pages.c.document == document).order_by(pages.c.number)
        with self.transaction() as connection:
            found = [fill(PageImage, image, file="catalogue.db") for image in connection.scalars(query)]
        return [replace(image, master=self._home / image.master) for image in found]

    def _kept(self, image: PageImage) -> dict[str, Any]:
        """The plain form of a page, its master relative to the home, which may be moved or copied."""
        kept: dict[str, Any] = plain(replace(image, master=image.master.relative_to(self._home)))
        return kept

    def waiting_events(self) -> list[tuple[int, Event]]:
        """Events that are not in the chain yet, oldest first."""
        query = select(outbox.c.id, outbox.c.event).where(outbox.c.chained.is_(False)).order_by(outbox.c.id)
        with self.transaction() as connection:
            rows = connection.execute(query).all()
        return [(row.id, fill(Event, row.event, file="catalogue.db")) for row in rows]

    def forget_events(self, ids: Sequence[int]) -> None:
        """Events now in the chain leave the outbox."""
        with self.transaction() as connection:
            for start in range(0, len(ids), 500):
                connection.execute(outbox.delete().where(outbox.c.id.in_(ids[start : start + 500])))


def _upsert(connection: Connection, table: Any, key: str, row: dict[str, Any]) -> None:
    statement = insert(table).values(**row)
    rest = {name: value for name, value in row.items() if name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=rest))


def _put_case_file(connection: Connection, case_file: str) -> None:
    row = {"id": case_file, "fonds": fonds_of(case_file), "year": year_of(case_file)}
    connection.execute(insert(case_files).values(**row).on_conflict_do_nothing())


def _put_document(
    connection: Connection, batch: str, document: str, images: Sequence[PageImage], label: dict[str, str]
) -> None:
    case_file, ordinal = split_document(document)
    _put_case_file(connection, case_file)
    row = {"id": document, "case_file": case_file, "ordinal": ordinal, "batch": batch, "pages_key": pages_key(images)}
    _upsert(connection, documents, "id", {**row, "label": label["label"], "profile": label["profile"]})
