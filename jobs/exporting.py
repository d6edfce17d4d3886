"""Packages and copies out of the store: looked at before, whole or not there at all, listed in a plain manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.fixity import verify_store
from archive.packages.bagit import bag
from archive.packages.build import build, head_values
from archive.packages.check import check
from archive.packages.choices import Kind, choices
from archive.packages.contents import Item, PackageContent
from archive.packages.explain import MANIFEST, read_manifest
from archive.packages.fields import table
from archive.packages.sources import ItemFiles, write_folder, write_zip
from core.errors import BadInputError, ButlucError, IntegrityError, UsageError
from core.events import Event, new_event
from core.files import disk_errors, fsync_tree, sha256_file, write_atomic
from core.ids import fonds_of, kind_of, split_document
from jobs.certifying import Request, with_certificate
from jobs.home import Home
from jobs.packaging import AIP_FOLDER, content_of, stored_items, stored_package

FORMATS = ("pdf", "aip", "sip", "dip", "bagit")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for: the form, whether as folders instead of ZIP files, and what a DIP says of its request."""

    form: str
    directory: Path
    who: str
    folder: bool = False
    request: Request = field(default_factory=Request)


def export(home: Home, ids: Sequence[str], wish: Wish, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """The contract's answer to ``export --json``. A case file that is damaged is not exported and costs no other.

    Raises:
        UsageError: an identifier that is not held, or of which this form cannot be made.
        BadInputError: the folder cannot be written, or what a DIP needs to say is missing.
        MissingToolError: the disk is full.
    """
    chosen = _chosen(home, ids, wish.form)
    if wish.form == "dip":
        wish.request.demand_complete()
    with disk_errors(wish.directory):
        wish.directory.mkdir(parents=True, exist_ok=True)
    answer: dict[str, Any] = {"format": wish.form, "directory": str(wish.directory), "exported": []}
    failed: list[tuple[str, ButlucError]] = []
    for done, (case_file, documents) in enumerate(chosen.items(), 1):
        try:
            answer["exported"] += _export_one(home, case_file, documents, wish)
        except (IntegrityError, BadInputError) as err:
            failed.append((case_file, err))
        progress(done, len(chosen))
    _write_manifest(wish.directory, answer["exported"])
    home.record(*(_told(entry, wish) for entry in answer["exported"]))
    return {**answer, "manifest": str(wish.directory / MANIFEST), "failed": failed}


def _told(entry: Mapping[str, Any], wish: Wish) -> Event:
    purpose = wish.request.values.get("requestID")
    return new_event("export", entry["id"], wish.who, after=entry["sha256"], form=wish.form, request=purpose)


def _chosen(home: Home, ids: Sequence[str], form: str) -> dict[str, list[str]]:
    """Case file → documents asked for (all, where empty); a fonds stands for its case files."""
    held = [name for name, version in home.catalogue.versions().items() if version is not None]
    chosen: dict[str, list[str]] = {}
    for identifier in ids:
        if kind_of(identifier) == "document":
            case_file = split_document(identifier)[0]
            if case_file not in held or not _holds(home, case_file, identifier):
                raise UsageError("jobs.no-record", id=identifier)
            if form not in ("pdf", "dip"):
                raise UsageError("jobs.export-whole", id=identifier, form=form)
            if chosen.get(case_file) != []:
                chosen.setdefault(case_file, []).append(identifier)
            continue
        found = [name for name in held if identifier in (name, fonds_of(name))]
        if not found:
            raise UsageError("jobs.no-record", id=identifier)
        chosen |= {name: [] for name in found}
    return chosen


def _holds(home: Home, case_file: str, document: str) -> bool:
    row = home.catalogue.document(document)
    return row is not None and row.record is not None and row.case_file == case_file


def _export_one(home: Home, case_file: str, documents: Sequence[str], wish: Wish) -> list[dict[str, Any]]:
    """Write what is asked of one case file; entries of the answer."""
    damage = next(verify_store(home.store, [case_file]), None)
    if damage is not None:
        raise IntegrityError("jobs.export-damaged", file=case_file, where=damage.where)
    held = home.store.files(case_file)
    content = content_of(stored_items(held), home.store.head(case_file) or "", documents)
    if wish.form == "pdf":
        return [_copy_pdf(document.id, document.pdf, wish) for document in content.documents]
    with with_certificate(home, content, wish.request, wish.who, wish.form) as whole:
        top, items = _package(home, whole, wish)
        return [_place(case_file, top, items, whole, wish)]


def _package(home: Home, content: PackageContent, wish: Wish) -> tuple[str, Mapping[str, Item]]:
    """The name of a package's folder and its files, checked."""
    held = home.store.files(content.case_file)
    kind = Kind.AIP if wish.form == "bagit" else Kind(wish.form)
    items = stored_package(held) if kind is Kind.AIP else build(content, kind)
    items = items or build(content, kind)
    problems = check(ItemFiles(items))
    if problems:
        raise IntegrityError("jobs.export-damaged", file=content.case_file, where=problems[0])
    if wish.form != "bagit":
        return content.folder(kind), items
    whole = {f"{AIP_FOLDER}/{path}": item for path, item in items.items()}
    masters = {path: Item.at(file.path, file.sha256) for path, file in held.items() if path.startswith("masters/")}
    about = {
        "Source-Organization": content.organisation,
        "External-Identifier": content.case_file,
        "External-Description": content.fields.get("title", ""),
        "Internal-Sender-Identifier": content.objid(kind),
        "Bagging-Date": content.created[:10],
        "Bag-Software-Agent": content.software,
    }
    return content.case_file, bag({**whole, **masters}, about)


def _place(case_file: str, top: str, items: Mapping[str, Item], content: PackageContent, wish: Wish) -> dict[str, Any]:
    name = top if wish.folder else choices().names.zip.format(folder=top)
    target = wish.directory / name
    with _whole(target) as part:
        if wish.folder:
            write_folder(items, part)
            fsync_tree(part)
        else:
            write_zip(items, top, part, content.created)
    level, values = ("file", content.fields) if wish.form == "bagit" else head_values(content, Kind(wish.form))
    kind = Kind.AIP if wish.form == "bagit" else Kind(wish.form)
    return {
        "id": case_file,
        "path": str(target),
        "sha256": items["METS.xml"].sha256 if wish.folder and "METS.xml" in items else _hash_of(target),
        "objid": content.objid(kind),
        "files": len(items),
        "missing": table(level).gaps(values, kind),
    }


def _hash_of(target: Path) -> str:
    return sha256_file(target / "tagmanifest-sha256.txt" if target.is_dir() else target)


def _copy_pdf(document: str, pdf: Item, wish: Wish) -> dict[str, Any]:
    target = wish.directory / f"{document}.pdf"
    with _whole(target) as part:
        write_folder({part.name: pdf}, part.parent)
    return {"id": document, "path": str(target), "sha256": pdf.sha256, "objid": None, "files": 1, "missing": []}


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A place beside ``target`` to write to; it takes the target's name once all is written."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with disk_errors(target):
        try:
            yield part
            if target.is_dir():
                shutil.rmtree(target)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            part.unlink(missing_ok=True)


def _write_manifest(directory: Path, exported: Sequence[Mapping[str, Any]]) -> None:
    """Bring the folder's manifest up to date: every file that was exported, now or before, with its SHA-256."""
    path = directory / MANIFEST
    try:
        listed = read_manifest(path.read_bytes()) if path.exists() else {}
    except ValueError as err:
        raise BadInputError("jobs.export-manifest", file=path) from err
    for entry in exported:
        place = Path(entry["path"])
        files = (file for file in place.rglob("*") if file.is_file()) if place.is_dir() else (place,)
        listed |= {file.relative_to(directory).as_posix(): sha256_file(file) for file in files}
    rows = (f"{sha256}  {name}\n" for name, sha256 in sorted(listed.items()) if (directory / name).is_file())
    write_atomic(path, "".join(rows).encode())
