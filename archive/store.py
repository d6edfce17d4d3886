"""The store: one OCFL object (1.1) per case file, below one storage root; every byte in it can be explained.

The object's identifier is that of the case file. Folders follow the extension 0003 with its default parameters, so
the last folder of a path reads as the identifier. Content is kept once per object, under its SHA-512; the fixity block
holds SHA-256 beside it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote

from archive import inventory as inventories
from archive.inventory import CONTENT, INVENTORY, Inventory, Mark, VersionNote, check_logical
from archive.layout import LONGEST_NAME, ROOT_FILES, TUPLE, TUPLES, place_of
from archive.publication import Step, Workspace, abandon, open_workspace, publish, recover
from core.errors import BadInputError, IntegrityError
from core.files import disk_errors, fsync_dir, locked, write_atomic
from core.ids import check_case_file

_CHUNK = 1 << 20
_VERSION = re.compile(r"v[1-9]\d*")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a case file as it lies in the store."""

    path: Path
    sha512: str
    sha256: str
    version: str
    """Version that brought these bytes."""


def nothing(step: str) -> None:
    """The hook that a store has where nobody looks on."""


class Store:
    """An OCFL storage root and the staging area beside it, on the same file system.

    Args:
        root: the storage root.
        staging: a folder outside the root; it holds the lock and what is being published.
        step: is told the name of each step of a publication; tests stop the process there.
    """

    def __init__(self, root: Path, staging: Path, *, step: Step = nothing) -> None:
        self.root = root
        self.staging = staging
        self.step = step

    def create(self) -> None:
        """Make an empty storage root, unless it is there; it appears whole or not at all.

        Raises:
            BadInputError: something else lies there, the folder cannot be written, or ``staging`` is on another file
                system.
        """
        with disk_errors(self.root):
            self.staging.mkdir(parents=True, exist_ok=True)
            self.root.parent.mkdir(parents=True, exist_ok=True)
            if self.staging.stat().st_dev != self.root.parent.stat().st_dev:
                raise BadInputError("archive.store-staging-elsewhere", file=self.staging)
        with self.writing():
            if self.root.exists():
                if (self.root / "0=ocfl_1.1").is_file():
                    return
                if any(self.root.iterdir()):
                    raise BadInputError("archive.store-occupied", file=self.root)
            self._make_root()

    def _make_root(self) -> None:
        fresh = self.staging / "root"
        shutil.rmtree(fresh, ignore_errors=True)
        for name, data in ROOT_FILES.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data)
        fresh.rename(self.root)
        fsync_dir(self.root.parent)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other processes from publishing."""
        with locked(self.staging / "lock"):
            yield

    def recover(self) -> list[str]:
        """Finish or undo what a crash interrupted; the folders of the case files that were finished."""
        with self.writing():
            return recover(self.staging, self.root, self.step)

    def place(self, case_file: str) -> PurePosixPath:
        """The folder of a case file, relative to the root."""
        return place_of(case_file)

    def objects(self) -> Iterator[str]:
        """The identifiers of all case files, in the order of their folders, damaged ones included."""
        for place in self.places():
            name = place.name
            yield unquote(name) if len(name) <= LONGEST_NAME else self._load(place, unquote(name)).id

    def places(self) -> Iterator[PurePosixPath]:
        """The folders of all objects, relative to the root, sorted."""
        pattern = "/".join(["[0-9a-f]" * TUPLE] * TUPLES) + "/*"
        for path in sorted(self.root.glob(pattern)):
            if path.is_dir():
                yield PurePosixPath(path.relative_to(self.root))

    def heads(self) -> Iterator[tuple[str, str]]:
        """All case files with the name of their newest version, as the names of folders tell: no file is opened.

        Nobody publishes meanwhile, and what a crash interrupted has been recovered.
        """
        for name, place in zip(self.objects(), self.places(), strict=True):
            versions = [entry.name for entry in os.scandir(self.root / place) if _VERSION.fullmatch(entry.name)]
            yield name, max(versions, key=lambda version: int(version[1:]), default="")

    def head(self, case_file: str) -> str | None:
        """Name of the newest version, or ``None`` where the store has no such case file."""
        place = self.place(case_file)
        return self._load(place, case_file).head if (self.root / place).exists() else None

    def versions(self, case_file: str) -> tuple[VersionNote, ...]:
        """All versions of a case file, oldest first.

        Raises:
            BadInputError: the store has no such case file.
            IntegrityError: its inventory cannot be read.
        """
        return self._load(self._known(case_file), case_file).versions

    def files(self, case_file: str, version: str | None = None) -> Mapping[str, StoredFile]:
        """Logical path → file of the newest version, or of the one named; may be asked while others publish.

        Raises:
            BadInputError: the store has no such case file or version.
            IntegrityError: its inventory cannot be read.
        """
        place = self._known(case_file)
        found = self._load(place, case_file)
        names = [note.name for note in found.versions]
        if version is not None and version not in names:
            raise BadInputError("archive.store-no-version", file=case_file, version=version, head=found.head)
        return _listing(self.root / place, inventories.mark(self.root / place), version or found.head)

    def publish(
        self,
        case_file: str,
        changes: Mapping[str, Path | bytes | None],
        message: str,
        user: str,
        created: str,
    ) -> str:
        """Make a new version of a case file: files put, replaced or, with ``None``, left out of it.

        Returns:
            The name of the new version, or of the present one where the changes change nothing.

        Args:
            changes: logical path (parts joined by ``/``) → new content.
            message: why there is a new version.
            user: who made it.
            created: when, RFC 3339 with offset.

        Raises:
            BadInputError: a source cannot be read, or there would be nothing in the first version.
            MissingToolError: the disk is full.
            IntegrityError: the inventory of the case file cannot be read.
            ValueError: a logical path is not one.
        """
        name = check_case_file(case_file)
        place = self.place(name)
        with self.writing():
            recover(self.staging, self.root, self.step)
            is_new = not (self.root / place).exists()
            old = inventories.empty(name) if is_new else self._load(place, name)
            note = VersionNote(f"v{len(old.versions) + 1}", created, message, user)
            workspace = open_workspace(self.staging, place, note.name, is_new)
            try:
                new = self._stage(workspace, old, note, changes)
                if not is_new and new.state == old.state:
                    return old.head
                if not new.state:
                    raise BadInputError("archive.store-empty", file=name)
                publish(workspace, self.root, inventories.dump(new), self.step)
            finally:
                abandon(workspace)
            return note.name

    def _stage(
        self, workspace: Workspace, old: Inventory, note: VersionNote, changes: Mapping[str, Path | bytes | None]
    ) -> Inventory:
        state = dict(old.state) if old.states else {}
        content: dict[str, str] = {}
        sha256: dict[str, str] = {}
        for logical, source in sorted(changes.items()):
            check_logical(logical)
            if source is None:
                state.pop(logical, None)
                continue
            target = workspace.version_folder / CONTENT / logical
            long, short = _copy(source, target)
            state[logical] = long
            if long in old.manifest or long in content:
                target.unlink()
                _prune(target.parent, workspace.version_folder)
            else:
                content[long], sha256[long] = f"{note.name}/{CONTENT}/{logical}", short
            self.step("file staged")
        _check_tree(state)
        return inventories.advanced(old, note, state, content, sha256)

    def _known(self, case_file: str) -> PurePosixPath:
        place = self.place(case_file)
        if not (self.root / place).exists():
            raise BadInputError("archive.store-unknown", file=case_file)
        return place

    def _load(self, place: PurePosixPath, case_file: str) -> Inventory:
        path = self.root / place / INVENTORY
        try:
            with disk_errors(path):
                return inventories.read(path.parent, inventories.mark(path.parent))
        except (OSError, ValueError) as err:
            raise IntegrityError("archive.store-inventory", file=path, case_file=case_file) from err


@lru_cache(maxsize=8)
def _listing(folder: Path, mark: Mark, version: str) -> Mapping[str, StoredFile]:
    """The files of a version, listed once as long as the inventory has the same mark."""
    found = inventories.read(folder, mark)
    state = found.states[int(version[1:]) - 1]
    files = {
        logical: StoredFile(
            folder / found.manifest[digest],
            digest,
            found.sha256[digest],
            found.manifest[digest].split("/", 1)[0],
        )
        for logical, digest in sorted(state.items())
    }
    return MappingProxyType(files)


def _copy(source: Path | bytes, target: Path) -> tuple[str, str]:
    """SHA-512 and SHA-256 of what was written."""
    long, short = hashlib.sha512(), hashlib.sha256()
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as writer:
            for chunk in _chunks(source):
                long.update(chunk)
                short.update(chunk)
                writer.write(chunk)
    return long.hexdigest(), short.hexdigest()


def _chunks(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as reader:
            while chunk := reader.read(_CHUNK):
                yield chunk
    except (FileNotFoundError, IsADirectoryError) as err:
        raise BadInputError("archive.store-source", file=source) from err


def _prune(folder: Path, top: Path) -> None:
    """Remove ``folder`` and its parents below ``top`` as far as they are empty."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _check_tree(state: Mapping[str, str]) -> None:
    """Refuse a path that is a file and a folder at once (OCFL 1.1, 3.5.3.1)."""
    for path in state:
        for parent in PurePosixPath(path).parents:
            if str(parent) in state:
                raise ValueError(f"both a file and a folder: {parent}")
