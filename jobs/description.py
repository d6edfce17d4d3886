"""The circular's descriptive fields of a case file and its documents: what was read, then what people said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from archive.packages.choices import codes, separator
from archive.packages.fields import table
from core.ids import split_document
from jobs.record import read_page_ids
from metadata.document_types import type_code

Given = Mapping[str, str]


def case_file_values(case_file: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The fields of a case file by their SIP names; what is neither known nor said stays empty.

    Dates are the first and last date of its documents; pages are counted, and sheets of paper where a scanner fed them
    all; the title is "Hồ sơ" and the identifier until somebody gives one. ``case_file`` is the store's
    ``casefile.json``.
    """
    dates = sorted(filter(None, (_day(record) for record in records)))
    read = {
        "fileCode": case_file["id"],
        "title": f"Hồ sơ {case_file['id']}",
        "language": _languages([record["language"] for record in records]),
        "startDate": _shown(dates[0]) if dates else "",
        "endDate": _shown(dates[-1]) if dates else "",
        "totalDoc": str(len(records)),
        "numberOfPaper": str(_sheets_of_paper(records) or ""),
        "numberOfPage": str(sum(len(read_page_ids(record)) for record in records)),
    }
    return table("file").fitted({**read, **_given(case_file, None)})


def _sheets_of_paper(records: Sequence[Mapping[str, Any]]) -> int | None:
    """``None`` unless a scanner fed every page: files may be of any paper or none."""
    pages = [(record, page) for record in records for page in read_page_ids(record)]
    if not all(page in record.get("sheets", {}) for record, page in pages):
        return None
    batches = {page["id"]: page["batch"] for record in records for page in record["pages"]}
    return len({(batches[page], record["sheets"][page]) for record, page in pages})


def document_values(
    case_file: Mapping[str, Any], record: Mapping[str, Any], whole: Mapping[str, str], doc_id: str
) -> dict[str, str]:
    """The fields of a document; maintenance and mode are its case file's (``whole``) unless somebody said otherwise."""
    normal = {name: value["normal"] for name, value in record["fields"].items()}
    kind, ordinal = normal.get("type", ""), split_document(record["id"])[1]
    day = _day(record)
    read = {
        "arcFileCode": whole["fileCode"],
        "docOrdinal": str(ordinal),
        "docId": doc_id,
        "docCode": f"{whole['fileCode']}.{ordinal:07d}",
        "maintenance": whole.get("maintenance", ""),
        "typeName": type_code(kind) if kind else "",
        "codeNumber": normal.get("number", ""),
        "codeNotation": normal.get("notation", ""),
        "issuedDate": _shown(day) if day else "",
        "organName": normal.get("issuer") or normal.get("court", ""),
        "subject": normal.get("subject") or record["title"],
        "language": _languages([record["language"]]),
        "numberOfPage": str(len(read_page_ids(record))),
        "mode": whole.get("mode", ""),
        "confidenceLevel": whole.get("confidenceLevel", ""),
        # The circular has no codes for court papers (32, other): their own kind is told here.
        "description": kind if kind and type_code(kind) == "32" else "",
    }
    return table("document").fitted({**read, **_given(case_file, record["id"])})


def end_of(case_file: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> tuple[int | None, str]:
    """The year in which the work of a case file ended, and how that is known: ``said`` by a person, or read from its
    ``documents``, all of which must bear a date then; ``None`` where it is ``unknown``."""
    told = _given(case_file, None).get("endDate", "")
    if told:
        return int(told.rpartition("/")[2]), "said"
    days = [_day(record) for record in records]
    known = [day.year for day in days if day is not None]
    return (max(known), "documents") if known and len(known) == len(days) else (None, "unknown")


def said_periods(case_file: Mapping[str, Any]) -> tuple[str, set[str]]:
    """The code of ``maintenance`` that people gave the case file (empty where nobody did), and those that they gave to
    documents."""
    parts: Mapping[str, Given] = case_file.get("document_descriptions", {})
    members = {given["maintenance"] for given in parts.values() if given.get("maintenance")}
    return _given(case_file, None).get("maintenance", ""), members


def with_description(case_file: Mapping[str, Any], target: str, given: Given) -> dict[str, Any]:
    """``casefile.json`` with fields that a person gave for the case file or one of its documents; an empty value takes
    one back."""
    if target == case_file["id"]:
        return {**case_file, "description": _merged(case_file.get("description", {}), given)}
    told = case_file.get("document_descriptions", {})
    return {**case_file, "document_descriptions": {**told, target: _merged(told.get(target, {}), given)}}


def _merged(old: Given, new: Given) -> dict[str, str]:
    return {name: value for name, value in sorted({**old, **new}.items()) if value}


def _given(case_file: Mapping[str, Any], document: str | None) -> Given:
    told: Given = case_file.get("description", {})
    if document is not None:
        told = case_file.get("document_descriptions", {}).get(document, {})
    return told


def _day(record: Mapping[str, Any]) -> date | None:
    """The date of a document, where a whole and possible one was read."""
    try:
        return date.fromisoformat(record["fields"]["issued_date"]["normal"])
    except (KeyError, ValueError):
        return None


def _shown(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _languages(tags: Sequence[str]) -> str:
    """Codes of the languages; a pair that has a code of its own gets that one."""
    known: Mapping[str, str] = codes()["language_tags"]
    found = sorted({tag.partition("-")[0] for tag in tags}, key=lambda tag: (tag != "vi", tag))
    pair = known.get("+".join(found)) if len(found) == 2 else None
    return pair or separator().join(sorted({known.get(tag, known["other"]) for tag in found}))
