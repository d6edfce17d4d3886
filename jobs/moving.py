"""What a person says of covers, and pages and documents that move; catalogue and chain kept in step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import UsageError
from core.events import new_event
from core.ids import check_case_file, kind_of, split_page
from jobs.home import Home
from jobs.intake import sync_batch
from jobs.lineage import HeldBatch, batch_of, told
from scanner import settling, transfer
from scanner.acts import Act, Changed
from scanner.transfer import Moved


def settle(home: Home, page: str, cover: Mapping[str, Any] | None, act: Act) -> Changed:
    """Say what a scanned side is; see :func:`scanner.settling.settle`.

    Raises:
        UsageError: there is no such page, or that cannot be said of it.
    """
    batch = batch_of(home, split_page(page)[0])
    changed = settling.settle(batch.folder, batch.lock, page, cover, act, batch.others)
    return told(home, "cover-settled", batch, changed, act)


def confirm(home: Home, page: str, act: Act) -> Changed:
    """Say that all is right with what a problem names; see :func:`scanner.settling.confirm`.

    Raises:
        UsageError: there is no such page, or nothing to be confirmed about it.
    """
    batch = batch_of(home, split_page(page)[0])
    changed = settling.confirm(batch.folder, batch.lock, page, act, batch.others)
    return told(home, "cover-confirmed", batch, changed, act)


def move_page(home: Home, page: str, target: str, after: str | None, act: Act) -> Changed:
    """A page to another document of its batch, or to a case file as a new document.

    Raises:
        UsageError: there is no such page or document, or it cannot go there.
    """
    batch = batch_of(home, split_page(page)[0])
    target = _target(home, batch, target)
    changed = transfer.move_page(batch.folder, batch.lock, page, target, after, act, batch.others)
    return told(home, "move", batch, changed, act)


def move_document(home: Home, document: str, case_file: str, act: Act) -> tuple[str, Moved]:
    """All pages of a document to a new one of another case file; the batch, and what came of it.

    Raises:
        UsageError: there is no such document, or it cannot go there.
    """
    case_file = check_case_file(case_file)
    batch = batch_of(home, document)
    moved = transfer.move_document(batch.folder, batch.lock, document, case_file, act, batch.others)
    sync_batch(home, batch.name)
    pages = [page.id for page in moved.pages]
    home.record(new_event("move", moved.document, act.by, reason=act.reason, instead_of=document, pages=pages))
    return batch.name, moved


def _target(home: Home, batch: HeldBatch, target: str) -> str:
    """The document or case file that is meant.

    Raises:
        UsageError: it cannot be the name of one, or the document lies in another batch.
    """
    if kind_of(target) != "document":
        return check_case_file(target)
    row = home.catalogue.document(target)
    if row is None:
        raise UsageError("jobs.no-record", id=target)
    if row.batch != batch.name:
        raise UsageError("jobs.other-batch", id=target, batch=row.batch)
    return target
