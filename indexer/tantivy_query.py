"""A plan as a query object of the embedded engine: no query text, so no injection."""

from __future__ import annotations

import tantivy
from tantivy import Occur, Query

from indexer import plan
from indexer.fields import BY_NAME, Kind

_OPTIONS = {Kind.KEY: "basic", Kind.SET: "basic", Kind.NUMBER: "basic", Kind.BAG: "freq", Kind.TEXT: "freq"}


def to_query(schema: tantivy.Schema, node: plan.Node) -> Query:
    """The engine's form of ``node``."""
    match node:
        case plan.Term(field, token):
            return Query.term_query(schema, field, token, index_option=_OPTIONS[BY_NAME[field].kind])
        case plan.Terms(field, tokens):
            return Query.term_set_query(schema, field, list(tokens)) if tokens else Query.empty_query()
        case plan.Phrase(field, tokens, slop):
            return Query.phrase_query(schema, field, list(tokens), slop=slop)
        case plan.Prefix(field, start):
            return Query.regex_query(schema, field, f"{start}.*")
        case plan.Fuzzy(field, token, distance):
            return Query.fuzzy_term_query(schema, field, token, distance=distance)
        case plan.Range(field, low, high):
            return Query.range_query(schema, field, tantivy.FieldType.Integer, lower_bound=low, upper_bound=high)
        case plan.Everything():
            return Query.all_query()
        case plan.Nothing():
            return Query.empty_query()
        case plan.Boost(inner, weight):
            return Query.boost_query(to_query(schema, inner), weight)
        case plan.Constant(inner, score):
            return Query.const_score_query(to_query(schema, inner), score)
    return _bool(schema, node)


def _bool(schema: tantivy.Schema, node: plan.Bool) -> Query:
    joined = ((Occur.Must, node.must), (Occur.Should, node.should), (Occur.MustNot, node.must_not))
    return Query.boolean_query([(occur, to_query(schema, part)) for occur, parts in joined for part in parts])
