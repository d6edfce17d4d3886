"""One record as people ask for it: a case file, a document or a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.store import StoredFile
from core.config import fill, plain
from core.errors import UsageError
from core.ids import case_file_of, fonds_of, kind_of, split_document, split_page, year_of
from core.model import ArchivedDocument, PageImage, Verdict
from jobs.catalogue import NO_PAGES, DocumentRow
from jobs.home import Home
from jobs.record import alto_path, hocr_path, read_page_ids
from jobs.tombstones import refuse_destroyed


def show(home: Home, identifier: str) -> dict[str, Any]:
    """The record of a case file, document or page, with absolute paths.

    Raises:
        UsageError: there is no such record.
        BadInputError: its case file was destroyed.
    """
    refuse_destroyed(home, case_file_of(identifier))
    kind = kind_of(identifier)
    if kind == "page":
        return _page(home, identifier)
    if kind == "document":
        return _document(home, _row(home, identifier))
    rows = home.catalogue.documents(case_file=identifier)
    if not rows:
        raise UsageError("jobs.no-record", id=identifier)
    return {
        "kind": "case_file",
        "id": identifier,
        "fonds": fonds_of(identifier),
        "year": year_of(identifier),
        "version": home.catalogue.versions().get(identifier),
        "documents": [_summary(row) for row in rows],
    }


def _row(home: Home, document: str) -> DocumentRow:
    row = home.catalogue.document(document)
    if row is None:
        raise UsageError("jobs.no-record", id=document)
    return row


def state_of(row: DocumentRow) -> str:
    """``archived``, ``waiting`` (work is left), ``empty`` (no page counts) or ``quarantined`` (with a reason)."""
    if row.reason:
        return "quarantined"
    if row.pages_key == NO_PAGES:
        return "empty"
    return "archived" if row.published_key == row.pages_key else "waiting"


def archived(home: Home, row: DocumentRow) -> ArchivedDocument | None:
    """The document as it lies in the store; ``None`` before its first version, and when all its pages are elsewhere."""
    if row.record is None or row.record["pdf"] is None:
        return None
    return archived_among(home.store.files(row.case_file), row, row.record)


def archived_among(files: Mapping[str, StoredFile], row: DocumentRow, record: Mapping[str, Any]) -> ArchivedDocument:
    """As :func:`archived`, of a document whose PDF is among ``files``."""
    stored = files[record["pdf"]]
    return ArchivedDocument(
        id=row.id,
        case_file=row.case_file,
        path=stored.path,
        sha256=record["pdf_sha256"],
        pages=len(read_page_ids(record)),
        version=stored.version,
        verdicts=tuple(fill(Verdict, verdict, file=row.id) for verdict in record["verdicts"]),
    )


def _summary(row: DocumentRow) -> dict[str, Any]:
    title = row.record["title"] if row.record else row.label
    pages = len(row.record["pages"]) if row.record else None
    return {"id": row.id, "title": title, "state": state_of(row), "reason": row.reason, "pages": pages}


def _document(home: Home, row: DocumentRow) -> dict[str, Any]:
    record = row.record or {}
    stored = archived(home, row)
    return {
        "kind": "document",
        **_summary(row),
        "case_file": row.case_file,
        "batch": row.batch,
        "profile": row.profile,
        "fields": record.get("fields", {}),
        "verdicts": plain(stored.verdicts) if stored else [],
        "conversion": record.get("conversion"),
        "incoming_signatures": record.get("incoming_signatures", []),
        "pdf": str(stored.path) if stored else None,
        "pdf_sha256": stored.sha256 if stored else None,
        "version": stored.version if stored else None,
        "pages": [_image(image.id, plain(image)) for image in _images(home, row)],
    }


def _images(home: Home, row: DocumentRow) -> list[PageImage]:
    """The pages of a document: as journalled here, or of one that came in a package as its record tells."""
    journalled = home.catalogue.pages(row.id)
    if journalled or row.record is None:
        return journalled
    files = home.store.files(row.case_file)
    kept = []
    for entry in row.record["pages"]:
        values = {name: value for name, value in entry.items() if name != "reading"}
        image = fill(PageImage, values, file=row.id)
        kept.append(replace(image, master=picture_path(files, row.record, entry["master"])))
    return kept


def picture_path(files: Mapping[str, StoredFile], record: Mapping[str, Any], master: str) -> Path:
    """Where a page can be looked at: its master, or the document's PDF where its package came without masters."""
    return files[master if master in files else record["pdf"]].path


def _image(page: str, image: dict[str, Any]) -> dict[str, Any]:
    keys = ("sequence", "sha256", "master", "frame", "width", "height", "dpi", "flags")
    return {"id": page, **{key: image[key] for key in keys}}


def _page(home: Home, page: str) -> dict[str, Any]:
    document = split_page(page)[0]
    row = _row(home, document)
    images = [image for image in _images(home, row) if image.id == page]
    if not images:
        raise UsageError("jobs.no-record", id=page)
    entries: Sequence[dict[str, Any]] = (row.record or {}).get("pages", [])
    reading = next((entry.get("reading") for entry in entries if entry["id"] == page), None)
    files = home.store.files(row.case_file) if reading else {}
    return {
        **plain(images[0]),
        "kind": "page",
        "master_kind": images[0].kind.value,
        "document": document,
        "case_file": split_document(document)[0],
        "state": state_of(row),
        "reading": reading,
        "alto": str(files[alto_path(page)].path) if reading else None,
        "hocr": str(files[hocr_path(page)].path) if reading else None,
    }
