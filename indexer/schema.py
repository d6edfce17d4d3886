"""The mapping of the embedded index: which fields an entry has, and how a page becomes one.

All text is split and normalised here in Python; the engine only splits at white space. Any change of meaning needs a
new :data:`VERSION`, which makes older indexes ask for a rebuild.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import tantivy

from core.config import plain
from core.model import IndexedPage
from core.text import fold, nfc, syllables
from indexer.syllables import code_keys, codes_in, compact_code, exact_form, folded_form

VERSION = 1
SHARDS = 64
"""Documents are spread over so many shards, for exact counting within the engine's limit on buckets."""

_SEPARATOR = "\u241e"
"""Parts the text from the title, so that no phrase crosses over."""
_RAW_FIELDS = ("page", "document", "case_file", "fonds", "court", "access", "court_key", "type_key")


def build_schema() -> tantivy.Schema:
    """Fields: identifiers and facets raw; ``exact`` and ``folded`` syllables with positions; ``code`` keys; the whole
    page as stored JSON in ``record``."""
    builder = tantivy.SchemaBuilder()
    for name in _RAW_FIELDS:
        builder.add_text_field(name, fast=name == "document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("exact", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("folded", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("code", tokenizer_name="whitespace", index_option="basic")
    builder.add_integer_field("year", indexed=True)
    builder.add_integer_field("shard", indexed=True)
    builder.add_bytes_field("record", stored=True)
    return builder.build()


def entry(page: IndexedPage) -> tantivy.Document:
    """The entry of one page. The title is sought on the first page of the document only."""
    document = tantivy.Document()
    facets = {
        "page": page.page_id,
        "document": page.document,
        "case_file": page.case_file,
        "fonds": page.fonds,
        "court": page.court,
        "access": page.access,
        "court_key": key(page.court) if page.court is not None else None,
        "type_key": key(page.type) if page.type is not None else None,
    }
    for name, value in facets.items():
        if value is not None:
            document.add_text(name, nfc(value))
    parts = syllables(page.text)
    title = syllables(page.title) if page.number == 1 else []
    document.add_text("exact", _stream(parts, title, exact_form))
    document.add_text("folded", _stream(parts, title, folded_form))
    identifiers = (page.page_id, page.document, page.case_file)
    keys = {found for code in page.codes for found in code_keys(code)} | codes_in(page.text)
    document.add_text("code", " ".join(sorted(keys | {compact_code(name) for name in identifiers})))
    if page.year is not None:
        document.add_integer("year", page.year)
    document.add_integer("shard", shard_of(page.document))
    document.add_bytes("record", json.dumps(plain(page), sort_keys=True).encode("ascii"))
    return document


def page_of(record: bytes) -> IndexedPage:
    """The page that an entry was made of."""
    values = json.loads(bytes(record))
    return IndexedPage(**{**values, "codes": tuple(values["codes"])})


def key(text: str) -> str:
    """A facet without regard to case, diacritics and white space, safe for the engine."""
    return " ".join(fold(text).split()).encode("utf-8", "replace").decode()


def shard_of(document: str) -> int:
    """The shard of a document, the same on every machine."""
    return zlib.crc32(document.encode("utf-8", "replace")) % SHARDS


def _stream(parts: list[str], title: list[str], form: Callable[[str], str]) -> str:
    return " ".join([*map(form, parts), *([_SEPARATOR, *map(form, title)] if title else [])])
