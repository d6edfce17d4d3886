"""Words that a reader may have misread: where no page holds a whole query, similar words do for its rare long ones."""

from __future__ import annotations

from collections.abc import Callable

from core.model import Reader
from indexer.plan import Bool, Node
from indexer.planner import Sense
from indexer.port import SearchRequest
from indexer.query import ParsedQuery
from indexer.scope import scope_of
from indexer.syntax import Words, wanted_leaves
from indexer.weights import MOST_LISTED

_LONG = 5
"""Letters of a word of which one may be wrong; shorter ones are too like other words."""
_RARE = 2
"""A word on more pages than these is no misreading's loss."""


def doubtable(parsed: ParsedQuery) -> list[Words]:
    """The words of a short query that are long enough to be recognised with a letter wrong."""
    leaves = [] if parsed.root is None else list(dict.fromkeys(wanted_leaves(parsed.root)))
    if len(leaves) > MOST_LISTED:
        return []
    single = (leaf for leaf in leaves if isinstance(leaf, Words) and len(leaf.folded) == 1)
    return [leaf for leaf in single if len(leaf.folded[0]) >= _LONG and leaf.folded[0].isalpha()]


def rare_words(
    parsed: ParsedQuery, request: SearchRequest, reader: Reader, count: Callable[[Node], int]
) -> frozenset[Words]:
    """Those of :func:`doubtable` that hardly any page holds that the reader may see; none where a page holds the whole
    query.

    Args:
        count: pages that match a plan.
    """
    candidates = doubtable(parsed)
    if not candidates or parsed.root is None:
        return frozenset()
    scope, sense = scope_of(request, reader), Sense({})
    if count(Bool(must=(*scope, sense.holding(parsed.root)))):
        return frozenset()
    return frozenset(word for word in candidates if count(Bool(must=(*scope, sense.holding(word)))) <= _RARE)
