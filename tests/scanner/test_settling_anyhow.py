"""Each sheet counts once, whatever a person says of it and in whatever order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.errors import ButlucError
from core.ids import split_page
from core.model import Flag, PageImage
from scanner import settling
from scanner.batch import BatchState, counts
from scanner.journal import Journal
from scanner.reparting import part_anew
from scanner.replay import replayed
from scanner.run import Stack
from scanner.scan import scan
from tests.scanner.feeding import CASE, UNJUDGED, Nobody, ordinals
from tests.scanner.mixed_stacks import (
    COVERS,
    SECOND,
    THIRD,
    Paper,
    codes,
    sides,
)
from tests.scanner.settling import ACT, Desk

WRITTEN, _, BLANK_PAGE, PATCH, *PRINTED = list(sides())
KINDS = [WRITTEN, WRITTEN, BLANK_PAGE, PATCH, *PRINTED, np.where(np.arange(877)[:, None, None] < 500, 255, PRINTED[2])]
NAMES: list[Mapping[str, Any] | None] = [None, settling.BLANK, settling.PATCH, settling.named(SECOND, 2, None, None)]
NAMES += [settling.typed(cover.text) for cover in COVERS]


def invariants(desk: Desk, pictures: list[str], before: BatchState) -> None:
    """Each side that was fed counts once, or was taken out by a person; nothing was deleted, and sums hold."""
    state = desk.state
    live = [page for page in state.pages if counts(page)]
    sides_of = [(state.sheets[page.id], state.fed_as[page.id]) for page in live]
    assert len(set(sides_of)) == len(sides_of), "no side counts twice"
    assert sorted({page.sha256 for page in state.pages}) == sorted(set(pictures))
    assert len({page.id for page in state.pages}) == len(state.pages) == len(list(state.ordered()))
    assert {page.id for page in before.pages} <= {page.id for page in state.pages}
    assert state.fed == before.fed == state.held + state.covers + state.removed
    assert "declared-not-held" not in codes(state) and "unfinished" not in codes(state)
    assert all(page.id in state.order[split_page(page.id)[0]] for page in state.pages)
    for document in state.documents.values():
        assert document.id.startswith(document.case_file) and document.source_key in state.found
    for page in live:
        assert Flag.COVER not in page.flags or not page.id.startswith("moved:")


def parted_again(desk: Desk) -> None:
    """Parting the stack once more changes nothing."""
    journal = Journal(desk.folder)
    length, state = len(journal.entries), replayed(journal, desk.folder)
    part_anew(journal, state, "scan:1", {"by": "x", "reason": "x"}, desk.others.allocate, frozenset())
    assert [entry.data for entry in journal.entries[length:]] == []


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.data())
def test_whatever_a_person_says_each_sheet_counts_once(data: st.DataObject) -> None:
    duplex = data.draw(st.booleans())
    order = data.draw(st.lists(st.integers(0, len(KINDS) - 1), min_size=2, max_size=8))
    pictures = [np.asarray(KINDS[number], np.uint8) for number in order][: len(order) // 2 * 2]
    sheets = [pictures[at : at + 1 + duplex] for at in range(0, len(pictures), 1 + duplex)]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        stack = Stack(CASE, "court-a4", replace(UNJUDGED, duplex=duplex), None, ACT.by)
        scan(home / "lô-1", Paper(sheets, (), 75), stack, ordinals(home), Nobody(), lock=None)
        desk = Desk(home)
        parted_again(desk)
        fed = [page.sha256 for page in desk.state.pages]
        for _ in range(data.draw(st.integers(1, 4))):
            before = desk.state
            page = data.draw(st.sampled_from([page for page in before.pages if counts(page)] or [None]))
            if page is None:
                break
            act = data.draw(st.sampled_from(["settle", "settle", "confirm", "move", "whole", "remove"]))
            try:
                do(desk, act, page, data)
            except ButlucError as err:
                assert err.remedy("vi")
            invariants(desk, fed, before)
            parted_again(desk)


def do(desk: Desk, act: str, page: PageImage, data: st.DataObject) -> None:
    """One act of a person."""
    if act == "settle":
        desk.settle(page.id, data.draw(st.sampled_from(NAMES)))
    elif act == "confirm":
        desk.confirm(page.id)
    elif act == "move":
        desk.move(page.id, data.draw(st.sampled_from([*desk.state.documents, SECOND])))
    elif act == "whole":
        desk.move_document(split_page(page.id)[0], data.draw(st.sampled_from([CASE, SECOND, THIRD])))
    else:
        desk.remove(page.id)
