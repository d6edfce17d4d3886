"""Packages that were made elsewhere: what they say is kept, their documents are taken in like any others.

The structure is followed as far as it goes: METS by E-ARK, descriptions by the circular under any of their names, files
in ``representations/*/data``. Everything that describes is stored as it came, under ``incoming/``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from archive.packages.check import package_references
from archive.packages.choices import choices
from archive.packages.descriptive import read_values
from archive.packages.fields import FieldTable, table
from archive.packages.mets import described_files
from archive.packages.sources import FolderFiles
from archive.packages.xml import parse
from core.errors import BadInputError, UsageError
from core.events import new_event
from core.ids import check_case_file, fonds_of, split_page, year_of
from jobs.description import with_description
from jobs.home import Home
from jobs.intake import ingest
from jobs.tombstones import refuse_destroyed
from jobs.versions import Changes, make_version

_FOLDER = "incoming"
_DATA = re.compile(r"representations/[^/]+/data/.+")
_DOCUMENT_EAD = re.compile(r"EAD_(?:DOC|PIC|MEDIA)_(.+)\.xml", re.IGNORECASE)


def take_in(
    home: Home, package: Path, files: FolderFiles, case_file: str | None, profile: str | None, who: str
) -> dict[str, Any]:
    """A case file that holds the package's descriptions, and its documents in a batch, for ``process`` to go on with.

    Raises:
        BadInputError: a file is not as the package says, there are no documents, or no usable name.
    """
    problems = package_references(files) + _unreadable(files)
    if problems:
        raise BadInputError("jobs.import-bad", file=package, why=problems[0])
    data = [path for path in files.paths() if _DATA.fullmatch(path)]
    if not data:
        raise BadInputError("jobs.import-empty", file=package)
    whole = _described(files, "EAD.xml", table("file"))
    name = _name(package, case_file or whole.get("fileCode", ""))
    refuse_destroyed(home, name)
    kept = {f"{_FOLDER}/{path}": files.open(path) for path in files.paths() if path not in data}
    record = _put_description(home, package, name, whole, dict(kept), files, who)
    batch, result = ingest(
        home, [files.open(path) for path in data], name, profile=profile or home.config.profile, batch=None, who=who
    )
    found = {Path(page.origin).name: split_page(page.id)[0] for page in result.pages}
    if found:
        _put_document_descriptions(home, record, files, found, who)
    return {
        "id": name,
        "state": "waiting",
        "documents": len(set(found.values())),
        "version": home.store.head(name),
        "batch": batch,
        "rejected": [rejected.file for rejected in result.rejected],
    }


def _unreadable(files: FolderFiles) -> list[str]:
    """Descriptions that are no XML, found before anything is kept."""
    found = []
    for path in files.paths():
        name = PurePosixPath(path).name.lower()
        if name.startswith("ead") and name.endswith(".xml"):
            try:
                parse(files.read(path))
            except ValueError as err:
                found.append(f"{path}: {err}")
    return found


def _name(package: Path, code: str) -> str:
    """The name of the case file.

    Raises:
        BadInputError: the code of the package cannot be one here.
    """
    try:
        return check_case_file(code)
    except UsageError as err:
        raise BadInputError("jobs.import-no-case-file", file=package) from err


def _put_description(
    home: Home, package: Path, name: str, whole: Mapping[str, str], kept: Changes, files: FolderFiles, who: str
) -> dict[str, Any]:
    """The first version: what the package says of the case file, and the files that say it; the case file's record."""
    given = {field: value for field, value in whole.items() if _is_settable(table("file"), field, value)}
    empty: dict[str, Any] = {
        "id": name,
        "fonds": fonds_of(name),
        "year": year_of(name),
        "organisation": home.config.organisation,
        "documents": [],
    }
    record = with_description(empty, name, given)
    mets = f"{_FOLDER}/{choices().names.mets}"
    if home.store.head(name) is not None:
        held = home.store.files(name).get(mets)
        if held is None or held.sha256 != files.about(choices().names.mets)[0]:
            raise BadInputError("jobs.import-exists", file=package, case_file=name)
        return record
    source = parse(files.read(choices().names.mets)).get("OBJID", "")
    event = new_event("import", name, who, source=source, file=package.name)
    make_version(home, record, kept, [], [event], message=f"import: {package.name}", who=who)
    return record


def _put_document_descriptions(
    home: Home, record: dict[str, Any], files: FolderFiles, found: Mapping[str, str], who: str
) -> None:
    """What the package says of each document, under the identifiers that the documents got here."""
    told = dict(record)
    for name, path in _descriptions(files).items():
        if name in found and path in files.paths():
            values = read_values(table("document"), files.read(path))
            given = {field: value for field, value in values.items() if _is_settable(table("document"), field, value)}
            told = with_description(told, found[name], given)
    if told != record:
        event = new_event("describe", record["id"], who, documents=len(set(found.values())))
        make_version(home, told, {}, [], [event], message=f"describe: {record['id']}", who=who)


def _descriptions(files: FolderFiles) -> dict[str, str]:
    """Name of a document's file → path of its description: joined by the METS, or else by their names."""
    found: dict[str, str] = {}
    for path in files.paths():
        match = _DOCUMENT_EAD.fullmatch(PurePosixPath(path).name)
        if match:
            found |= {f"{match[1]}{suffix}": path for suffix in (".pdf", ".PDF")}
    for path in files.paths():
        if PurePosixPath(path).name == choices().names.mets and "/" in path:
            joined = described_files(files.read(path))
            folder = PurePosixPath(path).parent
            found |= {PurePosixPath(file).name: str(folder / section) for file, section in joined.items()}
    return found


def _described(files: FolderFiles, name: str, fields: FieldTable) -> dict[str, str]:
    """The values of the package's own description, which lies in ``metadata/descriptive`` under any case."""
    for path in files.paths():
        if path.startswith("metadata/") and PurePosixPath(path).name.lower() == name.lower():
            return read_values(fields, files.read(path))
    return {}


_IDENTIFIERS = frozenset({"fileCode", "arcFileCode", "docId", "docCode", "docOrdinal"})
"""Names of the place that a package came from; here documents get their own."""


def _is_settable(fields: FieldTable, name: str, value: str) -> bool:
    field = fields.named(name)
    return field is not None and not field.derived and name not in _IDENTIFIERS and field.problem(value) is None
