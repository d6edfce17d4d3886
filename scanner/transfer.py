"""Pages and documents that a person moves to another document or case file of the same batch. Nothing is deleted.

A page that moves is journalled in its new document with the same master and the same sheet, and counts no more in the
old one, where its entry stays; so a sheet counts once, and no identifier is ever used twice. What is begun for pages of
one document in one case file is one document, however many acts bring them there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import ids
from core.config import plain
from core.errors import UsageError
from core.model import Flag, PageImage
from scanner.acts import Act, Amended, Changed, Others, amending
from scanner.batch import BatchState, Document, counts, stack_of
from scanner.reparting import taken_over

PREFIX = "moved:"
"""Source keys of documents that such a move began."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The document that holds the pages now, those pages, and the batch."""

    document: str
    pages: tuple[PageImage, ...]
    state: BatchState


def move_page(folder: Path, lock: Path, page: str, target: str, after: str | None, act: Act, others: Others) -> Changed:
    """``page`` to another document, behind its page ``after`` or as the last; or to a case file, as a new document.

    Raises:
        UsageError: there is no such page or document in the batch, it is there already, it is a cover, or a stack is
            not at its end.
        MissingToolError: somebody else works on the batch.
    """
    with amending(folder, lock, act, others) as batch:
        moved = batch.live(page)
        if Flag.COVER in moved.flags:
            raise UsageError("scanner.cover-moves-not", page=page)
        own = ids.split_page(page)[0]
        document = _target(batch, own, target)
        if after is not None and after not in batch.state.order.get(document.id, []):
            raise UsageError("scanner.no-such-page", page=after, batch=batch.state.batch)
        (now,) = _bring(batch, own, [moved], document, after)
        return Changed(now, moved, batch.state)


def move_document(folder: Path, lock: Path, document: str, case_file: str, act: Act, others: Others) -> Moved:
    """All pages of a document to a new document of another case file; what is left holds no page that counts.

    Raises:
        UsageError: there is no such document in the batch, it is of that case file, it has no pages, or a stack is not
            at its end.
        MissingToolError: somebody else works on the batch.
    """
    with amending(folder, lock, act, others) as batch:
        batch.document(document)
        known = {page.id: page for page in batch.state.pages if counts(page) and Flag.COVER not in page.flags}
        pages = [known[name] for name in batch.state.order.get(document, []) if name in known]
        if not pages:
            raise UsageError("scanner.document-empty", document=document)
        if batch.state.documents[document].case_file == case_file:
            raise UsageError("scanner.moves-nowhere", id=document, to=case_file)
        made = _target(batch, document, case_file)
        return Moved(made.id, tuple(_bring(batch, document, pages, made, None)), batch.state)


def _target(batch: Amended, own: str, target: str) -> Document:
    """The document that is meant, begun if it is one of a case file that these pages begin."""
    batch.ended(stack_of(batch.document(own).source_key))
    if ids.kind_of(target) != "document":
        return _begun(batch, batch.document(own), target)
    document = batch.document(target)
    if target == own:
        raise UsageError("scanner.moves-nowhere", id=own, to=target)
    batch.ended(stack_of(document.source_key))
    return document


def _begun(batch: Amended, old: Document, case_file: str) -> Document:
    state, key = batch.state, f"{PREFIX}{old.id}:{case_file}"
    known = state.by_source.get(key)
    if known is not None and known != old.id:
        return state.documents[known]
    name = ids.document_id(case_file, batch.others.allocate(case_file))
    return Document(name, case_file, old.profile, old.label, old.source, key)


def _bring(
    batch: Amended, own: str, pages: Sequence[PageImage], document: Document, after: str | None
) -> list[PageImage]:
    """Journal the pages in their new document, one behind the other."""
    state, act = batch.state, batch.act.fields
    begun = [] if document.id in state.documents else [("document", plain(document))]
    if document.source_key not in state.found:
        # No sheet was found here: they count where they were fed.
        begun.append(("taken", {"source_key": document.source_key, "source": document.source, "sheets": 0}))
    if begun:
        batch.note(begun)
    before = after or next(reversed(state.order.get(document.id, [])), None)
    made: list[str] = []
    for page in pages:
        entry: dict[str, Any] = {**taken_over(state, page, document, before), **act}
        batch.note([("page", entry)])
        before = entry["page"]["id"]
        made.append(before)
    batch.part_anew(batch.stack(pages[0].id), stack_of(document.source_key))
    known = {page.id: page for page in state.pages}
    return [known[name] for name in made]
