"""The query language, free of any engine: any text at all becomes a :class:`ParsedQuery`.

Words are sought each by itself; ``"a b"`` is a phrase; ``+`` before a word or phrase requires it; ``-`` before one,
at its start, excludes it. Everything else (``/ - ( ) * :``) is text, so pasted codes and prose can be sought: the
parts of ``12/2026/TLST-KDTM`` are one phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.text import nfc, syllables
from indexer.syllables import compact_code, exact_form, folded_form, has_marks
from indexer.syntax import Clause, Either, Group, Node, Occur, Words

MAX_CLAUSES = 64
"""Words and phrases taken from one query; the rest is left out with a notice."""
_MAX_CHARS = 20_000
_MAX_PHRASE = 64
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_PIECE = re.compile(r'(?<!\S)(?P<sign>[+-]?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]\S*|"\S*))|(?P<rest>\S+)')
_STARTS_WORD = re.compile(r'[^\W_]|"')


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What was asked, and the code of a notice for the person, if any; ``None`` where there is nothing to seek."""

    root: Group | Either | None
    notice: str | None = None


def parse(query: str) -> ParsedQuery:
    """The tree of ``query``; never raises. The same clause twice counts once."""
    text = nfc(query[:_MAX_CHARS]).translate(_QUOTES)
    shortened = len(query) > _MAX_CHARS
    clauses: dict[tuple[Occur, tuple[str, ...]], Clause] = {}
    for match in _PIECE.finditer(text):
        found = _clause(match)
        if found is None:
            continue
        occur, node = found
        key = (occur, node.exact)
        if key not in clauses and len(clauses) == MAX_CLAUSES:
            shortened = True
            break
        clauses.setdefault(key, Clause(occur, node))
    root = Group(tuple(clauses.values()))
    return ParsedQuery(root if clauses else None, _notice(text, root, shortened))


def words_of(body: str) -> Words | None:
    """The word or phrase that ``body`` is; ``None`` where it holds no letter or digit."""
    parts = syllables(body)[:_MAX_PHRASE]
    if not parts:
        return None
    return Words(
        text=" ".join(parts),
        exact=tuple(exact_form(part) for part in parts),
        folded=tuple(folded_form(part) for part in parts),
        code=compact_code(body),
        marked=any(has_marks(part) for part in parts),
    )


def _clause(match: re.Match[str]) -> tuple[Occur, Words] | None:
    phrase, word = match["phrase"], match["word"]
    sign = match["sign"] or ""
    body = phrase if phrase is not None else word if word is not None else match["rest"]
    signed = phrase is not None or (word is not None and _STARTS_WORD.match(word) is not None)
    occur = {"+": Occur.MUST, "-": Occur.MUST_NOT}.get(sign, Occur.SHOULD) if signed else Occur.SHOULD
    node = words_of(body)
    return None if node is None else (occur, node)


def _notice(text: str, root: Node, shortened: bool) -> str | None:
    assert isinstance(root, Group)
    if not root.clauses:
        return "indexer.notice-nothing-to-seek"
    if shortened:
        return "indexer.notice-shortened"
    if text.count('"') % 2:
        return "indexer.notice-open-quote"
    if all(clause.occur is Occur.MUST_NOT for clause in root.clauses):
        return "indexer.notice-only-excluded"
    return None
