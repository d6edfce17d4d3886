"""Restore a whole home from a backup, or one case file into a home that lives on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from archive.fixity import verify_object
from archive.healing import heal
from archive.replication import Seals, inventory_digest, replicate
from archive.sealed import verify_sealed
from archive.store import Store, StoredFile, nothing
from core.errors import IntegrityError, UsageError
from core.events import new_event, now
from core.files import copy_hashed, disk_errors, fsync_dir, locked, sha256_file
from jobs.backup import SETTINGS
from jobs.checks import sync_checks
from jobs.erasure import Traces, erase_from_home
from jobs.home import FOLDERS, Home
from jobs.indexing import rebuild_index
from jobs.medium import Entry, Manifest, Medium
from jobs.packaging import CASE_FILE, EVENTS
from jobs.publish import publish_restored, stored_records, sync_store
from jobs.seals import SealBook, seal_events
from jobs.tombstones import FOLDER as TOMBSTONES
from jobs.tombstones import adopt, destroyed, read_tombstones, refuse_destroyed

Progress = Callable[[int, int], None]
_BEGUN = ".restore"
"""Begins the name of the file, and lock, in a folder that is becoming a home again; the manifest's digest ends it."""


def restore_home(
    source: Path,
    target: Path,
    who: str,
    *,
    at: str | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Bring a home back into an empty or missing folder; killed and called again, it goes on.

    The settings come last, so that nothing takes the folder for a home before it is whole. The search index is made
    anew.

    Raises:
        MissingToolError: there is no backup, or the disk is full.
        UsageError: there is no such backup, or the folder holds other things.
        IntegrityError: the backup is damaged.
    """
    medium = Medium.open(source)
    manifest, sha = medium.load(at)
    with disk_errors(target), ExitStack() as held:
        begun = _claim(held, target, sha)
        work = target / "staging" / "restore"
        shutil.rmtree(work, ignore_errors=True)
        files = sorted(manifest.files, key=lambda entry: entry.path == SETTINGS)
        for done, entry in enumerate(files):
            progress(done, len(files))
            _bring(medium, entry, target / entry.path, work)
        shutil.rmtree(work, ignore_errors=True)
        for name in FOLDERS:
            (target / name).mkdir(exist_ok=True)
        home = Home.open(target)
        home.store.create()
        if gone := adopt(home, read_tombstones(medium.root / TOMBSTONES)):
            erase_from_home(home, gone, Traces(home, gone, destroyed(home)), nothing)
        sync_store(home)
        sync_checks(home)
        if home.index.engine == "tantivy":  # a cluster may serve the archive itself: it is filled once this home works
            rebuild_index(home)
        told: dict[str, Any] = {"backup": manifest.name, "medium": medium.identity.id, "sha256": sha}
        home.record(new_event("restore", "home", who, **told, files=len(files)))
        home.catalogue.close()
        begun.unlink()
        fsync_dir(target)
    return {"home": str(target), **told, "files": len(files), "left_out": list(manifest.left_out), "destroyed": gone}


def _claim(held: ExitStack, target: Path, sha: str) -> Path:
    """Take an empty folder, or one in which the restoring of the same backup was broken off; its mark.

    Raises:
        UsageError: it holds other things, a home for instance.
        MissingToolError: somebody is restoring into it.
    """
    begun = target / f"{_BEGUN}-{sha[:16]}"
    try:
        target.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as err:
        raise UsageError("jobs.home-no-folder", file=target) from err
    if not begun.exists():
        if (target / SETTINGS).exists():
            raise UsageError("jobs.home-exists", file=target)
        if any(target.glob(f"{_BEGUN}-*")):
            raise UsageError("jobs.restore-another", file=target)
        if any(target.iterdir()):
            raise UsageError("jobs.home-not-empty", file=target)
    held.enter_context(locked(begun, wait=False))
    return begun


def _bring(medium: Medium, entry: Entry, path: Path, work: Path) -> None:
    """Put a file in its place unless it is there, by way of the folder ``work``: a kill leaves nothing beside it.

    Raises:
        IntegrityError: its content on the medium is missing or changed.
    """
    if path.is_file() and path.stat().st_size == entry.size and sha256_file(path) == entry.sha256:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    fresh = work / entry.sha256
    try:
        if copy_hashed(medium.content(entry.sha256), fresh) != entry.sha256:
            raise IntegrityError("jobs.backup-damaged", file=medium.content(entry.sha256))
        os.utime(fresh, ns=(entry.mtime_ns, entry.mtime_ns))
        fresh.replace(path)
        fsync_dir(path.parent)
    except FileNotFoundError as err:
        raise IntegrityError("jobs.backup-damaged", file=medium.content(entry.sha256)) from err
    finally:
        fresh.unlink(missing_ok=True)


def restore_case_file(home: Home, source: Path, case_file: str, who: str, *, at: str | None = None) -> dict[str, Any]:
    """Bring one case file back into a home: as it was where it is missing, mended where it is damaged, and in both
    cases with a further version where what it holds now differs.

    Files that the backup does not know stay: nothing is taken out. ``how`` in the answer is ``missing``, ``healed``,
    ``version`` or ``same``.

    Raises:
        UsageError: there is no such backup, or it does not hold the case file.
        BadInputError: it is a backup of another archive, or the case file was destroyed.
        IntegrityError: the backup is damaged, or is not what was published.
        MissingToolError: the line is at work, or the disk is full.
    """
    refuse_destroyed(home, case_file)
    medium = Medium.open(source, home.chain.genesis())
    manifest, sha = medium.load(at)
    home.path("cache").mkdir(exist_ok=True)
    with home.lock("process"), tempfile.TemporaryDirectory(dir=home.path("cache"), prefix="restore-") as work:
        sync_store(home)
        kept = _unpack(home, medium, manifest, case_file, Path(work))
        how = _into(home, kept, case_file, who, manifest.name)
        told: dict[str, Any] = {"backup": manifest.name, "medium": medium.identity.id, "sha256": sha, "how": how}
        version = home.store.head(case_file)
        home.record(new_event("restore", case_file, who, **told, version=version))
    return {"case_file": case_file, **told, "version": version}


def _unpack(home: Home, medium: Medium, manifest: Manifest, case_file: str, work: Path) -> Store:
    """A store of its own with the case file as the backup holds it."""
    kept = Store(work / "store", work / "staging")
    kept.staging.mkdir()
    prefix = f"store/{home.store.place(case_file)}/"
    entries = [entry for entry in manifest.files if entry.path.startswith(prefix)]
    if not entries:
        raise UsageError("jobs.backup-no-case-file", file=medium.root, case_file=case_file, name=manifest.name)
    for entry in entries:
        _bring(medium, entry, work / entry.path, work / "fresh")
    return kept


def _into(home: Home, kept: Store, case_file: str, who: str, backup: str) -> str:
    book = SealBook(home)
    seals, head = book.of(case_file), kept.head(case_file) or ""
    missing = not (home.store.root / home.store.place(case_file)).exists()
    if missing:
        replicate(kept, home.store, case_file, seals or _own_seals(kept, case_file), head)
        _enter(home, case_file, seals)
        return "missing"
    newest = book.heads().get(case_file, head)
    healed = False
    if verify_sealed(home.store, case_file, seals, newest):
        aside = home.path("quarantine", f"{now().replace(':', '')[:17]}-restore-{case_file}")
        heal(home.store, case_file, seals, newest, [("backup", kept)], aside)
        healed = True
    changes = _changes(home.store.files(case_file), kept.files(case_file))
    if not changes:
        return "healed" if healed else "same"
    publish_restored(home, case_file, changes, who, backup)
    return "version"


def _own_seals(kept: Store, case_file: str) -> Seals:
    """Of a case file that the chain does not know: sound in itself is all that can be asked of it.

    Raises:
        IntegrityError: it is not even that.
    """
    if verify_object(kept, case_file):
        raise IntegrityError("archive.not-as-sealed", file=kept.root / kept.place(case_file))
    return {note.name: inventory_digest(kept, case_file, note.name) for note in kept.versions(case_file)}


def _enter(home: Home, case_file: str, seals: Seals) -> None:
    """Tell catalogue and, where it does not know them, chain of versions that came back."""
    fresh = [] if seals else seal_events(home, case_file)
    head = home.store.head(case_file) or ""
    home.catalogue.put_published(case_file, head, stored_records(home, case_file), *fresh)


def _changes(live: Mapping[str, StoredFile], kept: Mapping[str, StoredFile]) -> dict[str, Path | bytes | None]:
    """What the backup has otherwise; the event log and the list of documents go on from what they are."""
    return {
        path: stored.path
        for path, stored in kept.items()
        if path not in (CASE_FILE, EVENTS) and (path not in live or live[path].sha512 != stored.sha512)
    }
