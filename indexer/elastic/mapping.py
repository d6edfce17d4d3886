"""The mapping of :mod:`indexer.fields` in Elasticsearch."""

from __future__ import annotations

import json
from typing import Any

from core.model import IndexedPage
from indexer.entry import Entry, page_of
from indexer.fields import FIELDS, VERSION, Field, Kind

_TEXT_OPTIONS = {Kind.TEXT: "positions", Kind.BAG: "freqs", Kind.SET: "docs"}
_SORTED = "page"
"""Sorted by, where scores are equal."""


def index_body(shards: int) -> dict[str, Any]:
    """Settings and mapping of a new index. It shows changes only when it is told to, so that readers see a commit as a
    whole; ``record`` is all that it keeps of the source."""
    return {
        "settings": {
            "number_of_shards": shards,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            "codec": "best_compression",
            "analysis": {
                "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 8_000}},
                "analyzer": {"spaces": {"type": "custom", "tokenizer": "spaces"}},
            },
        },
        "mappings": {
            "_meta": {"schema": VERSION},
            "dynamic": "strict",
            "_source": {"includes": ["record"]},
            "properties": {
                **{field.name: _property(field) for field in FIELDS},
                "record": {"type": "keyword", "index": False, "doc_values": False},
            },
        },
    }


def source_of(entry: Entry) -> bytes:
    """The entry as the cluster takes it in, as JSON; what is no character (half of a surrogate pair) is replaced."""
    values = {name: held[0] if len(held) == 1 else list(held) for name, held in entry.values.items()}
    body = json.dumps({**values, "record": _text(entry.record)}, ensure_ascii=False)
    return body.encode("utf-8", "replace")


def page_in(hit: dict[str, Any]) -> IndexedPage:
    """The page of an entry found."""
    return page_of(hit["_source"]["record"].encode())


def _text(record: bytes) -> str:
    """The record as text; with escapes where it holds what is no character (half of a surrogate pair)."""
    text = record.decode("utf-8", "surrogatepass")
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(json.loads(text))
    return text


def _property(field: Field) -> dict[str, Any]:
    if field.kind is Kind.KEY:
        return {"type": "keyword", "doc_values": field.facet or field.name == _SORTED}
    if field.kind is Kind.NUMBER:
        return {"type": "long", "doc_values": field.facet}
    options = {"index_options": _TEXT_OPTIONS[field.kind], "norms": field.kind is not Kind.SET}
    return {"type": "text", "analyzer": "spaces", **options}
