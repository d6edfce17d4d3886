"""What a query says, free of any engine: the tree that :func:`indexer.query.parse` makes of a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from core.text import nfc, syllables
from indexer.spelling import TONES
from indexer.syllables import bare_form, compact_code, exact_form, folded_form, has_marks

MAX_PHRASE = 64
"""Syllables of a phrase; the rest of a longer one is left out."""


class Occur(Enum):
    """Whether pages may, must or must not hold a clause."""

    SHOULD = "should"
    MUST = "must"
    MUST_NOT = "must-not"


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or a phrase of several syllables.

    ``text`` is as typed, ``exact`` and ``folded`` the forms of its syllables, ``code`` its compact form, ``marked``
    whether it was typed with diacritics.
    """

    text: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    code: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Stem:
    """The beginning of a word: ``nghi*``. ``exact`` has hats, horns, breves and bars but no tone, whose place in a word
    is only known once the word is whole; ``folded`` has letters alone."""

    text: str
    exact: str
    folded: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Two words or phrases with at most ``within`` others between them, in either order."""

    left: Words
    right: Words
    within: int


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers or days (``19871231``) from ``low`` to ``high``, both inclusive; ``None`` is no bound, on one side at
    most."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A condition on a field by its own name (see :data:`indexer.askable.ASKABLE`); it does not rank."""

    field: str
    value: Words | Stem | Span


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a group, and whether it must be there."""

    occur: Occur
    node: Node


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses side by side: pages with any of them that should be there, those with all of them first."""

    clauses: tuple[Clause, ...]

    @property
    def wanted(self) -> tuple[Node, ...]:
        """What pages should hold; conditions on fields are none of it."""
        return tuple(
            clause.node
            for clause in self.clauses
            if clause.occur is not Occur.MUST_NOT and not isinstance(clause.node, FieldTest)
        )


@dataclass(frozen=True, slots=True)
class Either:
    """Two or more groups, of which pages match one."""

    options: tuple[Group, ...]


Node = Words | Stem | Near | FieldTest | Group | Either


def words_of(body: str) -> Words | None:
    """The word or phrase that ``body`` is; ``None`` where it holds no letter or digit."""
    parts = syllables(" ".join(syllables(body)[:MAX_PHRASE]))[:MAX_PHRASE]
    if not parts:
        return None
    return Words(
        text=" ".join(parts),
        exact=tuple(exact_form(part) for part in parts),
        folded=tuple(folded_form(part) for part in parts),
        code=compact_code(" ".join(parts)),
        marked=any(has_marks(part) for part in parts),
    )


def stem_of(letters: str) -> Stem | None:
    """The beginning of a word that ``letters`` are; ``None`` where lower case makes them two words."""
    word = words_of(letters)
    if word is None or len(word.exact) > 1:
        return None
    bare = "".join(char for char in unicodedata.normalize("NFD", word.text) if char not in TONES)
    return Stem(word.text, nfc(bare), bare_form(word.text), word.marked)


def wanted_leaves(node: Node) -> Iterator[Words | Stem]:
    """The words, phrases and beginnings that pages should hold, in the order typed."""
    if isinstance(node, Words | Stem):
        yield node
    elif isinstance(node, Near):
        yield from (node.left, node.right)
    elif isinstance(node, Either):
        for option in node.options:
            yield from wanted_leaves(option)
    elif isinstance(node, Group):
        for part in node.wanted:
            yield from wanted_leaves(part)
