"""A plan as a query of Elasticsearch: JSON of values only, so no injection."""

from __future__ import annotations

from typing import Any

from indexer import plan
from indexer.fields import BY_NAME, Kind

_SCORED = (Kind.TEXT, Kind.BAG)

_LONGEST = 32_766
"""Bytes of the longest value that the engine holds; it refuses to look for a longer one."""

Query = dict[str, Any]


def to_query(node: plan.Node, weight: float = 1.0) -> Query:
    """The engine's form of ``node``, its scores times ``weight``."""
    match node:
        case plan.Boost(inner, factor):
            return to_query(inner, weight * factor)
        case plan.Constant(inner, score):
            return _constant(to_query(inner), weight * score)
        case plan.Bool():
            return _bool(node, weight)
        case plan.Term(_, token) if len(token.encode()) > _LONGEST:
            return {"match_none": {}}
        case plan.Term(field, token):
            if BY_NAME[field].kind not in _SCORED:
                return _constant({"term": {field: token}}, weight)
            return {"term": {field: {"value": token, "boost": weight}}}
        case plan.Phrase(field, tokens, slop):
            asked = {"query": " ".join(tokens), "slop": slop, "boost": weight}
            return {"match_phrase": {field: asked}}
        case plan.Everything():
            return {"match_all": {"boost": weight}}
        case plan.Nothing():
            return {"match_none": {}}
    return _constant(_plain(node), weight)


def _plain(node: plan.Terms | plan.Prefix | plan.Fuzzy | plan.Range) -> Query:
    match node:
        case plan.Terms(field, tokens):
            return {"terms": {field: [token for token in tokens if len(token.encode()) <= _LONGEST]}}
        case plan.Prefix(field, start):
            return {"prefix": {field: {"value": start, "rewrite": "constant_score"}}}
        case plan.Fuzzy(field, token, distance):
            return {"fuzzy": {field: {"value": token, "fuzziness": distance, "rewrite": "constant_score"}}}
        case plan.Range(field, low, high):
            bounds = {"gte": low, "lte": high}
            return {"range": {field: {name: value for name, value in bounds.items() if value is not None}}}


def _constant(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _bool(node: plan.Bool, weight: float) -> Query:
    """Conditions without a score are filters, which the engine keeps and does not score."""
    silent = [part.node for part in node.must if isinstance(part, plan.Constant) and part.score == 0]
    scored = [part for part in node.must if not (isinstance(part, plan.Constant) and part.score == 0)]
    parts = {
        "filter": [to_query(part) for part in silent],
        "must": [to_query(part, weight) for part in scored],
        "should": [to_query(part, weight) for part in node.should],
        "must_not": [to_query(part) for part in node.must_not],
    }
    return {"bool": {name: queries for name, queries in parts.items() if queries}}
