"""A parsed query, filters and a reader's rights as one query object of the engine: no query text, so no injection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import tantivy
from tantivy import Occur as Join
from tantivy import Query

from core.model import Reader
from core.text import nfc
from indexer.port import SearchRequest
from indexer.query import Clause, Occur, ParsedQuery
from indexer.schema import key

_ALL_WORDS = 1000.0
"""Added where a page holds every clause: more than any sum of BM25 scores, so such pages come first."""
_ALL_EXACT = 500.0
"""Added where it holds all of them with the diacritics typed."""
_FOLDED_WEIGHT = 0.15
_CODE_WEIGHT = 8.0
_PAIR_WEIGHT = 0.5
"""Weight of two neighbouring words standing together: most Vietnamese words have two syllables."""
_MAX_PAIRS = 40


class QueryBuilder:
    """Builds engine queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def build(self, parsed: ParsedQuery, request: SearchRequest, reader: Reader) -> Query:
        """Pages that match ``parsed`` within the filters of ``request`` and the rights of ``reader``."""
        parts: list[tuple[Join, Query]] = [(Join.Must, self._silent(part)) for part in self._scope(request, reader)]
        wanted = parsed.wanted
        if wanted:
            parts.append((Join.Must, self._scored(wanted)))
        else:
            parts.append((Join.Must, Query.all_query()))
        for clause in parsed.clauses:
            if clause.occur is Occur.MUST:
                parts.append((Join.Must, self._silent(self._match(clause))))
            elif clause.occur is Occur.MUST_NOT:
                parts.append((Join.MustNot, self._exact_or_match(clause)))
        return Query.boolean_query(parts)

    def in_shard(self, query: Query, shard: int) -> Query:
        """The part of ``query`` whose documents are in ``shard``."""
        return Query.boolean_query([(Join.Must, query), (Join.Must, Query.term_query(self._schema, "shard", shard))])

    def _scope(self, request: SearchRequest, reader: Reader) -> list[Query]:
        scope: list[Query] = []
        for field, allowed in (("court", reader.courts), ("access", reader.access)):
            if allowed is not None:
                names = sorted(nfc(name) for name in allowed)
                scope.append(Query.term_set_query(self._schema, field, names) if names else Query.empty_query())
        facets = {
            "court_key": key(request.court) if request.court is not None else None,
            "type_key": key(request.type) if request.type is not None else None,
            "fonds": _safe(request.fonds),
            "case_file": _safe(request.case_file),
            "year": request.year,
        }
        for field, value in facets.items():
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                scope.append(Query.empty_query())
            elif value is not None:
                scope.append(Query.term_query(self._schema, field, value))
        return scope

    def _scored(self, wanted: Sequence[Clause]) -> Query:
        every = Query.boolean_query([(Join.Must, self._match(clause)) for clause in wanted])
        parts = [(Join.Should, Query.const_score_query(every, _ALL_WORDS))]
        marked = any(clause.marked for clause in wanted)
        if marked:
            exact = Query.boolean_query([(Join.Must, self._tokens("exact", clause.exact)) for clause in wanted])
            parts.append((Join.Should, Query.const_score_query(exact, _ALL_EXACT)))
        for clause in wanted:
            parts += [(Join.Should, part) for part in self._scores(clause, marked)]
        parts += [(Join.Should, pair) for pair in self._pairs(wanted, marked)]
        return Query.boolean_query(parts)

    def _scores(self, clause: Clause, marked: bool) -> list[Query]:
        folded = self._tokens("folded", clause.folded)
        code = Query.const_score_query(Query.term_query(self._schema, "code", clause.code), _CODE_WEIGHT)
        if not marked:
            return [folded, code]
        return [self._tokens("exact", clause.exact), Query.boost_query(folded, _FOLDED_WEIGHT), code]

    def _pairs(self, wanted: Sequence[Clause], marked: bool) -> list[Query]:
        field = "exact" if marked else "folded"
        pairs = []
        for left, right in list(pairwise(wanted))[:_MAX_PAIRS]:
            tokens = left.exact[-1:] + right.exact[:1] if marked else left.folded[-1:] + right.folded[:1]
            pairs.append(Query.boost_query(self._tokens(field, tokens), _PAIR_WEIGHT))
        return pairs

    def _match(self, clause: Clause) -> Query:
        """Pages that hold the clause, diacritics or not, in the text or as a code of the document."""
        code = Query.term_query(self._schema, "code", clause.code)
        return Query.boolean_query([(Join.Should, self._tokens("folded", clause.folded)), (Join.Should, code)])

    def _exact_or_match(self, clause: Clause) -> Query:
        """What ``-word`` takes out: with diacritics typed only that word, without them every word that folds to it."""
        return self._tokens("exact", clause.exact) if clause.marked else self._match(clause)

    def _tokens(self, field: str, tokens: Sequence[str]) -> Query:
        if len(tokens) == 1:
            return Query.term_query(self._schema, field, tokens[0], index_option="freq")
        return Query.phrase_query(self._schema, field, list(tokens))

    @staticmethod
    def _silent(query: Query) -> Query:
        return Query.const_score_query(query, 0.0)


def _safe(text: str | None) -> str | None:
    return None if text is None else nfc(text).encode("utf-8", "replace").decode()
