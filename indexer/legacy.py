"""Text in the old Vietnamese fonts' own codes, TCVN3 (ABC) and VNI, as programs of today show it, and its repair.

``Toµ ¸n nh©n d©n`` and ``Toøa aùn nhaân daân`` are "Tòa án nhân dân". Real files mix them with Unicode, so each line is
judged: it is taken for one of these where words with signs that Vietnamese does not have become Vietnamese syllables,
and hardly any word with accents fails to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.text import nfc
from indexer.spelling import is_syllable

_TCVN3 = str.maketrans(
    "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ®¡¢§£¤¥¦",
    "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂĐÊÔƠƯ",
)
_VNI_LETTERS = dict(zip("ôöñíìæóòîÔÖÑÍÌÆÓÒÎ", "ơưđíìỉĩịỵƠƯĐÍÌỈĨỊỴ", strict=True))
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_VNI_MARKS = {
    **dict(zip("ùøûõï", _TONES[1:], strict=True)),
    **{mark: "\u0302" + tone for mark, tone in zip("âáàåãä", _TONES, strict=True)},
    **{mark: "\u0306" + tone for mark, tone in zip("êéèúüë", _TONES, strict=True)},
}
"""Behind a letter: a tone, a hat and a tone, a breve and a tone."""
_VNI = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])|[{''.join(_VNI_LETTERS)}]", re.IGNORECASE)
_VIETNAMESE = frozenset("aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz")
_WORD = re.compile(r"[^\s\d!-/:-@\[-`{-~“”‘’…–—]+")
_ODD = re.compile(f"[^\x00-\x7f“”‘’…–—{''.join(sorted(_VIETNAMESE))}]", re.IGNORECASE)
_INVISIBLE = re.compile("(?<=\\S)(?:[\u200b-\u200d\u2060\ufeff](?=\\S)|\u00ad(?=[a-zà-ỹ]))")
"""A soft hyphen before a capital stands for a hyphen."""
_LAST_LEGACY = "\u00ff"
_LEAST_RIGHT = 0.85
"""Of the words with accents, so many must become syllables."""


def _from_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _from_vni(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        base, mark = match[1], match[2]
        if base is None:
            return _VNI_LETTERS[match[0]]
        return _VNI_LETTERS.get(base, base) + _VNI_MARKS[mark.lower()]

    return nfc(_VNI.sub(letter, text))


@dataclass(frozen=True, slots=True)
class Charset:
    """An old code: its name, and how its text becomes Unicode."""

    name: str
    decode: Callable[[str], str]


CHARSETS = (Charset("TCVN3", _from_tcvn3), Charset("VNI", _from_vni))


def repaired(text: str) -> str:
    """``text`` in NFC with lines in an old code made Unicode and invisible signs within words taken out.

    White space stays as it is, so that words keep their places.
    """
    text = nfc(text)
    if _ODD.search(text) is None:
        return text
    rows = text.split("\n")
    sure = {charset for row in rows if (charset := charset_of(row)) is not None}
    rows = [_repaired_row(row, sure) for row in rows] if sure else rows
    return _INVISIBLE.sub("", "\n".join(rows))


def charset_of(row: str) -> Charset | None:
    """The old code that a line is in by its own evidence; ``None`` for Unicode, which is nearly always.

    Two words must tell; a line of a single word must tell by two signs.
    """
    words = _latin(row)
    odd = {word for word in words if _ODD.search(word)}
    for charset in CHARSETS if odd else ():
        telling = {word for word in odd if is_syllable(charset.decode(word))}
        signs = sum(len(_ODD.findall(word)) for word in telling)
        if (len(telling) > 1 or (len(words) == 1 and signs > 1)) and _fits(charset, words):
            return charset
    return None


def _latin(row: str) -> set[str]:
    """The words with accents that may be in an old code: none of their signs is beyond the codes."""
    words = (word for word in _WORD.findall(row) if len(word) > 1 and not word.isascii())
    return {word for word in words if max(word) <= _LAST_LEGACY}


def _fits(charset: Charset, words: set[str]) -> bool:
    return sum(is_syllable(charset.decode(word)) for word in words) >= _LEAST_RIGHT * len(words)


def _repaired_row(row: str, sure: set[Charset]) -> str:
    """A line of a text in which other lines are surely in an old code: one word that tells is enough."""
    words = _latin(row)
    strange = {word for word in words if not is_syllable(word)}
    for charset in CHARSETS:
        if charset in sure and any(is_syllable(charset.decode(word)) for word in strange) and _fits(charset, words):
            return _decoded(row, charset, words)
    return row


def _decoded(row: str, charset: Charset, words: set[str]) -> str:
    """The line out of ``charset``; beside words in Unicode, only what is no syllable as it stands."""
    if max(row) <= _LAST_LEGACY:
        return charset.decode(row)

    def word_of(match: re.Match[str]) -> str:
        decoded = charset.decode(match[0])
        changes = match[0] in words and is_syllable(decoded) and not is_syllable(match[0])
        return decoded if changes else match[0]

    return _WORD.sub(word_of, row)
