"""Syllables as the index and the query both spell them.

The exact form keeps the diacritics but not the place of the tone mark: ``hoà`` and ``hòa``, ``thuỷ`` and ``thủy`` are
one word in two orthographies, as are ``lý`` and ``lí``, ``quý`` and ``quí``. The folded form drops diacritics by
:func:`core.text.fold`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.text import fold, nfc, syllables
from indexer.spelling import TONES

_LONGEST = 64
"""Longer runs are no words; cut alike in index and query."""
_Y_FOR_I = re.compile(r"(?:[hklmstv]|qu)y")
"""Where the orthographies write one vowel as ``y`` or as ``i``."""
_DAY = re.compile(r"([0-9]{1,2})\s+[Tt][Hh][ÁáAa][Nn][Gg]\s+([0-9]{1,2})\s+[Nn][ĂăAa][Mm]\s+([0-9]{4})")
_COMPACT_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CODE = re.compile(r"[0-9]+[^\W\d_]?(?:\s?[/-]\s?[^\W_]+)+")


@lru_cache(maxsize=1 << 17)
def exact_form(syllable: str) -> str:
    """One spelling for both tone placements: lower case, the tone behind the letters, OI (ƣ) as Ư."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", syllable.lower().replace("ƣ", "ư")):
        (tones if char in TONES else letters).append(char)
    return _one_vowel(nfc("".join(letters))[:_LONGEST]) + "".join(tones[:2])


@lru_cache(maxsize=1 << 17)
def folded_form(syllable: str) -> str:
    """Without diacritics: ``đất`` → ``dat``."""
    return _one_vowel(bare_form(syllable))


def bare_form(syllable: str) -> str:
    """The letters as typed, without diacritics; ``y`` stays ``y``."""
    return fold(syllable.replace("ƣ", "ư"))[:_LONGEST]


def _one_vowel(letters: str) -> str:
    return letters[:-1] + "i" if _Y_FOR_I.fullmatch(letters) else letters


def has_marks(syllable: str) -> bool:
    """Whether the syllable was typed with diacritics."""
    return bare_form(syllable) != syllable.lower()[:_LONGEST]


def compact_code(text: str) -> str:
    """A number with notation in one spelling: ``31/2017/DS - ST`` and ``031/2017/DSST`` → ``31/2017/dsst``; a day too:
    ``02-10-2017`` → ``2/10/2017``."""
    parts: list[str] = []
    for part in syllables(text):
        bare = folded_form(part)
        if parts and parts[-1].isalpha() and bare.isalpha():
            parts[-1] += bare
        else:
            parts.append(bare)
    if len(parts) > 1:
        day = len(parts) == 3 and all(part.isdecimal() for part in parts)
        parts = [part.lstrip("0") or "0" if at < (2 if day else 1) else part for at, part in enumerate(parts)]
    return "/".join(parts)


def code_keys(code: str) -> set[str]:
    """The whole code, its tails and its parts: ``31/2017/dsst``, ``2017/dsst``, ``dsst``, ``31``, ``2017`` …"""
    parts = compact_code(code).split("/")
    tails = {"/".join(parts[i:]) for i in range(len(parts))}
    return {key for key in tails | set(parts) | {folded_form(part) for part in syllables(code)} if key}


def day_of(code: str) -> int | None:
    """A compact code that is a day, as a number: ``2/10/2017`` → 20171002."""
    match = _COMPACT_DAY.fullmatch(code)
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    return year * 10000 + month * 100 + day if 1 <= day <= 31 and 1 <= month <= 12 else None


def codes_in(text: str) -> set[str]:
    """Compact forms of what looks like a number with notation, or a day in words, in running text."""
    text = nfc(text)
    days = {compact_code("/".join(match.groups())) for match in _DAY.finditer(text)}
    return days | {compact_code(match.group()) for match in _CODE.finditer(text)}
