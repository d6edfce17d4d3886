"""The catalogue: the one module that reads and writes its tables.

Journals and store are the truth; what stands here is copied from them (``put_batch``, ``put_published``) or is work
in hand. Every act and its event are written in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, update
from sqlalchemy import insert as sql_insert
from sqlalchemy.dialects.sqlite import insert

from core.config import fill, plain
from core.events import Event, Outbox
from core.files import digest
from core.ids import document_id, fonds_of, split_document, split_page, year_of
from core.model import Flag, PageImage
from jobs import migrations
from jobs.database import connect, sql_errors, upsert
from jobs.schema import batches, case_files, documents, outbox, pages

_BEHIND = documents.c.published_key.is_distinct_from(documents.c.indexed_key)
_UNINDEXED = (documents.c.published_key.is_not(None), _BEHIND)
_DEAD = frozenset({Flag.SUPERSEDED, Flag.REMOVED, Flag.QUARANTINED, Flag.COVER})


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
    return not image.flags & _DEAD


NO_PAGES = pages_key(())
"""That of a document of which no page counts."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as the catalogue knows it: ``open`` or ``closed``, and the last journal line that was copied."""

    name: str
    state: str
    journal_seq: int


class Catalogue:
    """The catalogue in one SQLite file.

    Raises:
        MissingToolError: the disk is full, the file is damaged and must be made again, or somebody holds it too long.
        BadInputError: the file cannot be read or written. Both may be raised by every method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._home = path.parent
        self._engine = connect(path)
        with sql_errors(path):
            migrations.migrate(self._engine, path)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing; acts and their events go through the same one."""
        with sql_errors(self._path), self._engine.begin() as connection:
            yield connection

    # -- acts ---------------------------------------------------------------------------------------------------

    def outbox(self, connection: Connection) -> Outbox:
        """Takes events in the transaction of ``connection``."""
        return _TableOutbox(connection)

    def put_batch(
        self,
        row: BatchRow,
        held: Sequence[PageImage],
        labels: dict[str, dict[str, str]],
        ready: Collection[str],
    ) -> None:
        """Copy a batch from its journal: state, documents (id → label, profile) and pages, in their order.

        Documents that are not ``ready``, because their source was not taken to its end, have no work to be done yet.
        """
        by_document: dict[str, list[PageImage]] = {document: [] for document in labels}
        for image in held:
            by_document.setdefault(split_page(image.id)[0], []).append(image)
        own = [
            {
                "id": document,
                "case_file": split_document(document)[0],
                "ordinal": split_document(document)[1],
                "batch": row.name,
                "pages_key": pages_key(images) if document in ready else "",
                **labels[document],
            }
            for document, images in by_document.items()
        ]
        with self.transaction() as connection:
            upsert(connection, batches, "name", [plain(row)])
            for case_file in sorted({split_document(document)[0] for document in by_document}):
                _put_case_file(connection, case_file)
            upsert(connection, documents, "id", own)
            rows = [self._page_row(row.name, place, image) for place, image in enumerate(held)]
            upsert(connection, pages, "id", rows)

    def reserved(self, case_file: str, batch: str) -> list[int]:
        """Ordinals that ``batch`` has reserved and not journalled: a killed process left them behind."""
        own = (documents.c.case_file == case_file, documents.c.batch == batch, documents.c.label == "")
        with self.transaction() as connection:
            return list(connection.scalars(select(documents.c.ordinal).where(*own).order_by(documents.c.ordinal)))

    def reserve(self, case_file: str, batch: str, profile: str, wanted: int | None = None) -> int:
        """Keep an ordinal of a case file for a document that ``batch`` is about to journal: the one that is wanted if
        there is no such document, else that behind the highest.

        The caller holds the intake lock.
        """
        with self.transaction() as connection:
            _put_case_file(connection, case_file)
            known = set(connection.scalars(select(documents.c.ordinal).where(documents.c.case_file == case_file)))
            ordinal = max(known, default=0) + 1 if wanted is None or wanted in known else wanted
            row = {"id": document_id(case_file, ordinal), "case_file": case_file, "ordinal": ordinal, "batch": batch}
            connection.execute(sql_insert(documents).values(**row, profile=profile, label="", pages_key=""))
            return ordinal

    def put_published(self, case_file: str, version: str, records: Sequence[dict[str, Any]], *events: Event) -> None:
        """Copy a case file from the store: its version and its documents' records."""
        with self.transaction() as connection:
            _put_case_file(connection, case_file)
            connection.execute(update(case_files).where(case_files.c.id == case_file).values(version=version))
            for record in records:
                values = {"published_key": record["pages_key"], "record": record}
                # Signed anew with the pages that it had: what is wrong with its newer pages is still wrong.
                reason = case((documents.c.published_key == record["pages_key"], documents.c.reason), else_=None)
                if connection.execute(
                    update(documents).where(documents.c.id == record["id"]).values(**values, reason=reason)
                ).rowcount:
                    continue
                base = {key: record[key] for key in ("id", "batch", "profile", "label", "pages_key")}
                ordinal = split_document(record["id"])[1]
                connection.execute(sql_insert(documents).values(**base, **values, case_file=case_file, ordinal=ordinal))
            for happened in events:
                self.outbox(connection).put(happened)

    def put_indexed(self, keys: dict[str, str]) -> None:
        """Note which form (``pages_key``) of each document the index holds now."""
        with self.transaction() as connection:
            for document, key in keys.items():
                connection.execute(update(documents).where(documents.c.id == document).values(indexed_key=key))

    def forget_indexed(self) -> None:
        """The notes were about another index: this one holds nothing that is known of."""
        with self.transaction() as connection:
            connection.execute(update(documents).values(indexed_key=None))

    def put_reason(self, document: str, reason: str | None, *events: Event) -> None:
        """A document waits in quarantine for ``reason``, or no longer."""
        with self.transaction() as connection:
            connection.execute(update(documents).where(documents.c.id == document).values(reason=reason))
            for happened in events:
                self.outbox(connection).put(happened)

    # -- questions ----------------------------------------------------------------------------------------------

    def batches(self) -> dict[str, BatchRow]:
        """All batches that were copied, by name."""
        with self.transaction() as connection:
            rows = connection.execute(select(batches)).all()
        return {row.name: BatchRow(row.name, row.state, row.journal_seq) for row in rows}

    def versions(self) -> dict[str, str | None]:
        """Case file → store version that was copied."""
        with self.transaction() as connection:
            rows = connection.execute(select(case_files.c.id, case_files.c.version).order_by(case_files.c.id))
            return {row.id: row.version for row in rows}

    def documents(self, *, case_file: str | None = None) -> list[DocumentRow]:
        """Documents in the order of their identifiers."""
        return self._documents() if case_file is None else self._documents(documents.c.case_file == case_file)

    def document(self, document: str) -> DocumentRow | None:
        """One document, or ``None``."""
        return next(iter(self._documents(documents.c.id == document)), None)

    def unpublished(self, batch: Collection[str] = ()) -> list[DocumentRow]:
        """Documents of ``batch`` (all, when empty) that are ready and whose pages are not those in the store."""
        left = [documents.c.pages_key != "", documents.c.pages_key.is_distinct_from(documents.c.published_key)]
        return self._documents(*left, *([documents.c.batch.in_(batch)] if batch else []))

    def unindexed(self, limit: int) -> list[DocumentRow]:
        """The first documents whose form in the store is not that in the index."""
        return self._documents(*_UNINDEXED, limit=limit)

    def count_unindexed(self) -> int:
        """How many documents wait for the index."""
        with self.transaction() as connection:
            return int(connection.scalar(select(func.count()).where(*_UNINDEXED)) or 0)

    def _documents(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[DocumentRow]:
        query = select(documents).where(documents.c.label != "", *conditions)
        query = query.order_by(documents.c.case_file, documents.c.ordinal).limit(limit)
        with self.transaction() as connection:
            return [
                DocumentRow(**{key: row._mapping[key] for key in DocumentRow.__dataclass_fields__})
                for row in connection.execute(query)
            ]

    def live_pages(self) -> dict[str, int]:
        """Number of live pages of each document that has any."""
        counts: Counter[str] = Counter()
        with self.transaction() as connection:
            for document, image in connection.execute(select(pages.c.document, pages.c.image)):
                counts[document] += not _DEAD & set(image["flags"])
        return counts

    def pages(self, document: str) -> list[PageImage]:
        """The pages of a document in their order, superseded and removed ones included."""
        query = select(pages.c.image).where(pages.c.document == document).order_by(pages.c.place)
        with self.transaction() as connection:
            found = [fill(PageImage, image, file="catalogue.db") for image in connection.scalars(query)]
        return [replace(image, master=self._home / image.master) for image in found]

    def page_counts(self, names: Sequence[str]) -> dict[str, int]:
        """How many pages each of the documents has, superseded and removed ones included."""
        counts: dict[str, int] = {}
        with self.transaction() as connection:
            for start in range(0, len(names), 500):
                chosen = pages.c.document.in_(names[start : start + 500])
                rows = connection.execute(
                    select(pages.c.document, func.count()).where(chosen).group_by(pages.c.document)
                )
                counts.update((document, count) for document, count in rows)
        return counts

    def _page_row(self, batch: str, place: int, image: PageImage) -> dict[str, Any]:
        """The row of a page; its master is kept relative to the home, which may be moved or copied."""
        document, number = split_page(image.id)
        kept = plain(replace(image, master=image.master.relative_to(self._home)))
        row = {"id": image.id, "document": document, "number": number, "batch": batch}
        return {**row, "place": place, "image": kept}

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


@dataclass(frozen=True, slots=True)
class _TableOutbox:
    connection: Connection

    def put(self, event: Event) -> None:
        """See :class:`core.events.Outbox`."""
        self.connection.execute(sql_insert(outbox).values(event=plain(event), chained=False))


def _put_case_file(connection: Connection, case_file: str) -> None:
    row = {"id": case_file, "fonds": fonds_of(case_file), "year": year_of(case_file)}
    connection.execute(insert(case_files).values(**row).on_conflict_do_nothing())
