"""What is given to be taken in, and what a document is.

Each PDF, multi-page TIFF or folder is one document; the loose images of one call, and the loose images of one folder,
are one document in natural order (``page2`` before ``page10``), standing where the first of them stands.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import BadInputError
from core.files import disk_errors
from core.text import natural_key
from imaging.inspect import is_multipage
from imaging.picture import sniff
from scanner.names import readable

EXTENSIONS = frozenset(
    [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".jp2", ".j2k", ".jpf"]
    + [".jpx", ".pbm", ".pgm", ".ppm", ".pnm", ".pdf"]
    + [".heic", ".heif", ".avif", ".jxl", ".djvu", ".djv", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".psd", ".xps"]
)
"""A file that bears one of these holds a page: if it cannot be read it is reported. Any other may be passed over.

The last row are pictures that no decoder here reads: phones and scanning programs write them, so passing them over
would lose sheets in silence.
"""
_LITTER = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "@eadir"})


class SourceKind(StrEnum):
    """How the pages of a source hang together."""

    FILE = "file"
    """A PDF or a multi-page TIFF."""
    FOLDER = "folder"
    """The loose images of a folder."""
    LOOSE = "loose"
    """The loose images of one call."""


@dataclass(frozen=True, slots=True)
class Source:
    """One document to be: its files in the order of its pages, and what was passed over beside them."""

    kind: SourceKind
    path: Path
    files: tuple[Path, ...]
    ignored: tuple[Path, ...] = ()
    problem: BadInputError | None = None
    """Why nothing is known of what the folder holds."""

    @property
    def label(self) -> str:
        """Name for people: of the folder, or of the first file without its extension."""
        path = self.path.absolute()
        return readable(Path(path.name if self.kind is SourceKind.FOLDER else path.stem)) or str(path)

    @property
    def key(self) -> str:
        """The same for the same source given again, however the path was written."""
        paths = self.files if self.kind is SourceKind.LOOSE else (self.path,)
        parts = [self.kind.value.encode(), *(os.fsencode(path.resolve()) for path in paths)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


def expand(paths: Sequence[Path]) -> list[Source]:
    """The documents that ``paths`` hold, in the order given; within folders in natural order, files before subfolders.

    What does not exist or is no image is left in its source, so that intake names it with its reason. A folder with
    nothing to take is a source without files, one that cannot be read a source with a problem. Links that lead round
    in a circle are followed once.
    """
    sources: list[Source] = []
    loose: list[Path] = []
    place = 0
    for path in paths:
        if _is_folder(path):
            found = list(_folder(path, set()))
            sources += found or [Source(SourceKind.FOLDER, path, ())]
        elif is_multipage(path):
            sources.append(Source(SourceKind.FILE, path, (path,)))
        else:
            place = place if loose else len(sources)
            loose.append(path)
    if loose:
        files = tuple(sorted(loose, key=_natural))
        sources.insert(place, Source(SourceKind.LOOSE, files[0], files))
    return sources


def _folder(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Source]:
    try:
        about, inside = folder.stat(), sorted(_visible(folder), key=_natural)
    except BadInputError as err:
        yield Source(SourceKind.FOLDER, folder, (), problem=err)
        return
    if (about.st_dev, about.st_ino) in seen:
        return
    seen.add((about.st_dev, about.st_ino))
    documents: list[Source] = []
    loose: list[Path] = []
    ignored: list[Path] = []
    folders: list[Path] = []
    place = 0
    for path in inside:
        if path.is_dir():
            folders.append(path)
        elif not _wanted(path):
            ignored.append(path)
        elif is_multipage(path):
            documents.append(Source(SourceKind.FILE, path, (path,)))
        else:
            place = place if loose else len(documents)
            loose.append(path)
    if loose or ignored:
        documents.insert(place, Source(SourceKind.FOLDER, folder, tuple(loose), tuple(ignored)))
    yield from documents
    for path in folders:
        yield from _folder(path, seen)


def _visible(folder: Path) -> list[Path]:
    """What a person put there, without hidden files and what systems leave behind."""
    try:
        with disk_errors(folder):
            return [path for path in folder.iterdir() if path.name[0] != "." and path.name.casefold() not in _LITTER]
    except OSError as err:
        raise BadInputError("imaging.unreadable", file=readable(folder), why=err.strerror or str(err)) from err


def _is_folder(path: Path) -> bool:
    """Whether it is a folder; a name that no file system takes is none, and intake will say so."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _wanted(path: Path) -> bool:
    """Image or PDF by name or by content."""
    if path.suffix.casefold() in EXTENSIONS:
        return True
    try:
        return sniff(path) is not None
    except BadInputError:
        return False


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], bytes]:
    return natural_key(readable(Path(path.name))), os.fsencode(path)
