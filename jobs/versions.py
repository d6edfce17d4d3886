"""The one way to make a new version of a case file: files, record, events and package in one publication; its seal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.store import StoredFile
from core.config import plain
from core.events import Event
from core.files import canonical_json
from core.ids import fonds_of, year_of
from jobs.home import Home
from jobs.packaging import AIP_FOLDER, CASE_FILE, EVENTS, package_changes
from jobs.record import read_page_ids
from jobs.seals import seal_events

Changes = dict[str, Path | bytes | None]


def held_files(home: Home, case_file: str) -> Mapping[str, StoredFile]:
    """The files of a case file's newest version; none before its first."""
    return home.store.files(case_file) if home.store.head(case_file) else {}


def make_version(
    home: Home,
    case_file: dict[str, Any],
    changes: Changes,
    records: Sequence[dict[str, Any]],
    events: Sequence[Event],
    *,
    message: str,
    who: str,
) -> str:
    """Publish ``changes`` together with ``casefile.json``, the events that tell of them and the package that holds them
    all, and bring the catalogue along; the new version's name. The last event tells of the version itself, and its time
    is the version's.

    The caller keeps other writers of this case file out by the lock ``process``.

    Args:
        records: the records of the documents that are new or changed.

    Raises:
        MissingToolError: the disk is full; the store is as before.
    """
    name = case_file["id"]
    held, head = held_files(home, name), home.store.head(name)
    old = held[EVENTS].path.read_bytes() if EVENTS in held else b""
    told = b"".join(canonical_json(plain(event)).encode() + b"\n" for event in events)
    whole: Changes = {CASE_FILE: pretty(case_file), EVENTS: old + told}
    whole |= {path: source for path, source in changes.items() if not path.startswith(f"{AIP_FOLDER}/")}
    whole |= package_changes(held, whole, f"v{int(head[1:]) + 1}" if head else "v1")
    version = home.store.publish(name, whole, message=message, user=who, created=events[-1].at)
    home.catalogue.put_published(name, version, records, *events, *seal_events(home, name, head))
    return version


def case_file_record(
    home: Home, case_file: str, held: Mapping[str, StoredFile], records: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """``casefile.json`` for the documents ``records``; what people said of the case file is kept."""
    old = json.loads(held[CASE_FILE].path.read_bytes()) if CASE_FILE in held else {}
    return {
        **old,
        "id": case_file,
        "fonds": fonds_of(case_file),
        "year": year_of(case_file),
        "organisation": home.config.organisation,
        "documents": [
            {"id": name, "title": records[name]["title"], "pages": len(read_page_ids(records[name]))}
            for name in sorted(records)
        ],
    }


def pretty(value: Any) -> bytes:
    """JSON as the store keeps it, for people too."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
