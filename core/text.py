"""Vietnamese text: one normal form, folding, syllables, and names that a file system takes.

Text is kept in NFC everywhere. :func:`fold` maps a letter to one base letter, so offsets in folded text are offsets in
the NFC text, and a hit in one is a hit in the other.
"""

from __future__ import annotations

import os
import re
import unicodedata

_SYLLABLE = re.compile(r"[^\W_]+")


def nfc(text: str) -> str:
    """Unicode normal form C, the one form in which text is kept."""
    return unicodedata.normalize("NFC", text)


def legible(name: str) -> str:
    """A file's name for people: one that is not UTF-8 is read as Windows-1258, the legacy code page of Vietnamese."""
    raw = os.fsencode(name)
    try:
        return nfc(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return nfc(raw.decode("cp1258", errors="replace"))


def bare_letter(char: str) -> str:
    """``char`` without tone, hat, horn, breve or bar: ``ệ`` → ``e``, ``Đ`` → ``D``; anything else unchanged."""
    if char in "đĐ":
        return "d" if char == "đ" else "D"
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isalpha() and len(base) == len(char) else char


def fold(text: str) -> str:
    """Lower case without diacritics, one character for one character of the NFC text."""
    return "".join(_lower_one(bare_letter(char)) for char in nfc(text))


def _lower_one(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else char


def syllables(text: str) -> list[str]:
    """Runs of letters and digits, lower case, NFC; the unit of Vietnamese search."""
    return [run.lower() for run in _SYLLABLE.findall(nfc(text))]


def syllable_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each syllable in ``text``, which must be NFC already."""
    return [match.span() for match in _SYLLABLE.finditer(text)]


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sort key that puts ``p2`` before ``p10``, as people number their scans."""
    parts = re.split(r"(\d+)", nfc(name).casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
