"""A query's text in tokens: words, phrases, beginnings, conditions, parentheses and what stands between words.

Only what cannot be prose or a pasted code is a sign: ``+`` and ``-`` before a word, ``*`` behind letters, ``field:`` in
lower case before a value, parentheses around words, ``OR``, ``HOẶC`` and ``gần/5`` between words. All else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from core.text import nfc
from indexer.askable import askable
from indexer.syntax import FieldTest, Occur, Stem, Words, stem_of, words_of
from indexer.values import value_of

_PIECE = re.compile(
    r"""
    (?P<opens>(?:[+-]?\()*)
    (?P<sign>[+-](?=["\w]))?
    (?:(?P<field>[^\W\d_]+):(?=[^\s:]))?
    (?:"(?P<phrase>[^"]*)"(?P<behind>\)*[.,;:!?]*)(?!\S)|(?P<word>\S*))
    """,
    re.VERBOSE,
)
_OPEN = re.compile(r"([+-]?)\(")
_STEM = re.compile(r"([^\W\d_]{2,})\*[.,;]*")
_NEAR = re.compile(r"(?:gần|gan|near)/(\d{1,2})", re.IGNORECASE)
_OCCUR = {"+": Occur.MUST, "-": Occur.MUST_NOT, None: Occur.SHOULD, "": Occur.SHOULD}


class Sign(Enum):
    """What a token is."""

    ITEM = "item"
    OPEN = "("
    CLOSE = ")"
    OR = "or"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Token:
    """``occur`` is that of an item or of an opening parenthesis; ``within`` belongs to ``NEAR``; ``text`` is what it is
    as words where it turns out to be no sign; ``odd`` says that a condition's value was not understood."""

    sign: Sign
    occur: Occur = Occur.SHOULD
    node: Words | Stem | FieldTest | None = None
    within: int = 0
    text: str = ""
    odd: bool = False


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of ``text``, which is NFC with plain quotation marks; items without a letter or digit are left out."""
    shouting = not any(char.islower() for char in text)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _PIECE.match(text, at)
        assert match is not None
        at = max(match.end(), at + 1)
        yield from _tokens(match, shouting=shouting)


def _tokens(match: re.Match[str], *, shouting: bool) -> Iterator[Token]:
    opens = _OPEN.findall(match["opens"])
    for sign in opens:
        yield Token(Sign.OPEN, _OCCUR[sign])
    occur = _OCCUR[match["sign"]]
    body, closed = (match["phrase"], match["behind"].count(")")) if match["word"] is None else _closed(match["word"])
    plain = not opens and match["sign"] is None and match["field"] is None and match["phrase"] is None
    if plain and (between := _between(body, shouting)):
        yield between
    else:
        yield from _item(match, body, occur)
    for _ in range(closed):
        yield Token(Sign.CLOSE)


def _closed(word: str) -> tuple[str, int]:
    """A word without the parentheses that close behind it, and their number: those that it does not open itself."""
    bare = word.rstrip(".,;:!?")
    body = bare.rstrip(")")
    closing = len(bare) - len(body)
    own = min(closing, max(0, body.count("(") - body.count(")")))
    return (body + ")" * own, closing - own) if closing > own else (word, 0)


def _between(body: str, shouting: bool) -> Token | None:
    if body == "OR" or (body == "HOẶC" and not shouting):
        return Token(Sign.OR, text=body)
    near = _NEAR.fullmatch(body)
    return Token(Sign.NEAR, within=int(near[1]), text=body) if near else None


def _item(match: re.Match[str], body: str, occur: Occur) -> Iterator[Token]:
    quoted, name = match["phrase"] is not None, match["field"]
    node: Words | Stem | FieldTest | None = None
    odd = False
    if name is not None:
        known = askable(name) if name == name.lower() else None
        value = value_of(known, body, quoted=quoted) if known else None
        odd = known is not None and value is None
        node = FieldTest(known.name, value) if known and value is not None else words_of(nfc(f"{name} {body}"))
    elif not quoted and (stem := _STEM.fullmatch(body)):
        node = stem_of(stem[1])
    else:
        node = words_of(body)
    if node is not None:
        yield Token(Sign.ITEM, occur, node, odd=odd)
