"""Words to fields: the one place where the rules of head, court and secrecy mark are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.model import DocumentFields, FieldValue, RecognizedPage
from metadata.court_fields import read_court_fields, split_judgment
from metadata.courts import read_court
from metadata.head_fields import read_issuer, read_number, read_place_and_date, read_subject, read_type
from metadata.layout import arrange, page_segments, text_segments
from metadata.passage import Segment
from metadata.secrecy import mark_among


def read_fields(pages: Sequence[RecognizedPage]) -> DocumentFields:
    """The fields of one document by their contract names; those that no rule finds are missing.

    Values keep the printed spelling (NFC, single spaces). Normal forms: dates ISO 8601; ``number`` and ``notation``
    in normal spelling, so that number + ``/`` + notation is the whole code; ``judgment_number``, ``case_number`` and
    ``acceptance_number`` as ``31/2017/DS-ST``; ``court`` in the courts' full form; ``type`` the name of the kind;
    ``case_type`` and ``instance`` the courts' codes (``DS``, ``ST``), their value the words. Pages count from 1 and
    boxes are pixels of that page.
    """
    return _read(page_segments(pages))


def read_fields_text(text: str) -> DocumentFields:
    """The same of a plain text, taken as one page; boxes are ``None``."""
    return _read(text_segments(text))


def _read(segments: list[Segment]) -> DocumentFields:
    layout = arrange(segments)
    found: dict[str, FieldValue | None] = {}
    found |= read_court_fields(layout)
    found["court"] = read_court(layout)
    found |= split_judgment(layout) or read_number(layout.head)
    found |= read_place_and_date(layout)
    if found.get("judgment_date"):
        found["issued_date"] = found["judgment_date"]
    found["type"], title_row = read_type(layout.head_rows, found.get("notation"))
    number = found.get("judgment_number")
    if number and (found["type"] is None or found["type"].rule in ("type-notation", "type-official-letter")):
        found["type"] = replace(number, normal="Bản án", rule="type-judgment-number")
    found["subject"] = read_subject(layout.head_rows, title_row)
    found["issuer"] = _issuer(layout.head_rows, found["court"])
    found["secrecy"] = mark_among(segments)
    return DocumentFields({name: value for name, value in found.items() if value is not None})


def _issuer(rows: Sequence[Segment], court: FieldValue | None) -> FieldValue | None:
    """The body top left; on a court's paper the court by its full name."""
    if court and court.rule in ("court-head", "court-in-whose-name"):
        return court
    return read_issuer(rows) or (court if court and court.rule == "court-opening" else None)
