"""Cover sheets in a stack whose backs are fed by themselves."""

from __future__ import annotations

from pathlib import Path

from core.model import Flag
from scanner.backs.pairing import reorder
from scanner.backs.passes import BackOrder
from tests.scanner.back_passes import ACT, COVERS, reading, turn, with_cover
from tests.scanner.helpers import OTHERS
from tests.scanner.mixed_stacks import codes, lay_in


def test_the_back_of_a_cover_is_no_page_of_the_document(tmp_path: Path) -> None:
    with_cover(tmp_path)
    result = turn(tmp_path, f"simulated:{lay_in(tmp_path / 'sau', [102, 101, 0])}", options=COVERS)
    assert result.stopped is None and result.expected == 3
    pages = reading(tmp_path)
    assert [Flag.COVER in page.flags for page in pages] == [True, True, False, False, False, False]
    assert result.state.held == 2 and result.state.problems() == []


def test_writing_behind_a_cover_tells_that_the_order_is_wrong(tmp_path: Path) -> None:
    with_cover(tmp_path)
    result = turn(tmp_path, f"simulated:{lay_in(tmp_path / 'sau', [0, 101, 102])}", options=COVERS)
    assert codes(result.state) == ["backs-order"]
    assert reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT, OTHERS).problems() == []


def test_a_cover_among_the_backs_stops_the_pass(tmp_path: Path) -> None:
    cover = with_cover(tmp_path)
    result = turn(tmp_path, f"simulated:{lay_in(tmp_path / 'sau', [cover, 1, 2])}", options=COVERS)
    assert result.stopped is not None and result.stopped.code == "scanner.backs-show-cover"
    assert result.held == 0 and result.state.state == "open"
