"""The tables of the catalogue: a projection of journals and store that can be made again at any time."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint

VERSION = 3
"""Schema version of a home; a higher one in a home is refused, a lower one migrated (``jobs/migrations.py``)."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

batches = Table(
    "batch",
    metadata,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("journal_seq", Integer, nullable=False),
)

case_files = Table(
    "case_file",
    metadata,
    Column("id", String, primary_key=True),
    Column("fonds", String, nullable=False),
    Column("year", Integer),
    Column("version", String),
)

documents = Table(
    "document",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_file", ForeignKey("case_file.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("batch", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("label", String, nullable=False),
    Column("pages_key", String, nullable=False),
    Column("published_key", String),
    Column("indexed_key", String),
    Column("reason", String),
    Column("record", JSON),
    UniqueConstraint("case_file", "ordinal"),
)
"""``pages_key`` is the hash of the pages as journalled, ``published_key`` of those in the store, ``indexed_key`` of
those in the index: work is left where they differ. ``record`` is the store's ``document.json``; ``reason`` says why a
document waits in quarantine."""

pages = Table(
    "page",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("batch", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("image", JSON, nullable=False),
)
"""``place`` orders the pages of a document; ``image`` is the plain form of :class:`core.model.PageImage`."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", JSON, nullable=False),
    Column("chained", Boolean, nullable=False, default=False),
)

checks = Table(
    "fixity_check",
    metadata,
    Column("root", String, primary_key=True),
    Column("case_file", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("at", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("result", String, nullable=False),
)
"""The last look at each case file in each storage root, ``store`` or the name of a copy: copied from the log of checks
(``jobs/checks.py``). ``result`` is ``copied``, ``good``, ``healed`` or ``broken``."""

Index("document_by_case_file", documents.c.case_file)
Index("page_by_document", pages.c.document)
Index("page_by_batch", pages.c.batch)
Index("outbox_waiting", outbox.c.chained)
