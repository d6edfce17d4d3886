"""``document.json``: what the store keeps about a document beside its files, and where its files lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from archive.about import DocumentAbout
from archive.signatures import SignatureNote
from core import __version__
from core.config import fill, plain
from core.ids import split_document, split_page
from core.model import DocumentFields, FieldValue, PageImage, RecognizedPage, Verdict

if TYPE_CHECKING:
    from jobs.worker import DocumentTask


def document_folder(document: str) -> str:
    """Logical folder of a document within its case file's object."""
    return f"documents/{split_document(document)[1]:07d}"


def master_path(image: PageImage) -> str:
    """Logical path of a page's master within its case file's object: named by its content."""
    return f"masters/{image.sha256}{image.master.suffix}"


def alto_path(page: str) -> str:
    """Logical path of a page's ALTO file."""
    document, number = split_page(page)
    return f"{document_folder(document)}/pages/p{number:04d}.alto.xml"


def hocr_path(page: str) -> str:
    """Logical path of a page's hOCR file."""
    document, number = split_page(page)
    return f"{document_folder(document)}/pages/p{number:04d}.hocr"


def record_path(document: str) -> str:
    """Logical path of a document's record, ``document.json``."""
    return f"{document_folder(document)}/document.json"


def is_record(logical: str) -> bool:
    """Whether a logical path is that of a document's record; the package in ``aip/`` holds copies, which are not."""
    return logical.startswith("documents/") and logical.endswith("/document.json")


def pdf_path(document: str) -> str:
    """Logical path of a document's PDF (name by TT 05/2025/TT-BNV, Điều 8)."""
    return f"{document_folder(document)}/{document}.pdf"


def make_record(
    task: DocumentTask,
    about: DocumentAbout,
    route: str,
    pdf_sha256: str,
    verdicts: Sequence[Verdict],
    readings: Mapping[PageImage, RecognizedPage],
    incoming: Mapping[PageImage, Sequence[SignatureNote]],
) -> dict[str, Any]:
    """The record of a finished document; every page of its batch entry is in it, superseded ones too.

    Args:
        incoming: the signatures that masters bore when they came in, by one page of each.
    """
    return {
        "id": task.id,
        "case_file": task.case_file,
        "batch": task.batch,
        "profile": task.profile_name,
        "label": task.label,
        "title": about.title,
        "language": about.language,
        "fields": plain(about.fields.values),
        "pages": [_page(image, readings.get(image)) for image in task.images],
        "sheets": dict(task.sheets),
        "pages_key": task.pages_key,
        "document_key": task.key,
        "route": route,
        "pdf": pdf_path(task.id),
        "pdf_sha256": pdf_sha256,
        "verdicts": [plain(verdict) for verdict in verdicts],
        "conversion": {"by": about.converted_by, "body": about.organisation, "at": about.converted_at},
        "incoming_signatures": [
            {"master": master_path(image), **plain(note)} for image, notes in incoming.items() for note in notes
        ],
        "software": f"butluc {__version__}",
    }


def emptied_record(task: DocumentTask, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a document in the store of which no page counts any more: it says so, and has no files."""
    return {
        **record,
        "pages": [_page(image, None) for image in task.images],
        "pages_key": task.pages_key,
        "document_key": None,
        "pdf": None,
        "pdf_sha256": None,
        "verdicts": [],
    }


def _page(image: PageImage, read: RecognizedPage | None) -> dict[str, Any]:
    page = {**plain(image), "master": master_path(image)}
    if read is not None:
        page["reading"] = {
            "engine": read.engine,
            "language": read.language,
            "quality": read.quality,
            "rotation": read.rotation,
            "angle": read.angle,
        }
    return page


def record_fields(record: Mapping[str, Any]) -> DocumentFields:
    """The fields of a stored document."""
    values = {name: fill(FieldValue, value, file=record["id"]) for name, value in record["fields"].items()}
    return DocumentFields(values)


def below_level(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """One entry (id, level, reason) where the signature has a lower level than was sought, else none."""
    details = (verdict["details"] for verdict in record["verdicts"] if verdict["check"] == "signature")
    return [
        {"id": record["id"], "level": found["level"], "reason": found["level_reason"]}
        for found in details
        if "level_reason" in found
    ]


def read_page_ids(record: Mapping[str, Any]) -> list[str]:
    """The pages of a stored document that have been read, in order."""
    return [page["id"] for page in record["pages"] if "reading" in page]
