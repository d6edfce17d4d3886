"""Sheets on their way into a batch: complete files, wherever they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.names import readable
from scanner.options import ScanOptions
from scanner.sources import Source, SourceKind


@dataclass(frozen=True, slots=True)
class FedFile:
    """A file, complete and closed; ``origin`` tells people where it came from."""

    path: Path
    origin: str
    dpi: float | None = None
    """Resolution that a device states; ``None``: what the file says."""
    cover: Mapping[str, Any] | None = None
    """What a cover or patch sheet shows, as the journal keeps it; empty for its blank side, ``None`` for a page."""
    back: bool = False
    """Whether it was fed in a pass of backs (:mod:`scanner.backs.passes`)."""
    back_of: str | None = None
    """The page that is the front of such a back; ``None`` where it came when every front had one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its sides in order, or a single file that holds many pages.

    ``doubled``: the feeder noticed that a second sheet went through beneath this one.
    """

    files: tuple[FedFile, ...]
    doubled: bool = False


def sheets_of(source: Source, options: ScanOptions) -> Iterator[Sheet]:
    """The files of ``source`` as sheets, in their order; of loose images in duplex, two to a sheet."""
    sides = 1 if source.kind is SourceKind.FILE else options.sides
    for start in range(0, len(source.files), sides):
        files = source.files[start : start + sides]
        yield Sheet(tuple(FedFile(path, readable(path.absolute())) for path in files))
