"""An entry of the index, free of any engine: the tokens of one page by field."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, starmap
from typing import Any

from core.config import plain
from core.model import IndexedPage
from core.text import fold, nfc, syllables
from indexer.fields import FIELDS, SEPARATOR, SHARDS, Kind
from indexer.legacy import repaired
from indexer.lookalikes import alike, alike_in
from indexer.syllables import code_keys, codes_in, compact_code, exact_form, folded_form

_COUNTED = tuple(field.name for field in FIELDS if field.kind in (Kind.TEXT, Kind.BAG))
Values = tuple[str, ...] | tuple[int, ...]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an engine takes in: values by the names of :data:`indexer.fields.FIELDS` (those without a value are missing;
    streams of tokens are one value), and the page itself as JSON."""

    page: str
    document: str
    values: Mapping[str, Values]
    record: bytes


def entry_of(page: IndexedPage) -> Entry:
    """The entry of one page. What is known of the whole document ranks its first page only.

    Text and title in an old code are made Unicode first.
    """
    page = replace(page, text=repaired(page.text), title=repaired(page.title))
    first = page.number == 1
    known: dict[str, Values] = {**_keys(page), **_numbers(page), **_streams(page), **_named(page)}
    if first:
        named = (page.title, *page.parties, *page.officials, *page.places, page.court or "", page.type or "")
        parts = [syllables(text) for text in named]
        known |= {"head": _stream(parts, exact_form), "head_folded": _stream(parts, folded_form)}
    values = {name: value for name, value in known.items() if value and value != ("",)}
    # Engines differ in whether BM25 counts entries that lack a field: none lacks one.
    values = {**dict.fromkeys(_COUNTED, (SEPARATOR,)), **values}
    record = json.dumps(plain(page), sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Entry(nfc(page.page_id), nfc(page.document), values, record)


def page_of(record: bytes) -> IndexedPage:
    """The page that an entry was made of."""
    read: dict[str, Any] = json.loads(bytes(record).decode("utf-8", "surrogatepass"))
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    return IndexedPage(**values)


def key(text: str) -> str:
    """A facet without regard to case, diacritics and white space, safe for any engine."""
    return safe(" ".join(fold(text).split()))


def safe(text: str) -> str:
    """``text`` in NFC with a question mark for what is no character (half of a surrogate pair)."""
    return nfc(text).encode("utf-8", "replace").decode()


def shard_of(document: str) -> int:
    """The shard of a document, the same on every machine."""
    return zlib.crc32(document.encode("utf-8", "replace")) % SHARDS


def pair(left: str, right: str) -> str:
    """The token of two neighbouring syllables; a syllable itself holds no underscore."""
    return f"{left}_{right}"


def _keys(page: IndexedPage) -> dict[str, Values]:
    values = {
        "page": page.page_id,
        "document": page.document,
        "case_file": page.case_file,
        "fonds": page.fonds,
        "access": page.access,
        "court": page.court,
        "type": page.type,
        "case_type": page.case_type,
    }
    keys: dict[str, Values] = {name: (nfc(value),) for name, value in values.items() if value is not None}
    for name in ("court", "type"):
        if name in keys:
            keys[f"{name}_key"] = (key(str(keys[name][0])),)
    return keys


def _numbers(page: IndexedPage) -> dict[str, Values]:
    days = sorted({int(day.replace("-", "")) for day in page.dates if _DAY.fullmatch(day)})
    return {
        "year": () if page.year is None else (page.year,),
        "date": tuple(days),
        "number": (page.number,),
        "quality": (round(page.quality * 1000),),
        "shard": (shard_of(page.document),),
    }


def _streams(page: IndexedPage) -> dict[str, Values]:
    parts = syllables(page.text)
    exact, folded = [exact_form(part) for part in parts], [folded_form(part) for part in parts]
    doubts = _doubts(page, len(parts))
    sure = {token for token, doubt in zip(exact, doubts, strict=True) if not doubt} if any(doubts) else set()
    doubtful = {token for token, doubt in zip(exact, doubts, strict=True) if doubt} - sure
    own = {found for code in page.codes for found in code_keys(code)}
    names = {compact_code(name) for name in (page.page_id, page.document, page.case_file)}
    shapes = {form for code in own if (form := alike(code))} | alike_in(page.text)
    return {
        "exact": (" ".join(exact),),
        "folded": (" ".join(folded),),
        "pairs": (_pairs(exact, doubts),),
        "folded_pairs": (_pairs(folded, doubts),),
        "doubtful": (" ".join(sorted(doubtful)),),
        "alike": (" ".join(sorted(shapes)),),
        "code": (" ".join(sorted(own | codes_in(page.text) | names)),),
    }


def _doubts(page: IndexedPage, count: int) -> list[bool]:
    """Of each syllable of the text, whether the reader was unsure of its word."""
    unsure = set(page.doubtful)
    if not unsure:
        return [False] * count
    return [at in unsure for at, word in enumerate(page.text.split()) for _ in syllables(word)]


def _pairs(tokens: Sequence[str], doubts: Sequence[bool]) -> str:
    """Neighbours that were both read with confidence."""
    joined = starmap(pair, pairwise(tokens))
    if not any(doubts):
        return " ".join(joined)
    either = (left or right for left, right in pairwise(doubts))
    return " ".join(token for token, doubt in zip(joined, either, strict=True) if not doubt)


def _named(page: IndexedPage) -> dict[str, Values]:
    texts: dict[str, Iterable[str]] = {
        "court_words": [page.court or ""],
        "type_words": [page.type or "", page.case_type or ""],
        "title_words": [page.title],
        "party": page.parties,
        "official": page.officials,
        "place": page.places,
    }
    return {name: _stream([syllables(text) for text in held], folded_form) for name, held in texts.items()}


def _stream(parts: Sequence[Sequence[str]], form: Callable[[str], str]) -> tuple[str]:
    """The tokens of all parts, a separator between two of them."""
    return (f" {SEPARATOR} ".join(" ".join(map(form, part)) for part in parts if part),)
