"""What a person does to a back pass afterwards: joins its backs to the sheets in the other order, or takes them out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from core import ids
from core.config import plain
from core.errors import UsageError
from core.model import Flag, PageImage
from scanner.acts import Act, Others, amending
from scanner.backs.passes import BackOrder, BackPass, backs_of, beyond, fronts_of, live_backs
from scanner.batch import BatchState

_Items = list[tuple[str, dict[str, Any]]]


def reorder(folder: Path, lock: Path, order: BackOrder, act: Act, others: Others) -> BatchState:
    """Join the backs of the last pass to the sheets as if they had been fed in ``order``. No picture is lost: the pages
    that were made first count no more, and the same masters are pages anew. Cut off on the way, the pass is unfinished.

    Raises:
        UsageError: there is no back pass, or it has that order.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    with amending(folder, lock, act, others) as batch:
        state = batch.state
        key, held = _last(state)
        if held.order is order:
            raise UsageError("scanner.backs-in-order", batch=state.batch, order=order.value)
        backs = backs_of(state, held)
        joins = zip(held.plan(), held.plan(order), strict=True)
        moved = [(backs[was], to) for was, to in joins if was in backs and was != to]
        about = {"source_key": key, "order": order.value, "sheets": list(held.sheets), **act.fields}
        items: _Items = [("backs", about), *_joined(state, held, moved, act)]
        if held.ended:
            items.append(("backs-taken", {"source_key": key, "backs": len(backs) + len(beyond(state, held))}))
        batch.note(items)
    return state


def take_out(folder: Path, lock: Path, act: Act, others: Others) -> BatchState:
    """The backs of the last pass count no more, so that it can be fed again; their masters stay.

    Raises:
        UsageError: there is no back pass.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    with amending(folder, lock, act, others) as batch:
        state = batch.state
        key, held = _last(state)
        gone = [*live_backs(state, held), *beyond(state, held)]
        items: _Items = [
            ("removed", {"pages": [page.id for page in gone], **act.fields}),
            ("backs-removed", {"source_key": key, **act.fields}),
        ]
        batch.note(items)
    return state


def _last(state: BatchState) -> tuple[str, BackPass]:
    if not state.backs:
        raise UsageError("scanner.no-backs", batch=state.batch)
    return list(state.backs.items())[-1]


def _joined(state: BatchState, held: BackPass, moved: list[tuple[PageImage, int]], act: Act) -> _Items:
    """Entries that make each back a page behind the front of its sheet."""
    fronts = fronts_of(state, held.sheets)
    last = dict(state.last_pages)
    items: _Items = []
    for count, (page, sheet) in enumerate(moved, 1):
        front = fronts[sheet]
        document = ids.split_page(front.id)[0]
        last[document] += 1
        cover = {Flag.COVER} if Flag.COVER in front.flags else set()
        again = replace(
            page,
            id=ids.page_id(document, last[document]),
            master=page.master.relative_to(state.folder),
            sequence=len(state.pages) + count,
            flags=page.flags - {Flag.COVER} | cover,
        )
        about = {"document": document, "sheet": sheet, "source_key": state.documents[document].source_key, "frames": 1}
        about["moved_from"] = page.id
        said = {"gate": state.gate.get(page.id), "folio": state.folios.get(page.id)}
        kept = {name: plain(value) for name, value in said.items() if value is not None}
        place = {"sides": 2, "after": front.id, "back_of": front.id}
        items.append(("page", {**about, **place, **kept, **act.fields, "page": plain(again)}))
    return items
