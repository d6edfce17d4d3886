"""The characters that the recogniser can write, and their class numbers.

Class 0 is the CTC blank; class *i* is line *i* of ``charset.txt``, counted from 1. Class numbers are for ever: new
characters are appended, so that weights can go on from older ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

_LOWER = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
)
_SIGNS = "0123456789.,;:!?()[]/\\-–—“”‘’\"'%&+*=<>@#$§°…•_|{}~^`ºª"
_FIRST = " " + "".join(sorted(set(_LOWER + _LOWER.upper() + _SIGNS)))
_ADDED = "çÇëËîÎïÏœŒÿŸûÛüÜæÆ«»№½¼¾²³£€×÷"

VIETNAMESE = frozenset(_LOWER + _LOWER.upper())
FRENCH = frozenset("àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»")
CHARACTERS = _FIRST + _ADDED
BLANK = 0
CLASSES = 1 + len(CHARACTERS)
_CLASS = {char: number for number, char in enumerate(CHARACTERS, 1)}
_SPACE_LINE = "<space>"


def writable(text: str) -> str:
    """The text as its picture can be labelled: NFC, ``…`` as three dots, no other characters, single spaces."""
    known = (char for char in unicodedata.normalize("NFC", text).replace("…", "...") if char in _CLASS)
    return " ".join("".join(known).split())


def classes(text: str) -> list[int]:
    """Class numbers of a text.

    Raises:
        KeyError: the text holds a character that has no class; see :func:`writable`.
    """
    return [_CLASS[char] for char in text]


def decode(best: Iterable[int]) -> str:
    """Greedy CTC decoding: the text of a sequence of best classes, repeats and blanks taken out."""
    chars, last = [], BLANK
    for number in best:
        if number not in (last, BLANK):
            chars.append(CHARACTERS[number - 1])
        last = number
    return "".join(chars)


def save(path: Path) -> None:
    """Writes ``charset.txt``: one character a line, the space as ``<space>``, UTF-8."""
    lines = (_SPACE_LINE if char == " " else char for char in CHARACTERS)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(path: Path) -> str:
    """The characters of a ``charset.txt`` in the order of their classes."""
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return "".join(" " if line == _SPACE_LINE else line for line in lines)
