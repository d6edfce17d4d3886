"""The letters that the recogniser knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.errors import MissingToolError
from ocr.network import WEIGHTS, read_weights

BLANK = 0
"""The class of CTC's blank; class i is line i of the file, counted from 1."""
_SPACE = "<space>"


def read_charset(path: Path) -> tuple[str, ...]:
    """The letters by class less one.

    Raises:
        MissingToolError: the file is missing, no UTF-8, or has a line that is not one character.
    """
    try:
        lines = read_weights(path).decode().rstrip("\n").split("\n")
    except UnicodeDecodeError as err:
        raise MissingToolError("ocr.weights-missing", file=path.name) from err
    letters = tuple(" " if line == _SPACE else line for line in lines)
    if any(len(letter) != 1 for letter in letters):
        raise MissingToolError("ocr.weights-missing", file=path.name)
    return letters


@cache
def load_charset() -> tuple[str, ...]:
    """The shipped recogniser's letters."""
    return read_charset(WEIGHTS / "charset.txt")
