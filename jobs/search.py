"""A search as people get it: hits of the index joined with boxes, image and PDF from the store."""

from __future__ import annotations

import json
from typing import Any

from core.model import Reader
from indexer.highlight import hit_boxes
from indexer.port import SearchHit, SearchRequest
from jobs.home import Home
from jobs.record import alto_path, pdf_path, record_path
from jobs.records import picture_path
from ocr.alto_reader import read_alto


def search(home: Home, request: SearchRequest, reader: Reader) -> dict[str, Any]:
    """The contract's answer to ``search --json``; ``notice`` is a message code or ``None``."""
    result = home.index.search(request, reader)
    return {
        "total": result.total,
        "documents": result.documents,
        "took_ms": result.took_ms,
        "notice": result.notice,
        "hits": [_hit(home, hit) for hit in result.hits],
    }


def _hit(home: Home, hit: SearchHit) -> dict[str, Any]:
    files = home.store.files(hit.case_file)
    read = read_alto(files[alto_path(hit.page_id)].path.read_bytes())
    record = json.loads(files[record_path(hit.document)].path.read_bytes())
    master = next(entry["master"] for entry in record["pages"] if entry["id"] == hit.page_id)
    return {
        "page_id": hit.page_id,
        "document": hit.document,
        "case_file": hit.case_file,
        "page": hit.number,
        "title": hit.title,
        "score": hit.score,
        "snippet": hit.snippet,
        "boxes": [list(box) for box in hit_boxes(read, hit.terms)],
        "image": str(picture_path(files, record, master)),
        "pdf": str(files[pdf_path(hit.document)].path),
    }
