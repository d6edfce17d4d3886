"""Words of a question that ask and say nothing of what is sought: ``data/questions.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from indexer.syntax import Words, words_of

Rows = tuple[tuple[Words, ...], ...]


def telling(rows: Rows) -> Rows:
    """The rows without such words; as they are where nothing would be left."""
    kept = tuple(part for row in rows for part in _parts(row))
    return kept or rows


def _parts(row: Sequence[Words]) -> Iterator[tuple[Words, ...]]:
    """What stands between the phrases of a question."""
    phrases = _phrases()
    folded = [word.folded[0] if len(word.folded) == 1 else "" for word in row]
    start = at = 0
    while at < len(row):
        length = next((size for size in _sizes() if tuple(folded[at : at + size]) in phrases), 0)
        if length and start < at:
            yield tuple(row[start:at])
        at += length or 1
        start = at if length else start
    if start < len(row):
        yield tuple(row[start:])


@cache
def _phrases() -> frozenset[tuple[str, ...]]:
    read = tomllib.loads((files("indexer") / "data" / "questions.toml").read_text(encoding="utf-8"))
    made = (words_of(phrase) for phrase in read["phrases"])
    return frozenset(words.folded for words in made if words is not None)


@cache
def _sizes() -> tuple[int, ...]:
    """Lengths of the phrases, the longest first."""
    return tuple(sorted({len(phrase) for phrase in _phrases()}, reverse=True))
