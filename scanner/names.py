"""File names for people: readable Vietnamese whatever bytes the name was written in."""

from __future__ import annotations

import os
from pathlib import Path

from core.text import nfc


def readable(path: Path) -> str:
    """The path in NFC; parts that are not UTF-8 are read as Windows-1258, the legacy code page of Vietnamese.

    Only for showing and journalling: the file is opened by the path itself, which keeps its true bytes.
    """
    return str(Path(*(_part(part) for part in path.parts)))


def _part(text: str) -> str:
    raw = os.fsencode(text)
    try:
        return nfc(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return nfc(raw.decode("cp1258", errors="replace"))
