"""Bring versions of a case file from one storage root into another, byte for byte, each in one atomic step.

Nothing is taken on trust: an inventory must be the one that was sealed when it was published, and every content must
have the digest that the inventory names, while it is being copied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from archive import inventory as inventories
from archive.inventory import INVENTORY, Inventory
from archive.publication import abandon, open_workspace, publish, recover
from archive.store import Store
from core.errors import IntegrityError
from core.files import disk_errors

Seals = Mapping[str, str]
"""Version of a case file → SHA-512 of its inventory as it was published."""

_CHUNK = 1 << 20


def number(version: str) -> int:
    """``v12`` → 12."""
    return int(version[1:])


def replicate(source: Store, target: Store, case_file: str, seals: Seals, upto: str) -> list[str]:
    """Copy the versions up to ``upto`` that ``target`` lacks; their names, oldest first.

    Raises:
        IntegrityError: a byte of the source, or the head of the target, is not what was sealed; what was copied before
            stays, whole.
        MissingToolError: the disk is full.
        BadInputError: a folder cannot be read or written.
    """
    place = source.place(case_file)
    done = []
    with target.writing():
        recover(target.staging, target.root, target.step)
        first = _next(target.root / place, seals)
        for version in (f"v{n}" for n in range(first, number(upto) + 1)):
            _copy_version(source.root / place, target, place, version, seals)
            done.append(version)
    return done


def _next(folder: Path, seals: Seals) -> int:
    """Number of the first version that is missing in the object's folder."""
    if not folder.exists():
        return 1
    return number(_read(folder, seals)[1].head) + 1


def _copy_version(folder: Path, target: Store, place: PurePosixPath, version: str, seals: Seals) -> None:
    data, inventory = _read(folder / version, seals)
    if inventory.head != version:
        raise IntegrityError("archive.not-as-sealed", file=folder / version / INVENTORY)
    workspace = open_workspace(target.staging, place, version, is_new=version == "v1")
    try:
        for digest, path in sorted(inventory.manifest.items()):
            own, _, rest = path.partition("/")
            if own == version:
                copy_checked(folder / path, workspace.version_folder / rest, digest)
                target.step("file staged")
        publish(workspace, target.root, data, target.step)
    finally:
        abandon(workspace)


def _read(folder: Path, seals: Seals) -> tuple[bytes, Inventory]:
    """The inventory in ``folder``, which must be that of its head as it was sealed, and its bytes."""
    path = folder / INVENTORY
    try:
        with disk_errors(path):
            data = path.read_bytes()
        found = inventories.load(data)
    except (OSError, ValueError) as err:
        raise IntegrityError("archive.not-as-sealed", file=path) from err
    if seals.get(found.head) != hashlib.sha512(data).hexdigest():
        raise IntegrityError("archive.not-as-sealed", file=path)
    return data, found


def copy_checked(source: Path, target: Path, digest: str) -> None:
    """Copy a file whose bytes must have this SHA-512.

    Raises:
        IntegrityError: they have not, or the file is missing or cannot be read.
        MissingToolError: the disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha512()
    try:
        with disk_errors(source), source.open("rb") as reader, target.open("xb") as writer:
            while chunk := reader.read(_CHUNK):
                sha.update(chunk)
                writer.write(chunk)
    except OSError as err:
        raise IntegrityError("archive.not-as-sealed", file=source) from err
    if sha.hexdigest() != digest:
        raise IntegrityError("archive.not-as-sealed", file=source)
