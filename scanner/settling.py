"""What a person says of covers that a machine could not read, missed, or is right to doubt.

Each saying is an entry of the journal with a name and a reason; the stack is parted anew by it, and documents that
waited are released when nothing about them is left unclear.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import UsageError
from scanner.acts import Act, Amended, Changed, Others, amending
from scanner.batch import counts
from scanner.covers.payload import Fault, PayloadError, new_cover, parse
from scanner.covers.reading import CoverReading, Found
from scanner.stacks import PREFIX, note_of

PATCH = note_of(CoverReading(Found.PATCH_T))
"""What a patch sheet shows, as the journal keeps it."""
BLANK: Mapping[str, Any] = {}
"""The same of the side of a cover sheet that says nothing."""
CONFIRMABLE = frozenset(
    f"scanner.cover-{slug}"
    for slug in ("orphans", "used", "document-again", "elsewhere", "empty", "declared", "written-on")
)
"""Problems of which a person may say that all is right as it lies."""


def typed(text: str) -> dict[str, Any]:
    """What a cover shows, from the line at its foot as a person typed it.

    Raises:
        UsageError: it was mistyped, or a newer version printed it.
    """
    try:
        return note_of(CoverReading(Found.COVER, parse(text)))
    except PayloadError as err:
        newer = err.fault == Fault.VERSION
        raise UsageError("scanner.cover-typed-newer" if newer else "scanner.cover-mistyped", value=text) from err


def named(case_file: str, document: int | None, kind: str | None, sheets: int | None) -> dict[str, Any]:
    """What a cover shows of which a person knows what it is for: it counts as a print of its own.

    Raises:
        UsageError: that cannot stand on a cover.
    """
    return note_of(CoverReading(Found.COVER, new_cover(case_file, document=document, kind=kind, sheets=sheets)))


def settle(folder: Path, lock: Path, page: str, cover: Mapping[str, Any] | None, act: Act, others: Others) -> Changed:
    """Say what a side is, whatever was read on it: ``cover`` as the journal keeps it, or null for a page of a document.

    Raises:
        UsageError: there is no such page, it was not scanned, its stack is not at its end, or a side that is to say
            nothing has no cover beside it.
        MissingToolError: somebody else works on the batch.
    """
    with amending(folder, lock, act, others, settles=True) as batch:
        before = batch.live(page)
        _must_have_ended(batch, page)
        if cover is not None and not cover and not _has_cover_beside(batch, page):
            raise UsageError("scanner.no-cover-beside", page=page)
        side = {"page": page, "cover": None if cover is None else dict(cover), **act.fields}
        batch.note([("side", side)])
        return Changed(batch.parted_anew(page), before, batch.state)


def confirm(folder: Path, lock: Path, page: str, act: Act, others: Others) -> Changed:
    """Say of the page that a problem names that all is right as it lies.

    Raises:
        UsageError: there is no such page, nothing is unclear about it, or it must be said what it is.
        MissingToolError: somebody else works on the batch.
    """
    with amending(folder, lock, act, others, settles=True) as batch:
        before = batch.live(page)
        _must_have_ended(batch, page)
        codes = {problem.code for problem in batch.state.cover_problems if problem.params["page"] == page}
        fit = sorted(codes & CONFIRMABLE)
        if not fit:
            unclear = codes & {problem.code for problem in batch.state.problems()}
            raise UsageError("scanner.say-what-it-is" if unclear else "scanner.nothing-to-confirm", page=page)
        batch.note([("confirmed", {"page": page, "codes": fit, **act.fields})])
        return Changed(batch.parted_anew(page), before, batch.state)


def _must_have_ended(batch: Amended, page: str) -> None:
    key = batch.stack(page)
    if not key.startswith(PREFIX):
        raise UsageError("scanner.not-parted", page=page)
    batch.ended(key)


def _has_cover_beside(batch: Amended, page: str) -> bool:
    sheets = batch.state.sheets
    return any(
        other.id != page and sheets[other.id] == sheets[page] and counts(other) and other.id in batch.state.covers_read
        for other in batch.state.pages
    )
