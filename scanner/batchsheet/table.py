"""The pages of a batch as a table for programs and for Excel: CSV by RFC 4180, UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from core.ids import split_page
from core.messages import one_line
from core.model import PageImage
from scanner.batch import Quarantined
from scanner.batchsheet.arithmetic import PictureState, SheetState, picture_state, sheet_states
from scanner.batchsheet.record import Record
from scanner.batchsheet.shown import reason_of, remarks

COLUMNS = (
    "batch", "sheet", "sheet_state", "page", "picture", "document", "case_file", "place", "sequence", "flags",
    "verdict", "findings", "remarks", "supersedes", "superseded_by", "act", "by", "reason", "taken_at", "origin",
    "width", "height", "dpi", "mode", "blank_score", "sha256", "master",
)  # fmt: skip
"""They keep names and meaning; further ones may come behind them."""
_FORMULA = ("=", "+", "-", "@")
"""A spreadsheet would run what begins so (OWASP, CSV injection)."""

_Row = dict[str, Any]


def table_of(record: Record, lang: str) -> bytes:
    """A row for each picture, by sheet and feed; also for each file that waits and each sheet without a picture.

    Args:
        record: the batch.
        lang: of ``remarks`` and of the program's own reasons.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in sorted(_rows(record, lang), key=lambda row: (row["sheet"], row.get("sequence", 0))):
        writer.writerow({name: _safe(value) for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def _rows(record: Record, lang: str) -> Iterator[_Row]:
    states = sheet_states(record.state)
    places = _places(record)
    replaced = {new: old for old, new in record.replacements.items()}
    base = {"batch": record.state.batch}
    for page in record.state.pages:
        sheet = record.state.sheets[page.id]
        about = {**base, "sheet": sheet, "sheet_state": states[sheet].value, "place": places.get(page.id, "")}
        yield {**about, "supersedes": replaced.get(page.id, ""), **_page(record, page), **_act(record, page, lang)}
    for file in record.state.waiting.values():
        yield {**base, "sheet": file.sheet, "sheet_state": states[file.sheet].value, **_waiting(file, lang)}
    for sheet, kind in states.items():
        if kind is SheetState.LOST:
            yield {**base, "sheet": sheet, "sheet_state": kind.value}


def _places(record: Record) -> dict[str, int]:
    """Place of each page in its document, from 1, of those that count."""
    live = {page.id for page in record.state.pages if picture_state(page, record.state) is PictureState.PAGE}
    orders = ([page for page in order if page in live] for order in record.state.order.values())
    return {page: place for order in orders for place, page in enumerate(order, 1)}


def _page(record: Record, page: PageImage) -> _Row:
    document = split_page(page.id)[0]
    judgement, picture = record.state.gate.get(page.id), picture_state(page, record.state)
    return {
        "page": page.id,
        "picture": picture.value if picture is not None else "moved",
        "document": document,
        "case_file": record.state.documents[document].case_file,
        "sequence": page.sequence,
        "flags": " ".join(sorted(page.flags)),
        "verdict": judgement.verdict.value if judgement is not None else "",
        "findings": " ".join(f"{it.code}:{it.verdict}" for it in judgement.findings) if judgement is not None else "",
        "superseded_by": record.replacements.get(page.id, ""),
        "taken_at": record.taken_at[page.id],
        **{name: getattr(page, name) for name in ("origin", "width", "height", "dpi", "mode", "blank_score", "sha256")},
        "master": str(page.master.relative_to(record.state.folder)),
    }


def _act(record: Record, page: PageImage, lang: str) -> _Row:
    words = {"remarks": " · ".join(remarks(record, page, lang))}
    act = record.done_to.get(page.id)
    return words if act is None else {**words, "act": act.what, "by": act.by, "reason": reason_of(act, lang)}


def _waiting(file: Quarantined, lang: str) -> _Row:
    return {
        "flags": "quarantined",
        "findings": file.reason.code,
        "remarks": file.reason.message(lang),
        "origin": file.origin,
        "sha256": file.sha256 or "",
        "master": f"quarantine/{file.stored.name}" if file.stored is not None else "",
    }


def _safe(value: object) -> object:
    """Numbers as they are; texts on one line, and none that begins a formula."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
