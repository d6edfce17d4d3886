"""Abbreviations of the field and their long forms, each sought for the other: ``data/abbreviations.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from indexer.syntax import Words, words_of

Alternatives = Mapping[Words, tuple[Words, ...]]
"""For a word or phrase of a query, others that stand for it or for the words around it."""


def alternatives(rows: Iterable[Sequence[Words]]) -> Alternatives:
    """What else may stand where the wanted words of a query do, by the rows in which they were typed."""
    found: dict[Words, dict[Words, None]] = {}
    for row in rows:
        for word in row:
            for other in _in_phrase(word):
                found.setdefault(word, {})[other] = None
        for start, length, other in _runs(row):
            for word in row[start : start + length]:
                found.setdefault(word, {})[other] = None
    return {word: tuple(others) for word, others in found.items()}


def _in_phrase(word: Words) -> Iterator[Words]:
    """The phrase with a long form in it made short, or a short one long."""
    table = _table(marked=word.marked)
    tokens = word.exact if word.marked else word.folded
    held = word.text.split()
    for start, stop in _stretches(tokens):
        for other in table.get(tokens[start:stop], ()):
            made = words_of(" ".join([*held[:start], other.text, *held[stop:]]))
            if made is not None:
                yield made


def _runs(row: Sequence[Words]) -> Iterator[tuple[int, int, Words]]:
    """Single words that make up a form together: where, how many, and its other form."""
    for start, stop in _stretches(row):
        if stop - start < 2 or any(len(word.exact) > 1 for word in row[start:stop]):
            continue
        marked = any(word.marked for word in row[start:stop])
        tokens = tuple((word.exact if marked else word.folded)[0] for word in row[start:stop])
        for other in _table(marked=marked).get(tokens, ()):
            yield start, stop - start, other


def _stretches(row: Sequence[object]) -> Iterator[tuple[int, int]]:
    longest = max(len(tokens) for tokens in _table(marked=True))
    for start in range(len(row)):
        for stop in range(start + 1, min(len(row), start + longest) + 1):
            yield start, stop


@cache
def _table(*, marked: bool) -> Mapping[tuple[str, ...], tuple[Words, ...]]:
    """The tokens of each form, exact or folded, and its other forms."""
    read = tomllib.loads((files("indexer") / "data" / "abbreviations.toml").read_text(encoding="utf-8"))
    table: dict[tuple[str, ...], tuple[Words, ...]] = {}
    for forms in read["abbreviations"].items():
        short, long = words_of(forms[0]), words_of(forms[1])
        assert short is not None and long is not None
        for one, other in ((short, long), (long, short)):
            tokens = one.exact if marked else one.folded
            table[tokens] = (*table.get(tokens, ()), other)
    return table
