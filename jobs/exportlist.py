"""The manifest of a folder that packages are exported to: it grows with each package, so that a broken-off export goes
on where it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.packages.explain import MANIFEST, read_manifest
from core.errors import BadInputError
from core.files import append_line, disk_errors, fsync_dir, fsync_tree, sha256_file, write_atomic


class ExportList:
    """The files that were exported to ``directory``, now or before, with their SHA-256.

    Raises:
        BadInputError: the folder cannot be written, or has another file of the manifest's name.
        MissingToolError: the disk is full.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / MANIFEST
        with disk_errors(directory):
            directory.mkdir(parents=True, exist_ok=True)
        self._listed = self._read()

    def _read(self) -> dict[str, str]:
        data = self.path.read_bytes() if self.path.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]  # a line that was broken off tells of no finished package
        try:
            listed = read_manifest(whole)
        except ValueError as err:
            raise BadInputError("jobs.export-manifest", file=self.path) from err
        if whole != data:
            write_atomic(self.path, whole)
        return listed

    def holds(self, place: Path) -> bool:
        """Whether the file or folder was exported before and is as it was then."""
        found = dict(self._hashed(place))
        top = self._name(place)
        listed = {name: sha256 for name, sha256 in self._listed.items() if name == top or name.startswith(f"{top}/")}
        return bool(found) and found == listed

    def note(self, place: Path) -> None:
        """A package is whole: its lines are added and flushed."""
        found = dict(self._hashed(place))
        append_line(self.path, "\n".join(f"{sha256}  {name}" for name, sha256 in sorted(found.items())))
        self._listed |= found

    def finish(self) -> None:
        """One sorted line for each file that is there."""
        rows = (f"{digest}  {name}\n" for name, digest in sorted(self._listed.items()) if self._place(name).is_file())
        write_atomic(self.path, "".join(rows).encode())

    @contextmanager
    def whole(self, target: Path) -> Iterator[Path]:
        """A place beside ``target`` to write to; it is flushed and takes the target's name once all is written."""
        for left in target.parent.glob(f".{target.name}.*.part"):
            _remove(left)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        with disk_errors(target):
            try:
                yield part
                _flush(part)
                _remove(target)
                part.rename(target)
                fsync_dir(target.parent)
            finally:
                _remove(part)

    def _hashed(self, place: Path) -> Iterator[tuple[str, str]]:
        files = (file for file in place.rglob("*") if file.is_file()) if place.is_dir() else (place,)
        return ((self._name(file), sha256_file(file)) for file in files if file.is_file())

    def _name(self, place: Path) -> str:
        return place.relative_to(self.directory).as_posix()

    def _place(self, name: str) -> Path:
        return self.directory / name


def _flush(place: Path) -> None:
    if place.is_dir():
        fsync_tree(place)
        return
    with place.open("rb") as stream:
        os.fsync(stream.fileno())


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
