"""The driver whose paper lies in files already."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.driver import FedFile, Sheet
from scanner.names import readable
from scanner.options import ScanOptions
from scanner.sources import Source, SourceKind


class FolderDriver:
    """Feeds the files of a source; of loose images in duplex, two to a sheet."""

    def devices(self) -> list[str]:
        """None: files need no device."""
        return []

    def feed(self, source: Source, options: ScanOptions) -> Iterator[Sheet]:
        """The files of ``source`` as sheets, in their order."""
        sides = 1 if source.kind is SourceKind.FILE else options.sides
        for start in range(0, len(source.files), sides):
            files = source.files[start : start + sides]
            yield Sheet(tuple(FedFile(path, readable(path.absolute())) for path in files))
