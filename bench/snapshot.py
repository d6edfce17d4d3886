"""What a home holds that must not depend on how often its commands were killed, and what must not lie about in it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from core.config import plain
from core.model import owner
from indexer.port import SearchRequest
from jobs.catalogue import DocumentRow
from jobs.home import Home
from jobs.progress import progress
from jobs.publish import stored_records
from jobs.search import search

QUERIES = ("biên bản", "Tòa án nhân dân", "tranh chấp đất đai", "bi cao khang cao", '"quyết định"')
"""Asked of every home: words, a phrase, words without their marks."""

_PASSING = {"pdf_sha256", "conversion", "verdicts"}
"""Parts of a record that bear the time or the key of the signature."""
_LINE_ACTS = {"ingest", "read", "check", "sign", "publish", "quarantine"}


def snapshot(root: Path) -> dict[str, Any]:
    """Pages, masters, texts, fields, documents, hits, figures and the line's events, without times and signatures."""
    home = Home.open(root)
    try:
        return _contents(home)
    finally:
        home.catalogue.close()


def _contents(home: Home) -> dict[str, Any]:
    cases = list(home.store.objects())
    return {
        "documents": [_record(record) for case in cases for record in stored_records(home, case)],
        "files": {case: _files(home, case) for case in cases},
        "versions": {case: home.store.head(case) for case in cases},
        "catalogue": catalogue(home),
        "index": home.index.digest(),
        "hits": {query: _hits(home, query) for query in QUERIES},
        "figures": progress(home, by="case_file")["groups"],
        "events": events(home),
    }


def _record(record: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in record.items() if key not in _PASSING}
    return kept | {"verdicts": [(verdict["check"], verdict["state"]) for verdict in record["verdicts"]]}


def _files(home: Home, case_file: str) -> dict[str, str]:
    """Logical path → SHA-512, or a dash for files that hold times or signatures."""
    packed = r"/METS\.xml$|/PREMIS[^/]*\.xml$|^aip/documentation/[^/]+$"
    passing = re.compile(rf"\.pdf$|(^|/)events\.jsonl$|/document\.json$|{packed}")
    files = home.store.files(case_file)
    return {path: "-" if passing.search(path) else stored.sha512 for path, stored in files.items()}


def _hits(home: Home, query: str) -> list[tuple[str, str, list[list[int]], str]]:
    found = search(home, SearchRequest(query, limit=100), owner("kiểm tra"))["hits"]
    hits = [(hit["page_id"], hit["snippet"], hit["boxes"], Path(hit["image"]).name) for hit in found]
    return sorted(hits)


def catalogue(home: Home) -> dict[str, Any]:
    """What the catalogue says of batches, case files, documents and pages."""
    rows = home.catalogue.documents()
    return {
        "batches": {name: plain(row) for name, row in home.catalogue.batches().items()},
        "versions": home.catalogue.versions(),
        "documents": [_row(row) for row in rows],
        "pages": [{**plain(page), "master": page.master.name} for row in rows for page in home.catalogue.pages(row.id)],
    }


def _row(row: DocumentRow) -> dict[str, Any]:
    return {**plain(row), "record": _record(row.record) if row.record else None}


def events(home: Home) -> dict[str, int]:
    """How often the chain holds each act of the line on each object.

    Raises:
        ValueError: an event stands in the chain twice.
    """
    records = [record.event for record in home.chain.records()]
    twice = [uid for uid, times in Counter(event["uid"] for event in records).items() if times > 1]
    if twice:
        raise ValueError(f"events twice in the chain: {twice}")
    acts = Counter(
        (event["act"], event["object"], event["details"].get("check", ""), event["details"].get("pages", ""))
        for event in records
        if event["act"] in _LINE_ACTS
    )
    return {" ".join(map(str, key)): times for key, times in sorted(acts.items(), key=str)}


def leftovers(root: Path) -> list[str]:
    """What killed commands left in staging area, store and cache, relative to the home."""
    found = [path for path in (root / "staging").rglob("*") if path != root / "staging" / "lock"]
    for folder in ("store", "cache", "index", "journal", "audit", "keys"):
        found += [path for path in (root / folder).rglob(".*") if path.name.endswith(".part")]
    found += (root / "cache").rglob(".work-*")
    return sorted(str(path.relative_to(root)) for path in found)
