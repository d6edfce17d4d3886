"""Verify: every byte of the store, and every archived document's PDF/A conformance and signature, looked at anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from archive.fixity import verify_store
from archive.packages.check import check
from archive.packages.sources import ItemFiles
from archive.sealed import differences
from archive.verapdf import VeraPdf
from core.errors import UsageError
from core.events import new_event
from core.ids import kind_of, split_page
from core.model import VerdictState
from jobs.catalogue import DocumentRow
from jobs.fixity import verify_copies
from jobs.home import Home
from jobs.packaging import AIP_FOLDER, stored_package
from jobs.profile import load_profile
from jobs.records import archived
from jobs.seals import SealBook
from jobs.signatures import Signatures
from jobs.tombstones import contradictions

Progress = Callable[[int, int], None]


def verify(
    home: Home,
    ids: Sequence[str],
    *,
    sample: int | None,
    seed: int,
    who: str,
    verapdf: Path,
    copies: Sequence[str] = (),
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """The contract's answer to ``verify --json``; with ``sample`` documents drawn by ``seed``, the same each time.

    Args:
        copies: names of second copies, whose bytes are looked at too; ``all`` for every one.

    Raises:
        UsageError: an identifier that is not held, or a copy that the settings do not have.
        MissingToolError, BadInputError: a copy is not there.
    """
    home.store.recover()
    rows = _chosen(home, ids, sample, seed)
    case_files = sorted({row.case_file for row in rows}) if ids or sample is not None else None
    broken = [] if case_files is not None else [*_lost(home), *contradictions(home)]
    broken += [
        {"id": damage.id, "what": damage.what, "where": damage.where, "detail": damage.detail}
        for damage in verify_store(home.store, case_files)
    ]
    broken += _unsealed(home, case_files, {entry["id"] for entry in broken})
    damaged = {entry["id"] for entry in broken}
    broken += [
        {"id": damage.id, "what": damage.what, "where": damage.where, "detail": damage.detail, "copy": name}
        for name, damage in (verify_copies(home, copies, case_files) if copies else ())
    ]
    not_verified: list[dict[str, str]] = []
    signatures = Signatures.of(home.signature)
    for case_file in sorted({row.case_file for row in rows} - damaged):
        _check_package(home, case_file, broken, not_verified)
    with VeraPdf(verapdf) as checker:
        for done, row in enumerate(rows, 1):
            if row.case_file not in damaged:
                _check(home, row, checker, signatures, broken, not_verified)
            progress(done, len(rows))
    happened = new_event(
        "verify", ", ".join(ids) or "store", who, checked=len(rows), broken=len(broken), not_verified=len(not_verified)
    )
    home.record(happened)
    return {
        "checked": len(rows),
        "broken": broken,
        "not_verified": not_verified,
        "seed": seed,
        "signatures": signatures.summary(),
    }


def _unsealed(home: Home, case_files: Sequence[str] | None, damaged: set[str]) -> list[dict[str, str]]:
    """Case files that are sound in themselves and not what was published.

    One that is being published just now is not named: what it holds beyond the seals is looked at by ``fixity``.
    """
    book = SealBook(home)
    found = [
        damage
        for name, head in book.heads().items()
        if name not in damaged and (case_files is None or name in case_files)
        for damage in differences(home.store, name, book.of(name), head)
        if damage.what != "unsealed"
    ]
    return [{"id": entry.id, "what": entry.what, "where": entry.where, "detail": entry.detail} for entry in found]


def _check_package(
    home: Home, case_file: str, broken: list[dict[str, str]], not_verified: list[dict[str, str]]
) -> None:
    """Hold the archival package in the newest version against its own METS, schemas and manifest."""
    where = f"{home.store.place(case_file)}/{AIP_FOLDER}"
    package = stored_package(home.store.files(case_file))
    if not package:
        not_verified.append({"id": case_file, "what": "package: none", "where": where})
        return
    problems = check(ItemFiles(package))
    if problems:
        broken.append({"id": case_file, "what": f"package: {'; '.join(problems[:3])}", "where": where})


def _lost(home: Home) -> list[dict[str, str]]:
    """Case files that catalogue or chain has a version of and the store has not: removed with all their folders."""
    known = {case_file for case_file, version in home.catalogue.versions().items() if version is not None}
    book = SealBook(home)
    known = (known | book.heads().keys()) - book.destroyed
    places = {case_file: home.store.place(case_file) for case_file in sorted(known)}
    return [
        {"id": case_file, "what": "missing", "where": str(place), "detail": ""}
        for case_file, place in places.items()
        if not (home.store.root / place).exists()
    ]


def _chosen(home: Home, ids: Sequence[str], sample: int | None, seed: int) -> list[DocumentRow]:
    rows = [row for row in home.catalogue.documents() if row.record and row.record["pdf"] is not None]
    if ids:
        wanted = {_document_or_case_file(identifier) for identifier in ids}
        for identifier in wanted:
            if not any(identifier in (row.id, row.case_file) for row in rows):
                raise UsageError("jobs.no-record", id=identifier)
        rows = [row for row in rows if row.id in wanted or row.case_file in wanted]
    if sample is not None and sample < len(rows):
        chosen = set(random.Random(seed).sample([row.id for row in rows], sample))
        rows = [row for row in rows if row.id in chosen]
    return rows


def _document_or_case_file(identifier: str) -> str:
    return split_page(identifier)[0] if kind_of(identifier) == "page" else identifier


def _check(
    home: Home,
    row: DocumentRow,
    checker: VeraPdf,
    signatures: Signatures,
    broken: list[dict[str, str]],
    not_verified: list[dict[str, str]],
) -> None:
    stored = archived(home, row)
    assert stored is not None, f"{row.id} was chosen for verification but is not in the store"
    verdicts = [checker.check(stored.path, load_profile(row.profile, home.root).archive.flavour, name="pdfa")]
    verdicts.append(signatures.check(stored))
    for verdict in verdicts:
        entry = {"id": row.id, "what": f"{verdict.check}: {'; '.join(verdict.problems[:3])}", "where": str(stored.path)}
        if verdict.state is VerdictState.FAILED:
            broken.append(entry)
        elif verdict.state is VerdictState.NOT_VERIFIED:
            not_verified.append(entry)
