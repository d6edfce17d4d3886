"""Describe: the circular's fields of a case file or a document, shown and set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.packages.choices import Kind
from archive.packages.fields import check_given, table
from core.config import pairs
from core.errors import UsageError
from core.events import new_event
from core.ids import kind_of, split_document
from jobs.copies import Keeper
from jobs.description import with_description
from jobs.home import Home
from jobs.packaging import CASE_FILE, content_of, stored_items
from jobs.publish import stored_records
from jobs.settings import read_toml
from jobs.tombstones import refuse_destroyed
from jobs.versions import make_version


def settings(given: Sequence[str], file: Path | None) -> dict[str, str]:
    """``NAME=VALUE`` pairs, over those of a TOML or JSON file of such names.

    Raises:
        UsageError: a pair that is none.
        BadInputError: the file cannot be read.
    """
    return {**({} if file is None else _read(file)), **pairs(given, "jobs.bad-setting")}


def _read(file: Path) -> dict[str, str]:
    data = json.loads(file.read_bytes()) if file.suffix == ".json" else read_toml(file)
    return {str(name): _text(value) for name, value in data.items()}


def _text(value: object) -> str:
    return {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def describe(home: Home, identifier: str, given: Mapping[str, str], who: str) -> dict[str, Any]:
    """The fields of a case file or document, after those ``given`` were set in a new version.

    Raises:
        UsageError: the store has no such case file or document.
        BadInputError: an unknown field, a value that breaks its rule, or the case file was destroyed.
        MissingToolError: another command works on this home, or the disk is full.
    """
    case_file, level = _target(home, identifier)
    values = check_given(level, given, identifier)
    if values:
        with home.lock("process"):
            refuse_destroyed(home, case_file)
            _set(home, case_file, identifier, values, who)
            home.flush_events()
            Keeper(home, who).catch_up()
    return _shown(home, case_file, identifier, level)


def _target(home: Home, identifier: str) -> tuple[str, str]:
    kind = kind_of(identifier)
    case_file = split_document(identifier)[0] if kind == "document" else identifier
    if kind == "page" or home.store.head(case_file) is None:
        raise UsageError("jobs.no-record", id=identifier)
    if kind == "document" and identifier not in {record["id"] for record in stored_records(home, case_file)}:
        raise UsageError("jobs.no-record", id=identifier)
    return case_file, "document" if kind == "document" else "file"


def _set(home: Home, case_file: str, identifier: str, values: Mapping[str, str], who: str) -> None:
    old = json.loads(home.store.files(case_file)[CASE_FILE].path.read_bytes())
    new = with_description(old, identifier, values)
    if new == old:
        return
    event = new_event("describe", identifier, who, fields=sorted(values))
    records = stored_records(home, case_file)
    make_version(home, new, {}, records, [event], message=f"describe: {identifier}", who=who)


def _shown(home: Home, case_file: str, identifier: str, level: str) -> dict[str, Any]:
    version = home.store.head(case_file) or ""
    files = home.store.files(case_file)
    content = content_of(stored_items(files), version)
    values = content.fields
    if level == "document":
        values = next(document.fields for document in content.documents if document.id == identifier)
    record = json.loads(files[CASE_FILE].path.read_bytes())
    told = record.get("description", {}) if level == "file" else record.get("document_descriptions", {})
    return {
        "id": identifier,
        "version": version,
        "fields": dict(values),
        "said": sorted(told if level == "file" else told.get(identifier, {})),
        "missing": table(level).gaps(values, Kind.AIP),
    }
