"""A parsed query, filters and a reader's rights as one plan that any engine can carry out.

Pages match when they hold a word of the query. Those that hold all of it come first, and first among them those that
hold it with the diacritics typed; within each step BM25 orders, with neighbouring words and the document's head
counted in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.model import Reader
from indexer.askable import BY_NAME, Manner
from indexer.entry import pair
from indexer.plan import (
    Bool,
    Boost,
    Constant,
    Everything,
    Node,
    Phrase,
    Prefix,
    Term,
    all_of,
    any_of,
    silent,
    words,
)
from indexer.port import SearchRequest
from indexer.query import ParsedQuery
from indexer.scope import numbers, scope_of
from indexer.syntax import Clause, Either, FieldTest, Group, Near, Occur, Span, Stem, Words, wanted_leaves
from indexer.syntax import Node as Asked
from indexer.weights import ALL_EXACT, ALL_WORDS, DEFAULT, MOST_TERM, MOST_TEXT, Weights

_MAX_PAIRS = 40


def plan(parsed: ParsedQuery, request: SearchRequest, reader: Reader, weights: Weights = DEFAULT) -> Node:
    """Pages that match ``parsed`` within the filters of ``request`` and the rights of ``reader``, ranked."""
    scope = tuple(silent(node) for node in scope_of(request, reader))
    if parsed.root is None:
        return Bool(must=(*scope, Everything()))
    match = silent(matching(parsed.root))
    leaves = tuple(wanted_leaves(parsed.root))
    if not leaves:
        return Bool(must=(*scope, match))
    return Bool(must=(*scope, match), should=(*_steps(parsed.root, leaves), _text_scores(leaves, weights)))


def matching(node: Asked) -> Node:
    """Pages that match ``node``, diacritics or not: of a group, any of its words."""
    if isinstance(node, Group):
        wanted = [matching(part) for part in node.wanted]
        required, without = _required(node.clauses), _left_out(node.clauses)
        return all_of([*required, *([any_of(wanted)] if wanted else [])], without=without)
    if isinstance(node, Either):
        return any_of(matching(option) for option in node.options)
    return holding(node)


def holding(node: Asked) -> Node:
    """Pages that hold ``node`` whole, diacritics or not: of a group, all of its words."""
    if isinstance(node, Group):
        parts = [holding(part) for part in node.wanted]
        return all_of([*_required(node.clauses), *parts], without=_left_out(node.clauses))
    if isinstance(node, Either):
        return any_of(holding(option) for option in node.options)
    if isinstance(node, Near):
        return _near(node, "folded", holding(node.left), holding(node.right))
    if isinstance(node, FieldTest):
        return _field_test(node)
    if isinstance(node, Stem):
        return any_of([Prefix("folded", node.folded), Prefix("head_folded", node.folded)])
    return any_of([words("folded", node.folded), words("head_folded", node.folded), Term("code", node.code)])


def exactly(node: Asked) -> Node:
    """Pages that hold ``node`` whole, with the diacritics typed."""
    if isinstance(node, Group):
        parts = [exactly(part) for part in node.wanted]
        return all_of([*_required(node.clauses), *parts], without=_left_out(node.clauses))
    if isinstance(node, Either):
        return any_of(exactly(option) for option in node.options)
    if isinstance(node, Near):
        return _near(node, "exact", exactly(node.left), exactly(node.right))
    if isinstance(node, FieldTest):
        return _field_test(node)
    if isinstance(node, Stem):
        return any_of([Prefix("exact", node.exact), Prefix("head", node.exact)])
    return any_of([words("exact", node.exact), words("head", node.exact)])


def _required(clauses: Sequence[Clause]) -> list[Node]:
    """What must be there: signed with ``+``, and conditions on fields."""
    return [
        holding(clause.node)
        for clause in clauses
        if clause.occur is Occur.MUST or (clause.occur is Occur.SHOULD and isinstance(clause.node, FieldTest))
    ]


def _left_out(clauses: Sequence[Clause]) -> list[Node]:
    """What ``-`` takes out: with diacritics typed only that word, without them every word that folds to it."""
    nodes = [clause.node for clause in clauses if clause.occur is Occur.MUST_NOT]
    return [exactly(node) if _marked(node) else holding(node) for node in nodes]


def _marked(node: Asked) -> bool:
    return any(leaf.marked for leaf in wanted_leaves(node))


def _near(node: Near, field: str, left: Node, right: Node) -> Node:
    """Both stand on the page, and the end of one near the beginning of the other."""
    exact = field == "exact"
    a, b = (node.left.exact, node.right.exact) if exact else (node.left.folded, node.right.folded)
    either = [Phrase(field, (a[-1], b[0]), node.within), Phrase(field, (b[-1], a[0]), node.within)]
    return all_of([left, right, any_of(either)])


def _field_test(node: FieldTest) -> Node:
    asked, value = BY_NAME[node.field], node.value
    if isinstance(value, Span):
        return numbers(asked.field, value.low, value.high)
    if isinstance(value, Stem):
        return Prefix(asked.field, value.folded)
    if asked.manner is Manner.CODE:
        return Term(asked.field, value.code)
    if asked.manner is Manner.IDENTIFIER:
        return Term(asked.field, value.text)
    return words(asked.field, value.folded)


def _steps(root: Asked, leaves: Sequence[Words | Stem]) -> Iterator[Node]:
    yield Constant(holding(root), ALL_WORDS)
    if any(leaf.marked for leaf in leaves):
        yield Constant(exactly(root), ALL_EXACT)


def _text_scores(leaves: Sequence[Words | Stem], weights: Weights) -> Node:
    """BM25 of all words and pairs, kept below the steps."""
    marked = any(leaf.marked for leaf in leaves)
    parts = [part for leaf in leaves for part in _scores(leaf, weights, marked=marked)]
    parts += _pairs(leaves, weights, marked=marked)
    most = MOST_TERM * sum(part.weight if isinstance(part, Boost) else 1.0 for part in parts)
    node = Bool(should=tuple(parts))
    return node if most <= MOST_TEXT else Boost(node, MOST_TEXT / most)


def _scores(leaf: Words | Stem, weights: Weights, *, marked: bool) -> Iterator[Node]:
    if isinstance(leaf, Stem):
        yield Constant(Prefix("folded", leaf.folded), 1.0)
        if marked:
            yield Constant(Prefix("exact", leaf.exact), 1.0)
        return
    if marked:
        yield words("exact", leaf.exact)
        yield Boost(words("folded", leaf.folded), weights.folded)
        yield Boost(words("head", leaf.exact), weights.head)
    else:
        yield words("folded", leaf.folded)
        yield Boost(words("head_folded", leaf.folded), weights.head)
    yield Constant(Term("code", leaf.code), weights.code)


def _pairs(leaves: Sequence[Words | Stem], weights: Weights, *, marked: bool) -> list[Node]:
    field = "pairs" if marked else "folded_pairs"
    tokens = []
    for left, right in pairwise(leaves):
        if isinstance(left, Words) and isinstance(right, Words):
            ends = (left.exact[-1], right.exact[0]) if marked else (left.folded[-1], right.folded[0])
            tokens.append(pair(*ends))
    return [Boost(Term(field, token), weights.pair) for token in tokens[:_MAX_PAIRS]]
