"""Stacks of any paper, stopped anywhere, are parted as those that were not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import split_page
from core.model import Flag
from scanner.run import Stack
from scanner.scan import scan
from tests.scanner.feeding import CASE, UNJUDGED, Nobody, ordinals
from tests.scanner.mixed_stacks import (
    LAN,
    Page,
    Paper,
    codes,
    sides,
)


def parted(sheets: Sequence[Sequence[Page]], stops: Sequence[int]) -> tuple[list[tuple[str, int, bool]], list[str]]:
    """Document, sheet and kind of every side, in order, and the problems, of a stack that stops so often."""
    with TemporaryDirectory() as folder:
        home, feeder = Path(folder), Paper(sheets, stops, 75)
        stack = Stack(CASE, "court-a4", replace(UNJUDGED, duplex=len(sheets[0]) == 2), None, LAN)
        for _ in range(len(set(stops)) + 1):
            state = scan(home / "lô-1", feeder, stack, ordinals(home), Nobody(), lock=None).state
        where = [(split_page(it.id)[0], state.sheets[it.id], Flag.COVER in it.flags) for it in state.pages]
        assert not {"unfinished", "sheets-lost"} & set(codes(state))
        assert state.fed == state.held + state.covers == len(sheets)
        return where, codes(state)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_where_a_stack_stops_makes_no_difference(data: st.DataObject) -> None:
    duplex = data.draw(st.booleans())
    kinds = list(sides())
    order = data.draw(st.lists(st.integers(0, len(kinds) - 1), min_size=2, max_size=8))
    pictures = [kinds[number] for number in order][: len(order) // 2 * 2]
    sheets = [pictures[at : at + 1 + duplex] for at in range(0, len(pictures), 1 + duplex)]
    stops = data.draw(st.sets(st.integers(1, len(sheets)), max_size=4)) - {len(sheets)}
    assert parted(sheets, sorted(stops)) == parted(sheets, [])
