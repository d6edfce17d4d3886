"""Where the files of a package lie: in memory and in the store, in a folder, or in a ZIP file."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath

from archive.packages.choices import choices
from archive.packages.contents import Item
from core.errors import BadInputError

_CHUNK = 1 << 20
_LONGEST_TEXT = 1 << 28
"""Bytes; larger files of a package are only ever hashed and copied, so that no file can fill the memory."""


class ItemFiles:
    """Files whose digests are known; see :class:`archive.packages.check.PackageFiles`."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self._items = items

    def paths(self) -> list[str]:
        """All paths, sorted."""
        return sorted(self._items)

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        return self._items[path].read()

    def about(self, path: str) -> tuple[str, int]:
        """SHA-256 and size of one file."""
        return self._items[path].sha256, self._items[path].size


class FolderFiles:
    """Files below a folder; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.about = lru_cache(maxsize=None)(self._about)

    def paths(self) -> list[str]:
        """All paths, sorted."""
        found = (path for path in self._folder.rglob("*") if path.is_symlink() or not path.is_dir())
        return sorted(path.relative_to(self._folder).as_posix() for path in found)

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        file = self._file(path)
        if file.stat().st_size > _LONGEST_TEXT:
            raise ValueError(f"{path}: too large")
        return file.read_bytes()

    def open(self, path: str) -> Path:
        """Where the file lies."""
        return self._file(path)

    def below(self, folder: str) -> FolderFiles:
        """The files below one of the folders, as a package of their own."""
        return FolderFiles(self._folder / folder)

    def _file(self, path: str) -> Path:
        file = self._folder / path
        if file.is_symlink() or not file.is_file():
            raise KeyError(path)
        return file

    def _about(self, path: str) -> tuple[str, int]:
        item = Item.at(self._file(path))
        return item.sha256, item.size


@contextmanager
def opened(path: Path, work: Path) -> Iterator[FolderFiles]:
    """A package in a folder or a ZIP file, unpacked below ``work``, from its top: the folder that holds its METS.

    Raises:
        BadInputError: neither, damaged, or with paths that lead out of it.
    """
    if path.is_dir():
        yield FolderFiles(_top(path))
        return
    _unpack(path, work)
    yield FolderFiles(_top(work))


def _unpack(path: Path, work: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                place = PurePosixPath(entry.filename)
                if place.is_absolute() or ".." in place.parts or "\\" in entry.filename:
                    raise BadInputError("archive.package-unsafe", file=path, name=entry.filename)
                if not entry.is_dir():
                    archive.extract(entry, work)
    except FileNotFoundError as err:
        raise BadInputError("archive.package-missing", file=path) from err
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as err:
        raise BadInputError("archive.package-not-zip", file=path) from err


def _top(folder: Path) -> Path:
    """The folder itself, or the one folder in it where all lies one level deeper."""
    marks = (choices().names.mets, "bagit.txt")
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if any((place / mark).is_file() for mark in marks):
            return place
    return folder


def write_folder(items: Mapping[str, Item], folder: Path) -> None:
    """Write every item below ``folder``, which must not be there; what was copied is hashed again.

    Raises:
        BadInputError: a file changed on its way.
    """
    for path, item in items.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        sha256 = hashlib.sha256()
        with target.open("xb") as writer:
            for chunk in chunks(item):
                sha256.update(chunk)
                writer.write(chunk)
        _demand(path, sha256.hexdigest(), item)


def write_zip(items: Mapping[str, Item], top: str, target: Path, at: str) -> None:
    """Write every item into a ZIP file below the folder ``top``; the same items and time give the same bytes.

    Args:
        at: ISO 8601; the time that the entries bear.

    Raises:
        BadInputError: a file changed on its way.
    """
    moment = tuple(int(at[start:stop]) for start, stop in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)))
    with zipfile.ZipFile(target, "x", allowZip64=True) as archive:
        for path in sorted(items):
            entry = zipfile.ZipInfo(f"{top}/{path}", moment)  # type: ignore[arg-type]
            entry.compress_type = zipfile.ZIP_STORED if path.endswith(".pdf") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.file_size = items[path].size
            sha256 = hashlib.sha256()
            with archive.open(entry, "w") as writer:
                for chunk in chunks(items[path]):
                    sha256.update(chunk)
                    writer.write(chunk)
            _demand(path, sha256.hexdigest(), items[path])


def chunks(item: Item) -> Iterator[bytes]:
    """The bytes of an item in portions."""
    if isinstance(item.source, bytes):
        yield item.source
        return
    with item.source.open("rb") as reader:
        while chunk := reader.read(_CHUNK):
            yield chunk


def _demand(path: str, sha256: str, item: Item) -> None:
    if sha256 != item.sha256:
        raise BadInputError("archive.package-changed", file=path)
