"""Backs fed in a pass of their own: each joins its sheet, whatever the operator does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.errors import BadInputError, UsageError
from core.model import Flag
from imaging.raster import load_image
from scanner.backs.pairing import reorder
from scanner.backs.passes import BackOrder
from scanner.replay import replay
from tests.scanner.back_passes import ACT, PLAIN, fronts, is_joined, lay_backs, reading, turn
from tests.scanner.feeding import UNJUDGED, feed
from tests.scanner.folios.pages import page as numbered
from tests.scanner.helpers import CASE, OTHERS, draw, save
from tests.scanner.mixed_stacks import codes


@pytest.mark.parametrize("order", ["reversed", "same"])
def test_each_back_joins_its_sheet_and_the_batch_closes(tmp_path: Path, order: str) -> None:
    fronts(tmp_path, 4)
    fed = [4, 3, 2, 1] if order == "reversed" else [1, 2, 3, 4]
    result = turn(tmp_path, f"simulated:{lay_backs(tmp_path, fed)}", order)
    assert result.stopped is None and (result.held, result.expected) == (4, 4)
    is_joined(tmp_path, 4)
    assert result.state.state == "closed" and result.state.problems() == []
    assert result.state.complete_documents() == {f"{CASE}.0000001"}


def test_a_back_too_many_is_kept_and_told(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    result = turn(tmp_path, f"simulated:{lay_backs(tmp_path, [3, 2, 1])}")
    assert result.held == 3 and result.state.state == "open"
    assert "backs-too-many" in codes(result.state) and result.state.fed == 3
    assert len(reading(tmp_path)) == 5


def test_the_wrong_order_is_put_right_without_scanning_again(tmp_path: Path) -> None:
    fronts(tmp_path, 5)
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [1, 2, 3, 4, 5])}", "reversed")
    masters = {page.master for page in reading(tmp_path)}
    state = reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT, OTHERS)
    is_joined(tmp_path, 5)
    assert state.state == "closed" and {page.master for page in reading(tmp_path)} == masters
    with pytest.raises(UsageError) as caught:
        reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT, OTHERS)
    assert caught.value.code == "scanner.backs-in-order"


def test_sides_of_other_sizes_tell_that_the_order_is_wrong(tmp_path: Path) -> None:
    sizes = {1: (413, 585), 2: (413, 585), 3: (413, 400)}
    for name, numbers in (("trước", [1, 2, 3]), ("sau", [1, 2, 3])):
        for place, number in enumerate(numbers, 1):
            path = tmp_path / name / f"tờ {place}.png"
            path.parent.mkdir(exist_ok=True)
            draw(number + 100 * (name == "sau"), sizes[number]).save(path, dpi=(50, 50))
    feed(tmp_path, f"simulated:{tmp_path / 'trước'}", 3, PLAIN)
    result = turn(tmp_path, f"simulated:{tmp_path / 'sau'}", "reversed")
    assert codes(result.state) == ["backs-order"] and result.state.state == "open"
    assert reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT, OTHERS).problems() == []


def test_blank_backs_stay_as_blank_pages(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    tray = lay_backs(tmp_path, [2])
    Image.new("L", (413, 585), 240).save(tray / "mặt 2.png", dpi=(50, 50))
    turn(tmp_path, f"simulated:{tray}")
    pages = reading(tmp_path)
    assert [Flag.BLANK in page.flags for page in pages] == [False, True, False, False]
    assert replay(tmp_path / "lô-1").blank == 0


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    tray = lay_backs(tmp_path, [2, 1])

    def refused(order: str = "reversed") -> str:
        with pytest.raises(UsageError) as caught:
            turn(tmp_path, f"simulated:{tray}", order)
        return caught.value.code.removeprefix("scanner.")

    assert refused() == "no-fronts"
    save(tmp_path / "trước" / "tờ 1.png", 1)
    feed(tmp_path, f"simulated:{tmp_path / 'trước'}", 2, PLAIN)
    assert refused() == "fronts-unfinished"
    save(tmp_path / "trước" / "tờ 2.png", 2)
    feed(tmp_path, f"simulated:{tmp_path / 'trước'}", 2, PLAIN)
    turn(tmp_path, f"simulated:{tray}?jam=2")
    assert refused("same") == "backs-begun"
    turn(tmp_path, f"simulated:{tray}")
    assert refused() == "backs-held"
    assert len(list(tray.glob("*.png"))) == 0 and len(load_image(tray / "out" / "mặt 1.png")) == 585


def test_sheets_of_both_sides_need_no_backs(tmp_path: Path) -> None:
    tray = lay_backs(tmp_path, [1, 2, 3, 4])
    feed(tmp_path, f"simulated:{tray}", 2, replace(PLAIN, duplex=True))
    with pytest.raises(UsageError) as caught:
        turn(tmp_path, f"simulated:{lay_backs(tmp_path, [5], 'mới')}")
    assert caught.value.code == "scanner.both-sides-held"


def test_an_empty_tray_is_said_to_be_empty(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    (tmp_path / "sau").mkdir()
    with pytest.raises(BadInputError) as caught:
        turn(tmp_path, f"simulated:{tmp_path / 'sau'}")
    assert caught.value.code == "scanner.no-paper"


def test_a_stack_that_was_not_turned_over_is_known_by_its_folios(tmp_path: Path) -> None:
    options = replace(UNJUDGED, covers=False)
    for name in ("trước", "sau"):
        (tmp_path / name).mkdir()
        for place, number in enumerate([31, 32, 33, 34], 1):
            numbered(str(number), 110, ink=60 + len(name)).save(tmp_path / name / f"tờ {place}.png", dpi=(110, 110))
    feed(tmp_path, f"simulated:{tmp_path / 'trước'}", 4, options)
    result = turn(tmp_path, f"simulated:{tmp_path / 'sau'}", "same", options)
    assert "backs-are-fronts" in codes(result.state) and result.state.state == "open"
