"""Signs that a reader mistakes for one another in numbers with notation: ``3l/2O17/D5-5T`` is ``31/2017/DS-ST``."""

from __future__ import annotations

import re

from core.text import nfc
from indexer.syllables import compact_code

_ALIKE = str.maketrans({"o": "0", "q": "0", "l": "1", "i": "1", "s": "5", "b": "8", "z": "2", "g": "6"})
"""Each letter of a compact code as the digit that it looks like."""
_STROKE = "1"
"""Between numbers, what a stroke is read as; parts of a notation follow one another without, as in a compact code."""
_CODE = re.compile(r"[0-9][^\W_]*(?:\s?[/|\\-]\s?[^\W_]+)+")
_SHORTEST = 5


def alike(code: str) -> str | None:
    """A compact code without telling signs that look alike; ``None`` for what is no number or too short to be told by
    its shape."""
    if "/" not in code or len(code) < _SHORTEST or not any(char.isdigit() for char in code):
        return None
    form = ""
    letters = False
    for part in code.split("/"):
        shape = part.translate(_ALIKE)
        follows = letters and not shape.isdigit()
        form += shape if not form or follows else _STROKE + shape
        letters = not shape.isdigit()
    return form.lstrip("0")


def alike_in(text: str) -> set[str]:
    """:func:`alike` of all that may be a number with notation in running text, well or badly read."""
    text = nfc(text)
    found = (alike(compact_code(text[_start(text, match.start()) : match.end()])) for match in _CODE.finditer(text))
    return {form for form in found if form}


def _start(text: str, digit: int) -> int:
    """Where the run of letters and digits begins that ``digit`` is in."""
    while digit and text[digit - 1].isalnum():
        digit -= 1
    return digit
