"""Put damaged parts of a case file right from other copies, file by file, and keep the damaged bytes aside.

The seals say which inventory was published, the inventory which bytes belong to the case file; a copy serves as a
source for a file whose bytes have that digest, whatever else is wrong with it. Each file is put right in one atomic
step, and a healing that was killed is gone on with by the next.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive import inventory as inventories
from archive.fixity import small, walk
from archive.inventory import INVENTORY, OBJECT_MARK, OBJECT_MARK_BYTES, SIDECAR, Inventory
from archive.layout import ROOT_FILES
from archive.publication import recover
from archive.replication import Seals, copy_checked, replicate
from archive.store import Store
from core.errors import IntegrityError
from core.files import disk_errors, fsync_dir

Sources = Sequence[tuple[str, Store]]
"""Names and stores of the copies that may help."""


@dataclass
class Healing:
    """What was done: paths relative to the storage root."""

    healed: list[tuple[str, str]] = field(default_factory=list)
    """Path, and the copy that had the right bytes; empty where they follow from the seals alone."""
    aside: list[str] = field(default_factory=list)
    """What was moved away because it does not belong there."""
    lost: list[str] = field(default_factory=list)
    """What no copy has."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The bytes that belong at a path: themselves where they are known, else by their SHA-512."""

    sha512: str
    data: bytes | None = None


def heal_root(store: Store, aside: Path, strays: Sequence[str]) -> Healing:
    """Put the storage root's own files right, and move the ``strays`` (paths relative to the root) away."""
    done = Healing()
    with store.writing():
        recover(store.staging, store.root, store.step)
        for name, data in ROOT_FILES.items():
            wanted = _Wanted(hashlib.sha512(data).hexdigest(), data)
            if not _fits(store.root / name, wanted):
                _put(store, store.root / name, wanted, (), aside / name)
                done.healed.append((name, ""))
        for name in strays:
            if name not in ROOT_FILES and os.path.lexists(store.root / name):
                _move_aside(store.root / name, aside / name)
                done.aside.append(name)
    return done


def heal(store: Store, case_file: str, seals: Seals, version: str, sources: Sources, aside: Path) -> Healing:
    """Put a case file right, which should hold ``version`` and those before it.

    Args:
        aside: a folder that does not exist yet, for the damaged bytes; it lies outside all stores.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: a folder cannot be written.
    """
    place = store.place(case_file)
    if not (store.root / place).is_dir() or (store.root / place).is_symlink():
        return _bring_back(store, case_file, seals, version, sources, aside)
    done = Healing()
    with store.writing():
        recover(store.staging, store.root, store.step)
        wanted = _wanted(store, case_file, seals, version, sources)
        if wanted is None:
            done.lost.append(f"{place}/{INVENTORY}")
            return done
        for name, expected in wanted.items():
            path = store.root / place / name
            _clear_way(store.root / place, name, aside, done, str(place))
            if expected is None or _fits(path, expected):
                continue
            others = [(source, other.root / place / name) for source, other in sources]
            source = _put(store, path, expected, others, aside / name)
            where = f"{place}/{name}"
            if source is None:
                done.lost.append(where)
            else:
                done.healed.append((where, source))
            store.step("file healed")
        _sweep(store.root / place, wanted, aside, done, str(place))
    return done


def _bring_back(store: Store, case_file: str, seals: Seals, version: str, sources: Sources, aside: Path) -> Healing:
    done, place = Healing(), store.place(case_file)
    if os.path.lexists(store.root / place):
        _move_aside(store.root / place, aside / place.name)
    for name, source in sources:
        with suppress(IntegrityError):
            replicate(source, store, case_file, seals, version)
            done.healed.append((str(place), name))
            return done
    done.lost.append(str(place))
    return done


def _wanted(
    store: Store, case_file: str, seals: Seals, version: str, sources: Sources
) -> Mapping[str, _Wanted | None] | None:
    """Every file that belongs to the case file, by its path within the object; ``None`` where no copy has the inventory
    that was sealed."""
    place = store.place(case_file)
    for folder in (store.root / place, *(other.root / place for _, other in sources)):
        for path in (folder / version / INVENTORY, folder / INVENTORY):
            with suppress(OSError):
                data = small(path)
                if data is not None and hashlib.sha512(data).hexdigest() == seals.get(version):
                    return _files(inventories.load(data), data, seals)
    return None


def _files(inventory: Inventory, data: bytes, seals: Seals) -> dict[str, _Wanted | None]:
    """Contents first, the object's own inventory last; ``None`` for what may stay as it is, for want of a seal."""
    wanted: dict[str, _Wanted | None] = {
        path: _Wanted(digest) for digest, path in sorted(inventory.manifest.items(), key=lambda item: item[1])
    }
    for note in inventory.versions:
        sealed, whole = seals.get(note.name), data if note.name == inventory.head else None
        side = f"{sealed} {INVENTORY}\n".encode()
        wanted[f"{note.name}/{INVENTORY}"] = _Wanted(sealed, whole) if sealed else None
        wanted[f"{note.name}/{SIDECAR}"] = _known(side) if sealed else None
    wanted[OBJECT_MARK] = _known(OBJECT_MARK_BYTES)
    wanted[INVENTORY] = _known(data)
    wanted[SIDECAR] = _known(inventories.sidecar(data))
    return wanted


def _known(data: bytes) -> _Wanted:
    return _Wanted(hashlib.sha512(data).hexdigest(), data)


def _fits(path: Path, wanted: _Wanted) -> bool:
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha512").hexdigest() == wanted.sha512
    except OSError:
        return False


def _put(store: Store, path: Path, wanted: _Wanted, others: Sequence[tuple[str, Path]], aside: Path) -> str | None:
    """Put the right bytes at ``path``, the wrong ones aside; the name of the copy that had them, empty where they were
    known, ``None`` where nobody has them."""
    fresh = store.staging / uuid.uuid4().hex / path.name
    with disk_errors(path):
        try:
            source = _fetch(fresh, wanted, others)
            if source is None:
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path):
                _keep(path, aside)
            fresh.replace(path)
            fsync_dir(path.parent)
            return source
        finally:
            shutil.rmtree(fresh.parent, ignore_errors=True)


def _fetch(fresh: Path, wanted: _Wanted, others: Sequence[tuple[str, Path]]) -> str | None:
    """Write the right bytes into the staging area, flushed; where they came from."""
    fresh.parent.mkdir(parents=True)
    found = None
    if wanted.data is not None:
        fresh.write_bytes(wanted.data)
        found = ""
    for name, path in others if found is None else ():
        fresh.unlink(missing_ok=True)
        if path.is_file() and not path.is_symlink():
            with suppress(IntegrityError):
                copy_checked(path, fresh, wanted.sha512)
                found = name
                break
    if found is not None:
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
    return found


def _keep(path: Path, aside: Path) -> None:
    """A copy of a damaged file, which the right one is about to replace; a folder or link in its place is moved."""
    aside.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or not path.is_file():
        _move_aside(path, aside)
        return
    with suppress(OSError):  # what the disk no longer gives cannot be kept
        shutil.copyfile(path, aside)


def _move_aside(path: Path, aside: Path) -> None:
    aside.parent.mkdir(parents=True, exist_ok=True)
    with disk_errors(path):
        shutil.move(path, aside)
        fsync_dir(path.parent)


def _clear_way(folder: Path, name: str, aside: Path, done: Healing, place: str) -> None:
    """Move away a file or link that stands where a folder above ``name`` belongs."""
    parts = name.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        path = folder.joinpath(*parts[:depth])
        if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
            _move_aside(path, aside.joinpath(*parts[:depth]))
            done.aside.append(f"{place}/{'/'.join(parts[:depth])}")


def _sweep(folder: Path, wanted: Mapping[str, _Wanted | None], aside: Path, done: Healing, place: str) -> None:
    """Move away what does not belong to the object; folders that are or become empty are taken out."""
    for name, is_folder in list(walk(folder, "")):
        path = folder / name
        if not is_folder and name not in wanted:
            _move_aside(path, aside / name)
            done.aside.append(f"{place}/{name}")
            path = path.parent
        while path != folder and path.is_dir() and not any(path.iterdir()):
            path.rmdir()
            path = path.parent
