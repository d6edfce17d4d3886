"""The query language, free of any engine: any text at all becomes a :class:`ParsedQuery`.

Words are sought each by itself; ``"a b"`` is a phrase; ``+`` before a word or phrase requires it; ``-`` before one,
at its start, excludes it. Everything else (``/ - ( ) * :``) is text, so pasted codes and prose can be sought: the
parts of ``12/2026/TLST-KDTM`` are one phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from core.text import nfc, syllables
from indexer.syllables import compact_code, exact_form, folded_form, has_marks

MAX_CLAUSES = 64
"""Words and phrases taken from one query; the rest is left out with a notice."""
_MAX_CHARS = 20_000
_MAX_PHRASE = 64
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_PIECE = re.compile(r'(?<!\S)(?P<sign>[+-]?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]\S*|"\S*))|(?P<rest>\S+)')
_STARTS_WORD = re.compile(r'[^\W_]|"')


class Occur(Enum):
    """Whether pages may, must or must not hold a clause."""

    SHOULD = "should"
    MUST = "must"
    MUST_NOT = "must-not"


@dataclass(frozen=True, slots=True)
class Clause:
    """A word, or a phrase of several syllables.

    ``text`` is as typed, ``exact`` and ``folded`` the forms of its syllables, ``code`` its compact form, ``marked``
    whether it was typed with diacritics.
    """

    text: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    code: str
    marked: bool
    occur: Occur


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """Clauses in the order typed, and the code of a notice for the person, if any."""

    clauses: tuple[Clause, ...]
    notice: str | None = None

    @property
    def wanted(self) -> tuple[Clause, ...]:
        """The clauses that pages should hold."""
        return tuple(clause for clause in self.clauses if clause.occur is not Occur.MUST_NOT)


def parse(query: str) -> ParsedQuery:
    """The clauses of ``query``; never raises. The same clause twice counts once."""
    text = nfc(query[:_MAX_CHARS]).translate(_QUOTES)
    shortened = len(query) > _MAX_CHARS
    clauses: dict[tuple[Occur, tuple[str, ...]], Clause] = {}
    for match in _PIECE.finditer(text):
        clause = _clause(match)
        if clause is None:
            continue
        key = (clause.occur, clause.exact)
        if key not in clauses and len(clauses) == MAX_CLAUSES:
            shortened = True
            break
        clauses.setdefault(key, clause)
    return ParsedQuery(tuple(clauses.values()), _notice(text, tuple(clauses.values()), shortened))


def _clause(match: re.Match[str]) -> Clause | None:
    phrase, word = match["phrase"], match["word"]
    sign = match["sign"] or ""
    body = phrase if phrase is not None else word if word is not None else match["rest"]
    signed = phrase is not None or (word is not None and _STARTS_WORD.match(word) is not None)
    occur = {"+": Occur.MUST, "-": Occur.MUST_NOT}.get(sign, Occur.SHOULD) if signed else Occur.SHOULD
    parts = syllables(body)[:_MAX_PHRASE]
    if not parts:
        return None
    return Clause(
        text=" ".join(parts),
        exact=tuple(exact_form(part) for part in parts),
        folded=tuple(folded_form(part) for part in parts),
        code=compact_code(body),
        marked=any(has_marks(part) for part in parts),
        occur=occur,
    )


def _notice(text: str, clauses: tuple[Clause, ...], shortened: bool) -> str | None:
    if not clauses:
        return "indexer.notice-nothing-to-seek"
    if shortened:
        return "indexer.notice-shortened"
    if text.count('"') % 2:
        return "indexer.notice-open-quote"
    if all(clause.occur is Occur.MUST_NOT for clause in clauses):
        return "indexer.notice-only-excluded"
    return None
