"""File names for people: readable Vietnamese whatever bytes the name was written in."""

from __future__ import annotations

from pathlib import Path

from core.text import legible


def readable(path: Path) -> str:
    """The path in NFC; parts that are not UTF-8 are read as Windows-1258, the legacy code page of Vietnamese.

    Only for showing and journalling: the file is opened by the path itself, which keeps its true bytes.
    """
    return str(Path(*(legible(part) for part in path.parts)))
