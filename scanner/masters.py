"""Where the files of a batch are kept, by the hash of their bytes: masters for good, the rest in quarantine."""

from __future__ import annotations

from pathlib import Path

from core.errors import BadInputError
from core.files import copy_hashed, disk_errors, fsync_dir, sha256_file
from imaging.picture import check_regular

_READ_ONLY = 0o444


def hash_source(path: Path) -> str:
    """SHA-256 of a file that is to be taken in.

    Raises:
        BadInputError: missing, empty, no plain file, or it cannot be read.
    """
    check_regular(path)
    try:
        with disk_errors(path):
            return sha256_file(path)
    except OSError as err:
        raise BadInputError("imaging.unreadable", file=path, why=err.strerror or str(err)) from err


def keep_master(source: Path, folder: Path, sha256: str, extension: str) -> Path:
    """Copy a master to ``masters/<first two of the hash>/<hash><extension>`` below ``folder``; its relative path.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written, or the file changed since it was hashed.
    """
    return _keep(source, folder, Path("masters", sha256[:2], sha256 + extension), sha256)


def keep_aside(source: Path, folder: Path, sha256: str) -> Path:
    """Copy a refused file to ``quarantine/`` below ``folder``, named by its hash; its relative path.

    Raises:
        As :func:`keep_master`.
    """
    suffix = source.suffix.lower()
    safe = suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ""
    return _keep(source, folder, Path("quarantine", sha256 + safe), sha256)


def _keep(source: Path, folder: Path, place: Path, sha256: str) -> Path:
    target = folder / place
    try:
        with disk_errors(target):
            _make_folder(target.parent)
        copied = copy_hashed(source, target)
        if copied != sha256:
            target.unlink()
            raise BadInputError("scanner.changed-while-reading", file=source)
        target.chmod(_READ_ONLY)
    except OSError as err:
        raise BadInputError("scanner.cannot-write", file=target, why=err.strerror or str(err)) from err
    return place


def _make_folder(folder: Path) -> None:
    """The folder and those above it, each made to last in its parent."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        fsync_dir(folder.parent)


def clear_leftovers(folder: Path) -> None:
    """Remove the unfinished copies that a killed run left behind."""
    for part in [*folder.glob("masters/*/.*.part"), *folder.glob("quarantine/.*.part"), *folder.glob("incoming/*")]:
        part.unlink()
