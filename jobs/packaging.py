"""From the store's records to the content of a package, and the package that lies in each version of a case file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.packages.build import build
from archive.packages.choices import Kind
from archive.packages.contents import Item, Master, PackageContent, PackagedDocument
from archive.store import StoredFile
from core import __version__
from core.config import fill
from core.events import Event
from core.ids import split_document
from jobs.description import case_file_values, document_values
from jobs.record import is_record, read_page_ids

AIP_FOLDER = "aip"
"""Logical folder of the archival package within a case file's object."""
BESIDE_PACKAGE = ("masters/", "incoming/")
"""Logical folders of a case file that its package does not carry, and a bag does."""
CASE_FILE, EVENTS = "casefile.json", "events.jsonl"

Changes = Mapping[str, Path | bytes | None]
Files = Mapping[str, Item]


def stored_items(held: Mapping[str, StoredFile]) -> dict[str, Item]:
    """The files of a version that a package is made from, their digests taken from the inventory."""
    return after(held, {})


def stored_package(held: Mapping[str, StoredFile]) -> dict[str, Item]:
    """The files of the package that lies in a version, by their paths within it; none in a version made before there
    were packages."""
    top = f"{AIP_FOLDER}/"
    inner = {path.removeprefix(top): file for path, file in held.items() if path.startswith(top)}
    return {path: Item.at(file.path, file.sha256) for path, file in inner.items()}


def after(held: Mapping[str, StoredFile], changes: Changes) -> dict[str, Item]:
    """Of the files that ``changes`` leave a case file, those that a package is made from."""
    wanted: dict[str, Item] = {}
    for logical in sorted(held.keys() | changes.keys()):
        if not _is_packed(logical):
            continue
        source = changes.get(logical, held.get(logical))
        if isinstance(source, StoredFile):
            wanted[logical] = Item.at(source.path, source.sha256)
        elif source is not None:
            wanted[logical] = Item.of(source) if isinstance(source, bytes) else Item.at(source)
    return wanted


def package_changes(held: Mapping[str, StoredFile], changes: Changes, version: str) -> dict[str, Path | bytes | None]:
    """What ``changes``, which hold a new record and new events, make of the package in ``aip/``: files that stay as
    they are not among them."""
    items = build(content_of(after(held, changes), version), Kind.AIP)
    found: dict[str, Path | bytes | None] = {}
    for path, item in items.items():
        logical = f"{AIP_FOLDER}/{path}"
        if logical not in held or held[logical].sha256 != item.sha256:
            found[logical] = item.source
    gone = (logical for logical in held if logical.startswith(f"{AIP_FOLDER}/"))
    return found | {logical: None for logical in gone if logical.removeprefix(f"{AIP_FOLDER}/") not in items}


def content_of(files: Files, version: str, chosen: Sequence[str] = ()) -> PackageContent:
    """The content of a package of a case file, by the files of one of its versions; of ``chosen`` documents only,
    where any are named."""
    case_file = json.loads(files[CASE_FILE].read())
    records = [record for record in _records(files) if not chosen or record["id"] in chosen]
    events = list(read_events(files[EVENTS].read()))
    whole = case_file_values(case_file, records)
    documents = [_document(case_file, record, whole, files) for record in records]
    own = {record["id"] for record in records}
    return PackageContent(
        case_file=case_file["id"],
        fonds=case_file["fonds"],
        organisation=case_file["organisation"],
        version=version,
        created=events[-1].at,
        software=f"butluc {__version__}",
        fields=whole,
        documents=documents,
        events=[event for event in events if event.object in own or event.object == case_file["id"]],
        record={path: item for path, item in files.items() if _belongs(path, own if chosen else None)},
    )


def read_events(data: bytes, file: Path | str = EVENTS) -> Iterator[Event]:
    """The events of an ``events.jsonl``; ``file`` is its name in an error."""
    return (fill(Event, json.loads(line), file=file) for line in data.decode().splitlines())


def _records(files: Files) -> list[dict[str, Any]]:
    """Of the documents that have pages."""
    found = (json.loads(files[path].read()) for path in sorted(files) if is_record(path))
    return [record for record in found if record["pdf"] is not None]


def _is_packed(logical: str) -> bool:
    return logical in (CASE_FILE, EVENTS) or (logical.startswith("documents/") and not logical.endswith(".hocr"))


def _belongs(logical: str, chosen: set[str] | None) -> bool:
    """Whether a file goes into the record of a package: PDFs are its data, hOCR can be made from ALTO."""
    if not _is_packed(logical) or logical.endswith(".pdf"):
        return False
    if chosen is None or not logical.startswith("documents/"):
        return chosen is None or logical == CASE_FILE
    return any(logical.startswith(f"documents/{split_document(name)[1]:07d}/") for name in chosen)


def _document(
    case_file: Mapping[str, Any], record: Mapping[str, Any], whole: Mapping[str, str], files: Files
) -> PackagedDocument:
    ordinal = split_document(record["id"])[1]
    verdicts = {verdict["check"]: verdict for verdict in record["verdicts"]}
    live = set(read_page_ids(record))
    found = PackagedDocument(
        id=record["id"],
        ordinal=ordinal,
        title=record["title"],
        pdf=files[record["pdf"]],
        flavour=_flavour(verdicts),
        fields={},
        masters=tuple(
            dict.fromkeys(Master(page["master"], page["sha256"]) for page in record["pages"] if page["id"] in live)
        ),
        signature=verdicts["signature"]["details"] if "signature" in verdicts else {},
        converted=record["conversion"],
        software=record["software"],
        pages=len(live),
    )
    return replace(found, fields=document_values(case_file, record, whole, found.doc_id))


def _flavour(verdicts: Mapping[str, Any]) -> str:
    """The flavour of PDF/A that the finished file was found to be; empty where no check said so."""
    for name in ("pdfa-after", "pdfa", "pdfa-before"):
        verdict = verdicts.get(name)
        if verdict is not None:
            return str(verdict["details"].get("flavour", "")) if verdict["state"] == "passed" else ""
    return ""
