"""Backup of a whole home on another medium: full or incremental, resumable, every generation kept."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import __version__
from core.errors import IntegrityError, MissingToolError, UsageError
from core.events import new_event, now
from core.files import sha256_file
from jobs.fixity import demand_store
from jobs.home import Home
from jobs.intake import batch_names
from jobs.medium import Entry, Manifest, Medium, Previous
from jobs.seals import SealBook
from jobs.tombstones import destroyed, put_tombstones

Progress = Callable[[int, int], None]
SNAPSHOT = "catalogue.db"
SETTINGS = "butluc.toml"
_FOLDERS = ("profiles", "journal", "store", "quarantine", "reports", "fixity", "retention", "tombstones", "audit")
"""In the order in which they are read: what is told comes before what tells of it where both grow meanwhile."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of the home, or what is to be kept in its place."""

    name: str
    path: Path


def back_up(
    home: Home,
    root: Path,
    who: str,
    *,
    kind: str | None = None,
    with_keys: bool = False,
    new: bool = False,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Make a backup on the medium in ``root``; killed and called again, it goes on with what is there.

    An incremental one reads only files whose size or time changed; a full one reads every byte, also of what lies on
    the medium, and replaces what is damaged there. The first on a medium is full.

    Args:
        kind: ``full`` or ``incremental``; by itself incremental where there is a backup before.
        with_keys: take the signing keys too.
        new: begin on a new medium although there was one in this place before.

    Raises:
        MissingToolError: the medium is not there, the disk is full, or the line or another backup is at work.
        BadInputError: it is the medium of another archive.
        UsageError: the folder holds other things, or there is nothing that an incremental one could follow.
    """
    demand_store(home)
    with home.lock("process"):
        home.flush_events()
        medium = _medium(home, root, new)
        with medium.writing(), tempfile.TemporaryDirectory(dir=medium.root / "staging") as work:
            before = medium.load() if medium.names() else None
            if kind == "incremental" and before is None:
                raise UsageError("jobs.no-backup", file=root, name="–", known="–")
            full = kind == "full" or before is None
            known = {entry.path: entry for entry in before[0].files} if before else {}
            sources = list(_sources(home, Path(work), with_keys))
            files, copied = [], 0
            for done, source in enumerate(sources):
                progress(done, len(sources))
                try:
                    entry, size = _take(medium, source, known.get(source.name), full)
                except FileNotFoundError:
                    if source.name.startswith("store/"):
                        raise
                    continue  # a note of an ingest that has ended meanwhile
                files.append(entry)
                copied += size
            manifest = _manifest(home, medium, "full" if full else "incremental", before, files, with_keys)
            put_tombstones(medium.root, destroyed(home).values())
            sha = medium.write(manifest)
    changed = _changed(known, files)
    figures: dict[str, Any] = {"files": len(files), "bytes": sum(entry.size for entry in files), "copied": copied}
    told: dict[str, Any] = {"path": str(root), "medium": medium.identity.id, "kind": manifest.kind, "sha256": sha}
    home.record(new_event("backup", manifest.name, who, **told, **figures, changed=len(changed)))
    return {"backup": manifest.name, **told, **figures, "left_out": list(manifest.left_out), "changed": changed}


def _medium(home: Home, root: Path, new: bool) -> Medium:
    archive = home.chain.genesis()
    try:
        return Medium.open(root, archive)
    except MissingToolError:
        if not new and any(told["details"]["path"] == str(root) for told in home.chain.of_act("backup")):
            raise  # an empty mount point is not a new medium
        if root.resolve().is_relative_to(home.root.resolve()):
            raise UsageError("jobs.backup-inside", file=root) from None
        return Medium.make(root, archive)


def _sources(home: Home, work: Path, with_keys: bool) -> Iterator[_Source]:
    """The catalogue first: journals that are further than it are caught up with, the other way round is not so."""
    snapshot = work / SNAPSHOT
    with closing(sqlite3.connect(home.path(SNAPSHOT))) as live, closing(sqlite3.connect(snapshot)) as copy:
        live.backup(copy)
    yield _Source(SNAPSHOT, snapshot)
    yield _Source(SETTINGS, home.path(SETTINGS))
    for path in sorted(_key_files(home) if with_keys else _anchors(home)):
        yield _Source(str(path.relative_to(home.root)), path)
    for folder in _FOLDERS:
        for place, folders, names in os.walk(home.path(folder)):
            folders.sort()
            # A journal names masters that were flushed before: read before them, it names none that is not there.
            for name in sorted(names, key=lambda name: (not name.endswith(".jsonl"), name)):
                path = Path(place, name)
                if path.is_file() and not path.is_symlink() and not name.endswith(".part"):
                    yield _Source(str(path.relative_to(home.root)), path)


def _key_files(home: Home) -> set[Path]:
    return {path for path in home.path("keys").rglob("*") if path.is_file()} | _anchors(home)


def _anchors(home: Home) -> set[Path]:
    """The certificates and lists of revoked ones by which signatures are checked; nothing in them is secret."""
    own = home.signature
    anchors = (*own.trust_anchors, *own.certificates, *own.crls) if own else ()
    return {path for path in anchors if path.is_file() and path.is_relative_to(home.root)}


def _take(medium: Medium, source: _Source, known: Entry | None, full: bool) -> tuple[Entry, int]:
    """The file's entry, and how many bytes were copied for it."""
    about = source.path.stat()
    grows = source.name.endswith(".jsonl")
    same = known is not None and (known.size, known.mtime_ns) == (about.st_size, about.st_mtime_ns)
    if known is not None and same and not full and not grows and medium.holds(known):
        return known, 0
    if grows:
        data = source.path.read_bytes()
        data = data[: data.rfind(b"\n") + 1]  # what is being written will come with the next backup
        return Entry(source.name, len(data), medium.put_bytes(data), about.st_mtime_ns), len(data)
    if full and known is not None and same and medium.holds(known, look=True) and _is(source.path, known):
        return known, 0
    sha = medium.put(source.path)
    return Entry(source.name, medium.content(sha).stat().st_size, sha, about.st_mtime_ns), about.st_size


def _is(path: Path, known: Entry) -> bool:
    return sha256_file(path) == known.sha256


def _changed(known: Mapping[str, Entry], files: list[Entry]) -> list[str]:
    """Files that never change and differ from the backup before: damage, of which that one has the good bytes."""
    found = []
    for entry in files:
        parts = entry.path.split("/")
        fixed = parts[0] == "store" and any(part[:1] == "v" and part[1:].isdigit() for part in parts[4:-1])
        if fixed and entry.path in known and known[entry.path].sha256 != entry.sha256:
            found.append(entry.path)
    return found


def _manifest(
    home: Home,
    medium: Medium,
    kind: str,
    before: tuple[Manifest, str] | None,
    files: list[Entry],
    with_keys: bool,
) -> Manifest:
    verdict = home.chain.verify()
    return Manifest(
        name=medium.next_name(),
        at=now(),
        kind=kind,
        archive=medium.identity.archive,
        software=f"butluc {__version__}",
        head=verdict.head,
        counts={**counts(home), "events": verdict.events},
        left_out=() if with_keys else ("keys",),
        previous=Previous(before[0].name, before[1]) if before else None,
        files=tuple(files),
    )


def counts(home: Home) -> dict[str, int]:
    """What a restored home must hold again."""
    rows = [row for row in home.catalogue.documents() if row.record]
    return {
        "batches": len(batch_names(home)),
        "case_files": len(SealBook(home).heads()),
        "documents": len(rows),
        "pages": sum(len((row.record or {})["pages"]) for row in rows),
    }


def verify_backups(
    root: Path, names: list[str] | None = None, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """Every manifest and every content of the backups (all, when none is named), byte for byte. Writes nothing.

    Raises:
        MissingToolError: there is no backup.
        UsageError: a name that is none.
    """
    medium = Medium.open(root)
    broken: list[dict[str, str]] = []
    wanted: dict[str, Entry] = {}
    digests: dict[str, str] = {}
    for name in names or medium.names():
        try:
            manifest, digests[name] = medium.load(name)
        except IntegrityError:
            broken.append({"backup": name, "what": "manifest", "where": f"backups/{name}.json"})
            continue
        before = manifest.previous
        if before is not None and before.name in digests and digests[before.name] != before.sha256:
            broken.append({"backup": before.name, "what": "chain", "where": f"backups/{before.name}.json"})
        wanted |= {entry.sha256: entry for entry in manifest.files}
    for done, (sha, entry) in enumerate(sorted(wanted.items())):
        progress(done, len(wanted))
        if not medium.holds(entry, look=True):
            what = "changed" if medium.content(sha).exists() else "missing"
            broken.append({"backup": "", "what": what, "where": entry.path})
    size = sum(entry.size for entry in wanted.values())
    return {"backups": names or medium.names(), "contents": len(wanted), "bytes": size, "broken": broken}
