"""What the search index gets to know of a stored document, from the store alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.ids import fonds_of, year_of
from core.model import DocumentFields, FieldValue, IndexedPage, RecognizedPage
from jobs.home import Home
from jobs.record import alto_path, read_page_ids, record_fields
from ocr.alto_reader import read_alto

_UNSURE = 0.5
"""Words with a lower confidence are rather wrong than right."""
_CODES = ("number", "judgment_number", "case_number", "acceptance_number")
_DATES = ("issued_date", "judgment_date")
_PARTIES = ("party_a", "party_b", "persons")
_OFFICIALS = ("panel", "clerk", "prosecutor", "signer")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def indexed_pages(home: Home, record: Mapping[str, Any]) -> list[IndexedPage]:
    """The index entries of a stored document."""
    files = home.store.files(record["case_file"])
    known = _of_document(record)
    entries = []
    for number, page in enumerate(read_page_ids(record), 1):
        read = read_alto(files[alto_path(page)].path.read_bytes())
        doubtful = tuple(doubtful_words(read))
        entries.append(
            IndexedPage(
                page_id=page, number=number, text=read.text, quality=read.quality, doubtful=doubtful, **known
            )
        )  # fmt: skip
    return entries


def _of_document(record: Mapping[str, Any]) -> dict[str, Any]:
    fields = record_fields(record)
    court = fields.values.get("court") or fields.values.get("issuer")
    kind, case_type = fields.values.get("type"), fields.values.get("case_type")
    return {
        "document": record["id"],
        "case_file": record["case_file"],
        "fonds": fonds_of(record["case_file"]),
        "year": year_of(record["case_file"]),
        "title": record["title"],
        "court": court.normal if court else None,
        "type": kind.normal if kind else None,
        "case_type": case_type.normal if case_type else None,
        "codes": _codes(fields),
        "dates": tuple(day for day in _normals(fields, _DATES) if _DAY.fullmatch(day)),
        "parties": _normals(fields, _PARTIES),
        "officials": _normals(fields, _OFFICIALS),
        "places": _normals(fields, ("place",)),
    }


def _codes(fields: DocumentFields) -> tuple[str, ...]:
    """The document's numbers as printed and in normal form; number and notation make one code."""
    codes = [text for value in _held(fields, _CODES) for text in (value.normal, value.value)]
    number, notation = fields.values.get("number"), fields.values.get("notation")
    if number and notation:
        codes.append(f"{number.normal}/{notation.normal}")
    return tuple(dict.fromkeys(codes))


def _normals(fields: DocumentFields, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.normal for value in _held(fields, names)))


def _held(fields: DocumentFields, names: tuple[str, ...]) -> list[FieldValue]:
    return [fields.values[name] for name in names if name in fields.values]


def doubtful_words(page: RecognizedPage) -> Iterator[int]:
    """Which words of the page's text, counted between white space, were read with little confidence."""
    at = 0
    for line in page.lines:
        for word in line.words:
            held = len(word.text.split())
            if word.confidence < _UNSURE:
                yield from range(at, at + held)
            at += held
