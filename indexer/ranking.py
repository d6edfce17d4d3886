"""How pages that match are ordered: BM25 of words, pairs, heads and codes, kept below the steps of whole matches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.entry import pair
from indexer.lookalikes import alike
from indexer.plan import Bool, Boost, Constant, Node, Phrase, Prefix, Range, Term, words
from indexer.questions import Rows, telling
from indexer.syllables import day_of
from indexer.synonyms import Alternatives
from indexer.syntax import Stem, Words
from indexer.weights import MOST_LISTED, MOST_TERM, MOST_TEXT, Weights

_MAX_PAIRS = 64


def text_scores(leaves: Sequence[Words | Stem], rows: Rows, others: Alternatives, weights: Weights) -> Node:
    """A node that scores pages by the wanted words of a query; what it matches is of no account.

    Args:
        leaves: each word once.
        rows: words as they were typed side by side.
        others: what they may also be written as.
    """
    marked = any(leaf.marked for leaf in leaves)
    if len(leaves) > MOST_LISTED:
        weights, rows = replace(weights, doubtful=1.0), telling(rows)
        ranked = {word for row in rows for word in row}
        leaves = [leaf for leaf in leaves if isinstance(leaf, Stem) or leaf in ranked]
    parts = [part for leaf in leaves for part in _scores(leaf, weights, marked=marked)]
    synonyms = dict.fromkeys(other for leaf in leaves if isinstance(leaf, Words) for other in others.get(leaf, ()))
    parts += [Boost(words(*_form(other, marked=marked)), weights.synonym / len(other.exact)) for other in synonyms]
    parts += _pairs(rows, weights, marked=marked)
    most = MOST_TERM * sum(part.weight if isinstance(part, Boost) else 1.0 for part in parts)
    node = Bool(should=tuple(dict.fromkeys(parts)))
    return node if most <= MOST_TEXT else Boost(node, MOST_TEXT / most)


def _form(word: Words, *, marked: bool) -> tuple[str, tuple[str, ...]]:
    return ("exact", word.exact) if marked else ("folded", word.folded)


def _scores(leaf: Words | Stem, weights: Weights, *, marked: bool) -> Iterator[Node]:
    if isinstance(leaf, Stem):
        yield Constant(Prefix("folded", leaf.folded), 1.0)
        if marked:
            yield Constant(Prefix("exact", leaf.exact), 1.0)
        return
    yield from _doubted(words(*_form(leaf, marked=marked)), leaf, weights)
    if marked:
        yield Boost(words("folded", leaf.folded), weights.folded)
        yield Boost(words("head", leaf.exact), weights.head)
    else:
        yield Boost(words("head_folded", leaf.folded), weights.head)
    yield Constant(Term("code", leaf.code), weights.code)
    if (day := day_of(leaf.code)) is not None:
        yield Constant(Range("date", day, day), weights.day)
    if shape := alike(leaf.code):
        yield Constant(Term("alike", shape), weights.alike)


def _doubted(node: Node, leaf: Words, weights: Weights) -> Iterator[Node]:
    """A word's score, less of it where the reader was unsure of the word; a phrase's whole score."""
    if len(leaf.exact) > 1 or weights.doubtful == 1.0:
        yield node
        return
    yield Boost(node, weights.doubtful)
    yield Boost(Bool(must=(node,), must_not=(Term("doubtful", leaf.exact[0]),)), 1 - weights.doubtful)


def _pairs(rows: Sequence[Sequence[Words]], weights: Weights, *, marked: bool) -> list[Node]:
    """Neighbours in the query that are neighbours on the page, or in its document's head."""
    field, head = ("pairs", "head") if marked else ("folded_pairs", "head_folded")
    ends = [(_form(a, marked=marked)[1][-1], _form(b, marked=marked)[1][0]) for row in rows for a, b in pairwise(row)]
    chosen = list(dict.fromkeys(ends))[:_MAX_PAIRS]
    in_text: list[Node] = [Boost(Term(field, pair(*two)), weights.pair) for two in chosen]
    return in_text + [Boost(Phrase(head, two), weights.head_pair) for two in chosen]
