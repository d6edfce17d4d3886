"""A backup medium: every content once, under its SHA-256, and one manifest for each backup.

::

    butluc-backup.json          which archive this is a backup of
    objects/ab/abcd…            contents
    backups/000007.json         a manifest: path, size and SHA-256 of every file, and the digest of the manifest before
    backups/000007.json.sha256  its digest
    staging/                    work in hand; may be deleted
    rewrite/                    manifests that are just taking the place of others
    tombstones/                 which case files were destroyed, and are in no backup here any more

A content is flushed before it gets its name, and a manifest is written last: what has a manifest is whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.inventory import check_logical
from archive.publication import Step
from archive.store import nothing
from core.config import fill, plain
from core.errors import BadInputError, IntegrityError, MissingToolError, UsageError
from core.events import now
from core.files import (
    canonical_json,
    copy_hashed,
    disk_errors,
    fsync_dir,
    fsync_tree,
    locked,
    sha256_file,
    write_atomic,
)

IDENTITY = "butluc-backup.json"
_REWRITE = "rewrite"
"""The folder that holds new manifests from the moment they count until they are in their places."""


@dataclass(frozen=True, slots=True)
class Identity:
    """``archive`` is the hash of the archive's first event."""

    archive: str
    id: str
    made: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a home: path from the home, size in bytes, time of change in ns."""

    path: str
    size: int
    sha256: str
    mtime_ns: int

    def __post_init__(self) -> None:
        check_logical(self.path)


@dataclass(frozen=True, slots=True)
class Previous:
    """The backup before: its name and the SHA-256 of its manifest."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup; ``kind`` is ``full`` or ``incremental``, ``head`` the last record of the event chain then."""

    name: str
    at: str
    kind: str
    archive: str
    software: str
    head: str
    counts: Mapping[str, int]
    left_out: tuple[str, ...]
    previous: Previous | None
    files: tuple[Entry, ...]


class Medium:
    """An opened backup medium."""

    def __init__(self, root: Path, identity: Identity) -> None:
        self.root = root
        self.identity = identity

    @staticmethod
    def make(root: Path, archive: str) -> Medium:
        """Begin on a medium that holds no backup.

        Raises:
            MissingToolError: the folder that should hold it is not there, or the disk is full.
            UsageError: the folder holds other things.
        """
        if not root.parent.is_dir():
            raise MissingToolError("jobs.backup-unreachable", file=root)
        identity = Identity(archive, uuid.uuid4().hex, now())
        with disk_errors(root):
            root.mkdir(exist_ok=True)
            for part in root.glob(f".{IDENTITY}.*.part"):
                part.unlink()  # of a beginning that was cut off
            if {path.name for path in root.iterdir()} - {"lost+found"}:
                raise UsageError("jobs.backup-occupied", file=root)
            write_atomic(root / IDENTITY, canonical_json(plain(identity)).encode())
        return Medium(root, identity)

    @staticmethod
    def open(root: Path, archive: str | None = None) -> Medium:
        """The medium in ``root``, which must be one of ``archive`` where that is given.

        Raises:
            MissingToolError: there is no backup.
            BadInputError: it is one of another archive, or does not say of which.
        """
        path = root / IDENTITY
        try:
            with disk_errors(path):
                identity = fill(Identity, json.loads(path.read_bytes()), file=path)
        except OSError as err:
            raise MissingToolError("jobs.backup-unreachable", file=root) from err
        except ValueError as err:
            raise BadInputError("jobs.backup-foreign", file=root) from err
        if archive not in (None, identity.archive):
            raise BadInputError("jobs.backup-foreign", file=root)
        medium = Medium(root, identity)
        if (root / _REWRITE).is_dir():
            with medium.writing():
                pass
        return medium

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other backups away, and clear what a killed one left.

        Raises:
            MissingToolError: another backup is at work.
        """
        with locked(self.root / "staging" / "lock", wait=False):
            for path in (self.root / "staging").iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "lock":
                    path.unlink()
            self._finish_rewrite()
            yield

    def content(self, sha256: str) -> Path:
        """Where a content lies."""
        return self.root / "objects" / sha256[:2] / sha256

    def holds(self, entry: Entry, *, look: bool = False) -> bool:
        """Whether the content of a file is there in its size or, with ``look``, byte for byte."""
        path = self.content(entry.sha256)
        if not path.is_file() or path.stat().st_size != entry.size:
            return False
        return not look or sha256_file(path) == entry.sha256

    def put(self, source: Path) -> str:
        """Take in a file's content, or take it in again where what lies here is damaged; its SHA-256."""
        fresh = self.root / "staging" / f"{uuid.uuid4().hex}.part"
        fresh.parent.mkdir(exist_ok=True)
        sha = copy_hashed(source, fresh)
        self._enter(fresh, sha)
        return sha

    def put_bytes(self, data: bytes) -> str:
        """As :meth:`put`."""
        fresh = self.root / "staging" / f"{uuid.uuid4().hex}.part"
        fresh.parent.mkdir(exist_ok=True)
        write_atomic(fresh, data)
        sha = hashlib.sha256(data).hexdigest()
        self._enter(fresh, sha)
        return sha

    def _enter(self, fresh: Path, sha256: str) -> None:
        path = self.content(sha256)
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(path)
            fsync_dir(path.parent)

    def names(self) -> list[str]:
        """All backups, oldest first."""
        return sorted(path.stem for path in self.root.glob("backups/*.json"))

    def next_name(self) -> str:
        """The name of the next backup: a number, so that a clock that went back changes no order."""
        names = self.names()
        return f"{int(names[-1]) + 1 if names else 1:06d}"

    def write(self, manifest: Manifest) -> str:
        """Write a manifest, its digest first; the digest."""
        data, sha = _bytes(manifest), self.digest(manifest)
        path = self._manifest(manifest.name)
        with disk_errors(path):
            path.parent.mkdir(exist_ok=True)
        write_atomic(path.with_suffix(".json.sha256"), f"{sha}  {path.name}\n".encode())
        write_atomic(path, data)
        return sha

    def digest(self, manifest: Manifest) -> str:
        """The SHA-256 that a manifest has, or will have, on the medium."""
        return hashlib.sha256(_bytes(manifest)).hexdigest()

    def rewrite(self, manifests: Sequence[Manifest], step: Step = nothing) -> None:
        """Put manifests in the place of those of the same names, all or none; the caller keeps others away."""
        fresh = self.root / "staging" / _REWRITE
        with disk_errors(fresh):
            fresh.mkdir()
            for manifest in manifests:
                path = fresh / f"{manifest.name}.json"
                path.write_bytes(_bytes(manifest))
                path.with_suffix(".json.sha256").write_text(f"{self.digest(manifest)}  {path.name}\n", encoding="utf-8")
            fsync_tree(fresh)
            step("manifests made")
            fresh.rename(self.root / _REWRITE)
            fsync_dir(self.root)
            step("manifests decided")
            self._finish_rewrite(step)

    def _finish_rewrite(self, step: Step = nothing) -> None:
        folder = self.root / _REWRITE
        if not folder.is_dir():
            return
        with disk_errors(folder):
            for path in sorted(folder.iterdir()):
                path.replace(self.root / "backups" / path.name)
                step("manifest replaced")
            fsync_dir(self.root / "backups")
            folder.rmdir()
            fsync_dir(self.root)

    def sweep(self) -> None:
        """Delete every content that no backup names; the caller keeps others away.

        Raises:
            IntegrityError: a manifest is damaged.
        """
        named = {entry.sha256 for name in self.names() for entry in self.load(name)[0].files}
        for path in self.root.glob("objects/*/*"):
            if path.name not in named:
                path.unlink()

    def load(self, name: str | None = None) -> tuple[Manifest, str]:
        """A manifest, the newest where none is named, and its digest.

        Raises:
            UsageError: there is no such backup.
            IntegrityError: it is damaged.
        """
        names = self.names()
        if not names or name not in (None, *names):
            raise UsageError("jobs.no-backup", file=self.root, name=name or "–", known=", ".join(names[-5:]) or "–")
        path = self._manifest(name or names[-1])
        try:
            data = path.read_bytes()
            sha = hashlib.sha256(data).hexdigest()
            if path.with_suffix(".json.sha256").read_bytes() != f"{sha}  {path.name}\n".encode():
                raise ValueError("the digest beside it is another")
            return fill(Manifest, json.loads(data), file=path), sha
        except (OSError, ValueError, BadInputError) as err:
            raise IntegrityError("jobs.backup-damaged", file=path) from err

    def _manifest(self, name: str) -> Path:
        return self.root / "backups" / f"{name}.json"


def _bytes(manifest: Manifest) -> bytes:
    return (json.dumps(plain(manifest), ensure_ascii=False, indent=1) + "\n").encode()
