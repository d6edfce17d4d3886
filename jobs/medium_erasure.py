"""Take case files out of every backup on a medium: manifests are written anew, contents that nobody needs are deleted.

The new manifests are made beside the old ones and come into force together, by one rename (``Medium.rewrite``); a kill
leaves all old ones or all new ones. The tombstones are left on the medium: what is restored from it knows of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.publication import Step
from core.files import copy_hashed
from jobs.backup import SNAPSHOT
from jobs.erasure import Traces, erase_rows
from jobs.medium import Entry, Manifest, Medium, Previous
from jobs.tombstones import put_tombstones


def erase_from_medium(medium: Medium, events: Iterable[Mapping[str, Any]], traces: Traces, step: Step) -> int:
    """How many backups were written anew; called again, it finishes what was broken off.

    Raises:
        MissingToolError: the disk is full, or a backup is at work on the medium.
        IntegrityError: a manifest is damaged, so that nobody knows what it holds.
    """
    told = {event["object"]: event for event in events}
    with medium.writing():
        put_tombstones(medium.root, told.values())
        step("medium: tombstones")
        changed = _new_manifests(medium, told.keys(), traces)
        if changed:
            medium.rewrite(changed, step)
        step("medium: manifests")
        medium.sweep()
        step("medium: contents")
    return len(changed)


def _new_manifests(medium: Medium, case_files: Collection[str], traces: Traces) -> list[Manifest]:
    """The manifests that have to change, oldest first: one that has takes all behind it along, for each names the
    digest of the one before."""
    changed: list[Manifest] = []
    for name in medium.names():
        old, _ = medium.load(name)
        new = _without(medium, old, case_files, traces)
        if changed and old.previous is not None:
            new = replace(new, previous=Previous(changed[-1].name, medium.digest(changed[-1])))
        if new != old:
            changed.append(new)
    return changed


def _without(medium: Medium, old: Manifest, case_files: Collection[str], traces: Traces) -> Manifest:
    owners = {entry.path: owner for entry in old.files if (owner := traces.owner(entry.path))}
    kept = [entry for entry in old.files if entry.path not in owners]
    documents = pages = 0
    for number, entry in enumerate(kept):
        if entry.path == SNAPSHOT:
            kept[number], documents, pages = _without_rows(medium, entry, case_files)
    if kept == list(old.files):
        return old
    gone = {owner for path, owner in owners.items() if path.startswith("store/")}
    less = {"case_files": len(gone), "documents": documents, "pages": pages}
    counts = {name: number - less.get(name, 0) for name, number in old.counts.items()}
    return replace(old, files=tuple(kept), counts=counts)


def _without_rows(medium: Medium, entry: Entry, case_files: Collection[str]) -> tuple[Entry, int, int]:
    """The catalogue without the rows of the case files; how many documents and pages went."""
    with tempfile.TemporaryDirectory(dir=medium.root / "staging") as work:
        copy = Path(work, SNAPSHOT)
        copy_hashed(medium.content(entry.sha256), copy)
        gone = [counts for name in sorted(case_files) if (counts := erase_rows(copy, name)) is not None]
        if not gone:
            return entry, 0, 0
        documents, pages = sum(row[0] for row in gone), sum(row[1] for row in gone)
        sha = medium.put(copy)
    return replace(entry, sha256=sha, size=medium.content(sha).stat().st_size), documents, pages
