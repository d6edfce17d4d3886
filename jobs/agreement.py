"""Does the catalogue say what store and journals say? It is a projection of them, and they win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from core.errors import ButlucError
from core.ids import split_page
from core.model import PageImage
from jobs.catalogue import DocumentRow, pages_key
from jobs.home import Home
from jobs.intake import batch_names, sync_batch
from jobs.publish import stored_records
from jobs.schema import case_files, documents
from scanner.batch import BatchState
from scanner.journal import last_seq
from scanner.replay import replay


@dataclass(frozen=True, slots=True)
class _Told:
    """What both a journal and the catalogue say of a document."""

    label: str
    profile: str
    pages_key: str
    images: list[PageImage]


class Agreement:
    """Compares case file after case file; a batch is read once for all of them.

    Nobody publishes meanwhile; batches that are being fed are left out.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._batches = home.catalogue.batches()
        self._known = frozenset(batch_names(home))
        self._batches_told: dict[str, dict[str, _Told] | None] = {}

    def differences(self, case_file: str) -> list[str]:
        """What the catalogue says otherwise: identifiers of documents, and of the case file for its version.

        Raises:
            IntegrityError: the store's own files of the case file cannot be read.
        """
        records = {record["id"]: record for record in stored_records(self._home, case_file)}
        rows = {row.id: row for row in self._home.catalogue.documents(case_file=case_file)}
        names = sorted(records.keys() | rows.keys())
        wrong = [name for name in names if not self._agrees(rows.get(name), records.get(name))]
        return wrong if self._version(case_file) == self._home.store.head(case_file) else [case_file, *wrong]

    def mend(self, case_file: str) -> None:
        """Copy the case file from store and journals once more."""
        records = stored_records(self._home, case_file)
        held = {record["id"] for record in records}
        rows = self._home.catalogue.documents(case_file=case_file)
        for batch in sorted({row.batch for row in rows} | {record["batch"] for record in records}):
            if self._told(batch) is not None:
                sync_batch(self._home, batch)
        self._home.catalogue.put_published(case_file, self._home.store.head(case_file) or "", records)
        with self._home.catalogue.transaction() as connection:
            for row in rows:
                if row.id not in held:
                    nothing = {"record": None, "published_key": None}
                    connection.execute(update(documents).where(documents.c.id == row.id).values(**nothing))

    def _version(self, case_file: str) -> str | None:
        with self._home.catalogue.transaction() as connection:
            return connection.scalar(select(case_files.c.version).where(case_files.c.id == case_file))

    def _agrees(self, row: DocumentRow | None, record: dict[str, Any] | None) -> bool:
        if row is None:
            return False
        if (row.record, row.published_key) != (record, record["pages_key"] if record else None):
            return False
        told = (self._told(row.batch) or {}).get(row.id)
        if told is None:
            return True
        own = _Told(row.label, row.profile, row.pages_key, self._home.catalogue.pages(row.id))
        return own == told

    def _told(self, batch: str) -> dict[str, _Told] | None:
        """Document → what the journal of its batch says; ``None`` where it cannot be asked, or holds more than was
        copied."""
        if batch not in self._batches_told:
            folder = self._home.batch_folder(batch)
            known = self._batches.get(batch)
            in_step = batch in self._known and known is not None and last_seq(folder) == known.journal_seq
            try:
                self._batches_told[batch] = _documents(replay(folder)) if in_step else None
            except ButlucError:
                self._batches_told[batch] = None  # a damaged journal is no witness against the catalogue
        return self._batches_told[batch]


def _documents(state: BatchState) -> dict[str, _Told]:
    images: dict[str, list[PageImage]] = {}
    for image in state.ordered():
        images.setdefault(split_page(image.id)[0], []).append(image)
    ready = state.complete_documents()
    return {
        row.id: _Told(row.label, row.profile, pages_key(held) if row.id in ready else "", held)
        for row in state.documents.values()
        if (held := images.get(row.id, [])) or row.id in ready
    }
