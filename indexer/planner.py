"""A parsed query, filters and a reader's rights as one plan that any engine can carry out.

Pages match when they hold a word of the query. Those that hold all of it come first, and first among them those that
hold it with the diacritics typed; within each step BM25 orders, with neighbouring words and the document's head
counted in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.model import Reader
from indexer.askable import BY_NAME, Manner
from indexer.lookalikes import alike
from indexer.plan import Bool, Constant, Everything, Fuzzy, Node, Phrase, Prefix, Term, all_of, any_of, silent, words
from indexer.port import SearchRequest
from indexer.query import ParsedQuery
from indexer.ranking import text_scores
from indexer.scope import numbers, scope_of
from indexer.syllables import folded_form
from indexer.synonyms import Alternatives, alternatives
from indexer.syntax import Either, FieldTest, Group, Near, Occur, Span, Stem, Words, wanted_leaves
from indexer.syntax import Node as Asked
from indexer.weights import ALL_EXACT, ALL_WORDS, DEFAULT, MOST_LISTED, Weights


def plan(
    parsed: ParsedQuery,
    request: SearchRequest,
    reader: Reader,
    weights: Weights = DEFAULT,
    similar: frozenset[Words] = frozenset(),
) -> Node:
    """Pages that match ``parsed`` within the filters of ``request`` and the rights of ``reader``, ranked.

    Args:
        similar: words for which similar ones do; see :mod:`indexer.tolerance`.
    """
    scope = tuple(silent(node) for node in scope_of(request, reader))
    root = parsed.root
    if root is None:
        return Bool(must=(*scope, Everything()))
    sense = Sense(alternatives(parsed.rows), similar)
    match = silent(sense.matching(root))
    leaves = tuple(dict.fromkeys(wanted_leaves(root)))
    if not leaves:
        return Bool(must=(*scope, match))
    scores = text_scores(leaves, parsed.rows, sense.others, weights)
    return Bool(must=(*scope, match), should=(*_steps(sense, root, leaves), scores))


def _steps(sense: Sense, root: Asked, leaves: Sequence[Words | Stem]) -> Iterator[Node]:
    """What lifts whole matches above the others; a question or a pasted sentence has too many words without weight."""
    if len(leaves) <= MOST_LISTED:
        yield Constant(sense.holding(root), ALL_WORDS)
        if any(leaf.marked for leaf in leaves):
            yield Constant(sense.exactly(root), ALL_EXACT)


@dataclass(frozen=True, slots=True)
class Sense:
    """Which pages a query means: ``others`` are what else its words may be written as, ``similar`` the words for which
    similar ones do."""

    others: Alternatives
    similar: frozenset[Words] = frozenset()

    def matching(self, node: Asked) -> Node:
        """Pages that match ``node``, diacritics or not: of a group, any of its words."""
        if isinstance(node, Group):
            wanted = [self.matching(part) for part in node.wanted]
            return self._all(node, [any_of(wanted)] if wanted else [])
        if isinstance(node, Either):
            return any_of(self.matching(option) for option in node.options)
        return self.holding(node)

    def holding(self, node: Asked) -> Node:
        """Pages that hold ``node`` whole, diacritics or not: of a group, all of its words."""
        if isinstance(node, Group):
            return self._all(node, [self.holding(part) for part in node.wanted])
        if isinstance(node, Either):
            return any_of(self.holding(option) for option in node.options)
        if isinstance(node, Near):
            return _near(node, "folded", self.holding(node.left), self.holding(node.right))
        if isinstance(node, FieldTest):
            return _field_test(node)
        if isinstance(node, Stem):
            return any_of([Prefix("folded", node.folded), Prefix("head_folded", node.folded), *_whole(node)])
        forms = [word.folded for word in (node, *self.others.get(node, ()))]
        held = [words(field, form) for form in forms for field in ("folded", "head_folded")]
        similar = [Fuzzy("folded", node.folded[0])] if node in self.similar else []
        return any_of([*held, *_codes(node), *similar])

    def exactly(self, node: Asked) -> Node:
        """Pages that hold ``node`` whole, with the diacritics typed."""
        if isinstance(node, Group):
            return self._all(node, [self.exactly(part) for part in node.wanted])
        if isinstance(node, Either):
            return any_of(self.exactly(option) for option in node.options)
        if isinstance(node, Near):
            return _near(node, "exact", self.exactly(node.left), self.exactly(node.right))
        if isinstance(node, FieldTest):
            return _field_test(node)
        if isinstance(node, Stem):
            return any_of([Prefix("exact", node.exact), Prefix("head", node.exact)])
        forms = [word.exact for word in (node, *self.others.get(node, ()))]
        return any_of(words(field, form) for form in forms for field in ("exact", "head"))

    def _all(self, group: Group, wanted: Sequence[Node]) -> Node:
        """All of ``wanted``, what ``+`` and conditions on fields require, and nothing that ``-`` takes out."""
        required = [
            self.holding(clause.node)
            for clause in group.clauses
            if clause.occur is Occur.MUST or (clause.occur is Occur.SHOULD and isinstance(clause.node, FieldTest))
        ]
        without = [_left_out(clause.node) for clause in group.clauses if clause.occur is Occur.MUST_NOT]
        return all_of([*required, *wanted], without=without)


def _left_out(node: Asked) -> Node:
    """What ``-`` takes out: with diacritics typed only that word, without them every word that folds to it."""
    literal = Sense({})
    marked = any(leaf.marked for leaf in wanted_leaves(node))
    return literal.exactly(node) if marked else literal.holding(node)


def _codes(word: Words) -> list[Node]:
    shape = alike(word.code)
    return [Term("code", word.code), *([Term("alike", shape)] if shape else [])]


def _whole(stem: Stem) -> list[Node]:
    """The word that a beginning is by itself, where the index writes its ``y`` as ``i``."""
    whole = folded_form(stem.text)
    return [] if whole == stem.folded else [Term("folded", whole)]


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
