"""Files that survive a power cut: hash, flush, publish in one step, lock."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import MissingToolError, system_error

_CHUNK = 1 << 20
_LEAST_ROOM = 64 << 20
"""Bytes; a worker's temporary files for one page at 600 dpi need about as much."""


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spare white space: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """SHA-256 of a JSON value, the key of what is derived from it."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def fsync_dir(path: Path) -> None:
    """Make renames and new names within ``path`` last."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(folder: Path) -> None:
    """Make everything below ``folder`` last: contents and names."""
    for place, _, names in os.walk(folder):
        for name in names:
            with (Path(place) / name).open("rb") as stream:
                os.fsync(stream.fileno())
        fsync_dir(Path(place))


def write_atomic(path: Path, data: bytes, by_way_of: Path | None = None) -> None:
    """Write ``data`` so that ``path`` holds either its old content or all of the new.

    ``by_way_of`` is a folder on the same file system for the temporary file, where that of ``path`` is too large to be
    searched for what killed processes left.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    temp = (by_way_of or path.parent) / f".{path.name}.{os.getpid()}.part"
    with disk_errors(path):
        try:
            with temp.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temp.replace(path)
            fsync_dir(path.parent)
        finally:
            temp.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line to a text file, flushed to the disk; what a crash left of a line before it is cut off.

    The caller keeps others from writing.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with path.open("ab+") as stream:
            _end_line(stream.fileno())
            stream.write((line + "\n").encode())
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            fsync_dir(path.parent)


def _end_line(handle: int) -> None:
    """Cut off what a power cut left of a line that was being written."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        data = os.pread(handle, size, 0)
        os.ftruncate(handle, data.rfind(b"\n") + 1)


def copy_hashed(source: Path, target: Path) -> str:
    """Copy ``source`` to ``target`` by way of a flushed temporary file; the SHA-256 of the bytes copied.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the source cannot be read or the target folder cannot be written.
    """
    temp = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    sha = hashlib.sha256()
    with disk_errors(target):
        try:
            with source.open("rb") as reader, temp.open("wb") as writer:
                while chunk := reader.read(_CHUNK):
                    sha.update(chunk)
                    writer.write(chunk)
                writer.flush()
                os.fsync(writer.fileno())
            temp.replace(target)
            fsync_dir(target.parent)
        finally:
            temp.unlink(missing_ok=True)
    return sha.hexdigest()


@contextmanager
def disk_errors(file: Path) -> Iterator[None]:
    """Turn the system's words about full disks and forbidden folders into ours."""
    try:
        yield
    except OSError as err:
        known = system_error(err, file)
        if known is None:
            raise
        raise known from err


def is_full(folder: Path) -> bool:
    """Whether the disk of ``folder`` has less room than a worker needs: the likely cause of any tool's failure."""
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize < _LEAST_ROOM or (about.f_files > 0 and about.f_favail == 0)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file ``path`` alone; the system frees it when the process ends, however it ends.

    Raises:
        MissingToolError: ``wait`` is false and somebody else holds it, or the disk is full.
        BadInputError: the folder cannot be written.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+", encoding="utf-8")
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as err:
            stream.seek(0)
            raise MissingToolError("core.busy", file=path, holder=stream.read().strip() or "?") from err
        _note_holder(stream.fileno(), path)
        yield


def _note_holder(handle: int, path: Path) -> None:
    with disk_errors(path):
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
