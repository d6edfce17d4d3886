"""Packages and copies out of the store: looked at before, whole or not there at all, listed in a plain manifest."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.fixity import verify_store
from archive.packages.bagit import TAG_MANIFEST, bag
from archive.packages.build import build, head_values
from archive.packages.check import check
from archive.packages.choices import Kind, choices
from archive.packages.contents import Item, PackageContent
from archive.packages.explain import bag_readme
from archive.packages.fields import table
from archive.packages.sources import ItemFiles, write_folder, write_zip
from archive.usercopy import CopyKind
from archive.verapdf import VeraPdf
from core.errors import BadInputError, ButlucError, IntegrityError, UsageError
from core.events import Event, new_event
from core.files import digest, sha256_file
from core.ids import fonds_of, kind_of, split_document
from jobs.certifying import Request, with_certificate
from jobs.exportlist import ExportList
from jobs.home import Home
from jobs.packaging import AIP_FOLDER, BESIDE_PACKAGE, content_of, stored_items, stored_package
from jobs.tombstones import destroyed
from jobs.usercopies import write_copies

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for: the form, whether as folders instead of ZIP files, and what a DIP says of its request; of PDFs
    whether copies, of which kind, and whether the case file as one."""

    form: str
    directory: Path
    who: str
    folder: bool = False
    request: Request = field(default_factory=Request)
    copy: CopyKind | None = None
    joined: bool = False


def export(
    home: Home, ids: Sequence[str], wish: Wish, verapdf: Path, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """The contract's answer to ``export --json``. A case file that is damaged is not exported and costs no other; what
    the folder holds already, as it is asked for, stays.

    Args:
        verapdf: where the PDF/A checker lies, for copies.

    Raises:
        UsageError: an identifier that is not held, or of which this form cannot be made.
        BadInputError: the folder cannot be written, or what a DIP needs to say is missing.
        MissingToolError: the disk is full, or another export to the same folder is at work.
    """
    if (wish.copy is not None or wish.joined) and wish.form != "pdf":
        raise UsageError("jobs.export-copy-form", form=wish.form)
    chosen = _chosen(home, ids, "--whole" if wish.joined else wish.form)
    if wish.form == "dip":
        wish.request.demand_complete()
    with home.lock(f"export-{digest(str(wish.directory.resolve()))[:16]}"):
        return _export_all(home, chosen, wish, verapdf, progress)


def _export_all(
    home: Home, chosen: Mapping[str, Sequence[str]], wish: Wish, verapdf: Path, progress: Progress
) -> dict[str, Any]:
    listed = ExportList(wish.directory)
    answer: dict[str, Any] = {"format": wish.form, "directory": str(wish.directory), "exported": []}
    failed: list[tuple[str, ButlucError]] = []
    with VeraPdf(verapdf) as checker:
        for done, (case_file, documents) in enumerate(chosen.items(), 1):
            try:
                for entry in _export_one(home, case_file, documents, wish, listed, checker):
                    answer["exported"].append(entry)
                    if not entry.get("kept"):
                        home.record(_told(entry, wish))
            except (IntegrityError, BadInputError) as err:
                failed.append((case_file, err))
            progress(done, len(chosen))
    listed.finish()
    return {**answer, "manifest": str(listed.path), "failed": failed}


def _told(entry: Mapping[str, Any], wish: Wish) -> Event:
    purpose, copy = wish.request.values.get("requestID"), entry.get("copy")
    return new_event("export", entry["id"], wish.who, after=entry["sha256"], form=wish.form, request=purpose, copy=copy)


def _chosen(home: Home, ids: Sequence[str], form: str) -> dict[str, list[str]]:
    """Case file → documents asked for (all, where empty); a fonds stands for its case files."""
    gone = destroyed(home)
    held = [name for name, version in home.catalogue.versions().items() if version is not None and name not in gone]
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


def _export_one(
    home: Home, case_file: str, documents: Sequence[str], wish: Wish, listed: ExportList, checker: VeraPdf
) -> Iterator[dict[str, Any]]:
    """Write what is asked of one case file; entries of the answer."""
    damage = next(verify_store(home.store, [case_file]), None)
    if damage is not None:
        raise IntegrityError("jobs.export-damaged", file=case_file, where=damage.where)
    held = home.store.files(case_file)
    content = content_of(stored_items(held), home.store.head(case_file) or "", documents)
    if wish.copy is not None or wish.joined:
        kind = wish.copy or CopyKind.WHOLE
        yield from write_copies(home, content, kind, wish.joined, wish.who, listed, checker)
        return
    if wish.form == "pdf":
        yield from (_copy_pdf(document.id, document.pdf, listed) for document in content.documents)
        return
    with with_certificate(home, content, wish.request, wish.who, wish.form) as whole:
        top, items = _package(home, whole, wish)
        yield _place(case_file, top, items, whole, wish, listed)


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
    kept = {path: Item.at(file.path, file.sha256) for path, file in held.items() if path.startswith(BESIDE_PACKAGE)}
    about = {
        "Source-Organization": content.organisation,
        "External-Identifier": content.case_file,
        "External-Description": content.fields.get("title", ""),
        "Internal-Sender-Identifier": content.objid(kind),
        "Bagging-Date": content.created[:10],
        "Bag-Software-Agent": content.software,
    }
    return content.case_file, bag({**whole, **kept}, about, bag_readme(content, f"data/{AIP_FOLDER}"))


def _place(
    case_file: str, top: str, items: Mapping[str, Item], content: PackageContent, wish: Wish, listed: ExportList
) -> dict[str, Any]:
    target = wish.directory / (top if wish.folder else choices().names.zip.format(folder=top))
    kept = _is_same(target, top, items) and listed.holds(target)
    if not kept:
        with listed.whole(target) as part:
            if wish.folder:
                write_folder(items, part)
            else:
                write_zip(items, top, part, content.created)
        listed.note(target)
    level, values = ("file", content.fields) if wish.form == "bagit" else head_values(content, Kind(wish.form))
    kind = Kind.AIP if wish.form == "bagit" else Kind(wish.form)
    return {
        "id": case_file,
        "path": str(target),
        "sha256": items[_key_file(items)].sha256 if wish.folder else sha256_file(target),
        "objid": content.objid(kind),
        "files": len(items),
        "missing": table(level).gaps(values, kind),
        "kept": kept,
    }


def _key_file(items: Mapping[str, Item]) -> str:
    """The file of a package that holds the hashes of all others, directly or through one of them."""
    return TAG_MANIFEST if TAG_MANIFEST in items else choices().names.mets


def _is_same(target: Path, top: str, items: Mapping[str, Item]) -> bool:
    """Whether a package of just this content seems to lie there already."""
    name = _key_file(items)
    try:
        if target.is_dir():
            found = (target / name).read_bytes()
        else:
            with zipfile.ZipFile(target) as archive:
                found = archive.read(f"{top}/{name}")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False
    return Item.of(found).sha256 == items[name].sha256


def _copy_pdf(document: str, pdf: Item, listed: ExportList) -> dict[str, Any]:
    target = listed.directory / f"{document}.pdf"
    kept = target.is_file() and sha256_file(target) == pdf.sha256 and listed.holds(target)
    if not kept:
        with listed.whole(target) as part:
            write_folder({part.name: pdf}, part.parent)
        listed.note(target)
    entry: dict[str, Any] = {
        "id": document,
        "path": str(target),
        "sha256": pdf.sha256,
        "objid": None,
        "files": 1,
        "missing": [],
    }
    return {**entry, "kept": kept}
