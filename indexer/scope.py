"""What a person may see and has chosen by filters, as plan nodes: part of every query, never applied afterwards."""

from __future__ import annotations

from core.model import Reader
from indexer.entry import key, safe
from indexer.plan import Node, Nothing, Range, Term, Terms
from indexer.port import SearchRequest

_MOST = 2**63


def scope_of(request: SearchRequest, reader: Reader) -> tuple[Node, ...]:
    """Conditions that every page must meet: the rights of ``reader``, then the filters of ``request``."""
    return (*rights_of(reader), *_filters(request))


def rights_of(reader: Reader) -> tuple[Node, ...]:
    """Conditions that every page must meet that ``reader`` may know of."""
    allowed = (("court", reader.courts), ("access", reader.access))
    return tuple(
        Terms(field, tuple(sorted(safe(name) for name in names))) if names else Nothing()
        for field, names in allowed
        if names is not None
    )


def _filters(request: SearchRequest) -> tuple[Node, ...]:
    values = {
        "court_key": None if request.court is None else key(request.court),
        "type_key": None if request.type is None else key(request.type),
        "fonds": None if request.fonds is None else safe(request.fonds),
        "case_file": None if request.case_file is None else safe(request.case_file),
    }
    chosen: list[Node] = [Term(field, value) for field, value in values.items() if value is not None]
    if request.year is not None:
        chosen.append(numbers("year", request.year, request.year))
    return tuple(chosen)


def numbers(field: str, low: int | None, high: int | None) -> Node:
    """A range of a number field; bounds beyond 64 bits find nothing or bind nothing."""
    if low is not None and low >= _MOST or high is not None and high < -_MOST:
        return Nothing()
    low = None if low is None else max(low, -_MOST)
    high = None if high is None else min(high, _MOST - 1)
    return Range(field, low, high)
