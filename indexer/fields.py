"""The mapping, free of any engine: which fields an entry has and what each can be asked.

All text is split and normalised in Python (:mod:`indexer.entry`); an engine only splits at white space, so that all
engines hold the same tokens. Any change of meaning needs a new :data:`VERSION`, which makes older indexes ask for a
rebuild.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 2
SHARDS = 64
"""Documents are spread over so many shards, for exact counting within an engine's limit on buckets."""
SEPARATOR = "\u241e"
"""A token between the parts of a stream, so that no phrase and no pair crosses over."""


class Kind(StrEnum):
    """What an engine keeps of a field."""

    KEY = "key"
    """Whole values, matched as they are; no scores."""
    TEXT = "text"
    """One stream of tokens parted by spaces, with positions: terms, phrases, prefixes, BM25."""
    BAG = "bag"
    """Tokens parted by spaces and how often each stands, without positions: terms, BM25."""
    SET = "set"
    """Tokens parted by spaces, each once: terms; no scores."""
    NUMBER = "number"
    """Whole numbers of 64 bits, any number of them: values and ranges."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of every entry; ``facet`` asks for a column by which values are counted and sorted."""

    name: str
    kind: Kind
    facet: bool = False


FIELDS: tuple[Field, ...] = (
    Field("page", Kind.KEY),
    Field("document", Kind.KEY, facet=True),
    Field("case_file", Kind.KEY),
    Field("fonds", Kind.KEY, facet=True),
    Field("court", Kind.KEY, facet=True),
    Field("access", Kind.KEY),
    Field("type", Kind.KEY, facet=True),
    Field("case_type", Kind.KEY, facet=True),
    Field("court_key", Kind.KEY),
    Field("type_key", Kind.KEY),
    Field("exact", Kind.TEXT),
    Field("folded", Kind.TEXT),
    Field("pairs", Kind.BAG),
    Field("folded_pairs", Kind.BAG),
    Field("head", Kind.TEXT),
    Field("head_folded", Kind.TEXT),
    Field("doubtful", Kind.SET),
    Field("code", Kind.SET),
    Field("alike", Kind.SET),
    Field("court_words", Kind.TEXT),
    Field("type_words", Kind.TEXT),
    Field("title_words", Kind.TEXT),
    Field("party", Kind.TEXT),
    Field("official", Kind.TEXT),
    Field("place", Kind.TEXT),
    Field("year", Kind.NUMBER, facet=True),
    Field("date", Kind.NUMBER, facet=True),
    Field("number", Kind.NUMBER, facet=True),
    Field("quality", Kind.NUMBER, facet=True),
    Field("shard", Kind.NUMBER),
)
"""``page`` … ``access``: identifiers and rights as they are. ``court_key``, ``type_key``: without case and diacritics.
``exact``, ``folded``: the page's words. ``pairs``, ``folded_pairs``: neighbouring words, doubtful ones left out.
``head``, ``head_folded``: title, parties, officials, places, court and type, on the document's first page only.
``doubtful``: words that the reader was unsure of wherever they stand on the page. ``code``: what looks like a number
with notation, its tails and parts. ``alike``: such numbers without telling letters from digits that look like them.
``…_words``, ``party``, ``official``, ``place``: the folded words of these fields, on every page. ``date``: days as
``19871231``. ``number``: page of the document. ``quality``: in thousandths."""

BY_NAME = {field.name: field for field in FIELDS}
