"""The characters that the recogniser can write, and their class numbers.

Class 0 is the CTC blank; class *i* is line *i* of ``charset.txt``, counted from 1. Class numbers are for ever: new
characters are appended, so that weights can go on from older ones.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from ocr.recogniser.charset import BLANK

_LOWER = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_SIGNS = "0123456789.,;:!?()[]/\\-–—“”‘’\"'%&+*=<>@#$§°…•_|{}~^`ºª"
_FIRST = " " + "".join(sorted(set(_LOWER + _LOWER.upper() + _SIGNS)))
_ADDED = "çÇëËîÎïÏœŒÿŸûÛüÜæÆ«»№½¼¾²³£€×÷"

VIETNAMESE = frozenset(_LOWER + _LOWER.upper())
FRENCH = frozenset("àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»")
CHARACTERS = _FIRST + _ADDED
CLASSES = BLANK + 1 + len(CHARACTERS)
_CLASS = {char: number for number, char in enumerate(CHARACTERS, BLANK + 1)}


def writable(text: str) -> str:
    """The text as its picture can be labelled: NFC, ``…`` as three dots, no other characters, single spaces."""
    spaced = " ".join(unicodedata.normalize("NFC", text).replace("…", "...").split())
    return " ".join("".join(char for char in spaced if char in _CLASS).split())


def classes(text: str) -> list[int]:
    """Class numbers of a text.

    Raises:
        KeyError: the text holds a character that has no class; see :func:`writable`.
    """
    return [_CLASS[char] for char in text]


def save(path: Path) -> None:
    """Writes ``charset.txt``, which :func:`ocr.recogniser.charset.read_charset` reads."""
    lines = ("<space>" if char == " " else char for char in CHARACTERS)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
