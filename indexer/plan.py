"""What an engine is asked, free of any engine: a small tree that each engine translates, node by node.

Scores: :class:`Term` and :class:`Phrase` are scored by BM25 (k1 1.2, b 0.75) on fields with counts; everything else
scores 1 until :class:`Constant` or :class:`Boost` says otherwise; a :class:`Bool` scores the sum of its ``must`` and of
the ``should`` that match.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """Entries that hold ``token`` in a field of any kind but ``NUMBER``."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Entries that hold any of ``tokens``; without tokens, none."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Entries that hold two or more ``tokens`` in this order; ``slop`` is how far they may be moved in all."""

    field: str
    tokens: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Entries that hold a token beginning with ``start``, which consists of letters and digits."""

    field: str
    start: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Entries that hold a token at most ``distance`` (1 or 2) insertions, deletions, changes or swaps away."""

    field: str
    token: str
    distance: int = 1


@dataclass(frozen=True, slots=True)
class Range:
    """Entries with a number from ``low`` to ``high``, both inclusive; ``None`` is no bound, on one side at most."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """All entries."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No entry."""


@dataclass(frozen=True, slots=True)
class Bool:
    """Entries that match all of ``must`` and none of ``must_not``; without ``must``, one of ``should`` at least.

    There is a ``must`` or a ``should``.
    """

    must: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    must_not: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Boost:
    """The same entries, scores times ``weight``."""

    node: Node
    weight: float


@dataclass(frozen=True, slots=True)
class Constant:
    """The same entries, each with ``score``."""

    node: Node
    score: float


Node = Term | Terms | Phrase | Prefix | Fuzzy | Range | Everything | Nothing | Bool | Boost | Constant


def words(field: str, tokens: tuple[str, ...]) -> Node:
    """A term or, of several tokens, a phrase."""
    return Term(field, tokens[0]) if len(tokens) == 1 else Phrase(field, tokens)


def any_of(nodes: Iterable[Node]) -> Node:
    """Entries that match one of ``nodes``; without any, none."""
    held = tuple(dict.fromkeys(nodes))
    if not held:
        return Nothing()
    return held[0] if len(held) == 1 else Bool(should=held)


def all_of(nodes: Iterable[Node], *, without: Iterable[Node] = ()) -> Node:
    """Entries that match all of ``nodes`` and none of ``without``."""
    held, left_out = tuple(dict.fromkeys(nodes)), tuple(dict.fromkeys(without))
    if not left_out and len(held) == 1:
        return held[0]
    return Bool(must=held or (Everything(),), must_not=left_out)


def silent(node: Node) -> Node:
    """The same entries without a score."""
    return Constant(node, 0.0)
