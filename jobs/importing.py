"""Import: packages become case files again, each whole or not at all.

A package that this product made brings its own record: documents, PDFs and events come back as they were. Of any other
the descriptions are kept and the documents are taken in as if they came from a folder (``jobs/incoming.py``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.packages.bagit import MARK, bag_problems
from archive.packages.check import check, kind_of_package
from archive.packages.choices import Kind, choices
from archive.packages.sources import FolderFiles, opened
from archive.packages.xml import parse
from core.errors import BadInputError, ButlucError
from core.events import Event, new_event
from core.files import disk_errors
from core.ids import check_case_file
from jobs.copies import Keeper
from jobs.deliveries import beside_problems, packages_in
from jobs.holds import HOLD, RELEASE
from jobs.home import Home
from jobs.incoming import take_in
from jobs.indexing import IndexKeeper
from jobs.packaging import AIP_FOLDER, BESIDE_PACKAGE, CASE_FILE, EVENTS, read_events
from jobs.reading import work_folder
from jobs.record import alto_path, document_folder, hocr_path, pdf_path, read_page_ids, record_path
from jobs.seals import ACT as SEAL
from jobs.seals import DESTROYED
from jobs.tombstones import refuse_destroyed
from jobs.versions import Changes, make_version
from ocr.alto_reader import read_alto
from ocr.hocr import write_hocr

Progress = Callable[[int, int], None]
_NOT_FOR_PACKAGES = frozenset({SEAL, DESTROYED, HOLD, RELEASE})
"""Acts of an archive upon a case file that never stand in the case file's own events."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who imports; name of the case file and profile for packages that were made elsewhere."""

    who: str
    case_file: str | None = None
    profile: str | None = None


def import_packages(
    home: Home, packages: Sequence[Path], origin: Origin, progress: Progress = lambda done, total: None
) -> tuple[list[dict[str, Any]], list[tuple[str, ButlucError]]]:
    """What became of each package, and those that were refused; one that is refused leaves nothing behind.

    Args:
        packages: ZIP files and folders; a folder that an export filled stands for the packages in it.

    Raises:
        BadInputError: the manifest of such a folder cannot be read.
        MissingToolError: another command works on this home, or the disk is full.
    """
    done: list[dict[str, Any]] = []
    failed: list[tuple[str, ButlucError]] = []
    with home.lock("process"):
        home.store.recover()
        packages = packages_in(packages)
        for number, package in enumerate(packages, 1):
            try:
                _demand_whole(package, beside_problems(package))
                with _unpacked(home, package) as files:
                    done.append(_import(home, package, files, origin))
            except BadInputError as err:
                failed.append((str(package), err))
            progress(number, len(packages))
        IndexKeeper(home).finish()
        home.flush_events()
        Keeper(home, origin.who).catch_up()
    return done, failed


@contextmanager
def _unpacked(home: Home, package: Path) -> Iterator[FolderFiles]:
    """The files of a package; of a ZIP file in a folder of its own, which is taken away afterwards."""
    work = work_folder(home.path("cache")) / f"import-{package.name}"
    with disk_errors(work):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
    try:
        with opened(package, work) as files:
            yield files
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _import(home: Home, package: Path, files: FolderFiles, origin: Origin) -> dict[str, Any]:
    beside: dict[str, Path] = {}
    if MARK in files.paths():
        _demand_whole(package, bag_problems(files))
        bag, files = files, files.below(f"data/{AIP_FOLDER}")
        tops = tuple(f"data/{folder}" for folder in BESIDE_PACKAGE)
        beside = {path.removeprefix("data/"): bag.open(path) for path in bag.paths() if path.startswith(tops)}
    kind = kind_of_package(files)
    if kind is Kind.DIP:
        raise BadInputError("jobs.import-dip", file=package)
    if f"{choices().names.record}/{CASE_FILE}" not in files.paths():
        return take_in(home, package, files, origin.case_file, origin.profile, origin.who)
    _demand_whole(package, check(files))
    if origin.case_file is not None:
        name = json.loads(files.read(f"{choices().names.record}/{CASE_FILE}"))["id"]
        raise BadInputError("jobs.import-own-name", file=package, case_file=name)
    return _take_back(home, package, files, beside, origin.who)


def _demand_whole(package: Path, problems: Sequence[str]) -> None:
    if problems:
        raise BadInputError("jobs.import-bad", file=package, why=problems[0])


def _take_back(home: Home, package: Path, files: FolderFiles, beside: Mapping[str, Path], who: str) -> dict[str, Any]:
    """Publish what this product packed: the same documents and events, and the event that brings them here."""
    record = choices().names.record
    try:
        case_file = json.loads(files.read(f"{record}/{CASE_FILE}"))
        name = check_case_file(case_file["id"])
        told = list(read_events(files.read(f"{record}/{EVENTS}")))
        paths = [path for path in files.paths() if path.startswith(record) and path.endswith("/document.json")]
        records = [json.loads(files.read(path)) for path in paths]
        changes = _changes(files, records, beside)
        _demand_own(told, name)
    except (KeyError, ValueError, TypeError) as err:
        raise BadInputError("jobs.import-bad", file=package, why=f"{record}: {err}") from err
    refuse_destroyed(home, name)
    if home.store.head(name) is not None:
        _demand_same(home, package, name, records)
        return {"id": name, "state": "held", "documents": len(records), "version": home.store.head(name)}
    events = [*told, *_arrival(files, name, who, package)]
    version = make_version(home, case_file, changes, records, events, message=f"import: {package.name}", who=who)
    return {"id": name, "state": "whole", "documents": len(records), "version": version}


def _demand_own(told: Sequence[Event], case_file: str) -> None:
    """A package may tell of its own case file only, and of nothing that is for this archive to decide.

    Raises:
        ValueError: it tells of something else.
    """
    for event in told:
        own = event.object == case_file or event.object.startswith(f"{case_file}.")
        if not own or event.act in _NOT_FOR_PACKAGES:
            raise ValueError(f"{EVENTS}: {event.act} {event.object}")


def _arrival(files: FolderFiles, case_file: str, who: str, package: Path) -> list[Event]:
    """A package came in, and what is kept of it is a package of its own (TT 05/2025/TT-BNV, Điều 25)."""
    kind = kind_of_package(files)
    source = parse(files.read(choices().names.mets)).get("OBJID", "")
    about = {"kind": kind.value, "source": source, "file": package.name}
    return [new_event("import", case_file, who, **about), new_event("create", case_file, who, **about)]


def _changes(files: FolderFiles, records: Sequence[Mapping[str, Any]], beside: Mapping[str, Path]) -> Changes:
    """The files of the documents; a PDF that is not the one of its record is refused.

    Raises:
        ValueError: such a PDF.
        KeyError: a file is missing.
    """
    names = choices().names
    changes: Changes = dict(beside)
    for record in records:
        document = record["id"]
        changes[record_path(document)] = files.read(f"{names.record}/{document_folder(document)}/document.json")
        if record["pdf"] is None:
            continue  # all its pages are in other documents now
        data = f"{names.rep_folder}/data/{document}.pdf"
        if files.about(data)[0] != record["pdf_sha256"]:
            raise ValueError(f"{document}.pdf")
        changes[pdf_path(document)] = files.open(data)
        for page in read_page_ids(record):
            alto = files.read(f"{names.record}/{alto_path(page)}")
            changes[alto_path(page)] = alto
            changes[hocr_path(page)] = write_hocr(read_alto(alto), page)
    return changes


def _demand_same(home: Home, package: Path, case_file: str, records: Sequence[Mapping[str, Any]]) -> None:
    """The same package again changes nothing; another one of that name is refused."""
    held = home.store.files(case_file)
    for record in records:
        stored = held.get(pdf_path(record["id"]))
        if (stored.sha256 if stored else None) != record["pdf_sha256"]:
            raise BadInputError("jobs.import-exists", file=package, case_file=case_file)
