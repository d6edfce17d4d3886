"""Backs fed in a pass of their own: each joins its sheet, whatever the operator or the device does."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench.scan_kills import Nobody, die_at, out
from core.errors import BadInputError, UsageError
from core.model import Flag, PageImage
from imaging.raster import load_image, load_page
from scanner.acts import Act
from scanner.backs.feeding import scan_backs
from scanner.backs.pairing import reorder, take_out
from scanner.backs.passes import BackOrder
from scanner.batch import BatchState, counts
from scanner.covers.payload import CoverPayload, new_cover
from scanner.drivers import open_device
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.scan import ScanResult, Stack
from tests.scanner.feeding import UNJUDGED, feed, ordinals
from tests.scanner.folios.pages import page as numbered
from tests.scanner.helpers import CASE, draw, save
from tests.scanner.test_stacks import lay_in

ACT = Act("Nguyễn Thị Lan", "xếp lại mặt sau")
COVERS = replace(UNJUDGED, folios=False)
PLAIN = replace(UNJUDGED, covers=False, folios=False)


def turn(home: Path, device: str, order: str = "reversed", options: ScanOptions = PLAIN) -> ScanResult:
    """Feed the backs into the batch ``lô-1``."""
    stack = Stack(CASE, "court-a4", options, None, "Nguyễn Thị Lan")
    feeder = open_device(device, options, {})
    try:
        return scan_backs(home / "lô-1", feeder, stack, BackOrder(order), ordinals(home), Nobody(), lock=None)
    finally:
        feeder.close()


def fronts(home: Path, sheets: int, counted: bool = True) -> None:
    """Scan so many fronts: sheet n is drawing n."""
    tray = home / "trước"
    for number in range(1, sheets + 1):
        save(tray / f"tờ {number}.png", number)
    feed(home, f"simulated:{tray}", sheets if counted else None, PLAIN)


def lay_backs(home: Path, numbers: list[int], name: str = "sau") -> Path:
    """A tray of backs, in the order in which they are fed; that of sheet n is drawing 100 + n."""
    tray = home / name
    for place, number in enumerate(numbers, 1):
        save(tray / f"mặt {place}.png", 100 + number)
    return tray


def reading(home: Path) -> list[PageImage]:
    return [page for page in replay(home / "lô-1").ordered() if counts(page)]


def is_joined(home: Path, sheets: int) -> None:
    """Every sheet has its front and its own back, in reading order."""
    state, pages = replay(home / "lô-1"), reading(home)
    assert [state.sheets[page.id] for page in pages] == [1 + i // 2 for i in range(2 * sheets)]
    for place, page in enumerate(pages):
        wanted = draw(1 + place // 2 + 100 * (place % 2)).convert("RGB")
        assert np.array_equal(load_page(page), np.asarray(wanted)), (place, page.id)
    assert state.held == state.fed == sheets


def codes(state: BatchState) -> list[str]:
    return [problem.code.removeprefix("scanner.") for problem in state.problems()]


@pytest.mark.parametrize("order", ["reversed", "same"])
def test_each_back_joins_its_sheet_and_the_batch_closes(tmp_path: Path, order: str) -> None:
    fronts(tmp_path, 4)
    fed = [4, 3, 2, 1] if order == "reversed" else [1, 2, 3, 4]
    result = turn(tmp_path, f"simulated:{lay_backs(tmp_path, fed)}", order)
    assert result.stopped is None and (result.held, result.expected) == (4, 4)
    is_joined(tmp_path, 4)
    assert result.state.state == "closed" and result.state.problems() == []
    assert result.state.complete_documents() == {f"{CASE}.0000001"}


@settings(max_examples=8, deadline=None)
@given(
    sheets=st.integers(1, 6),
    order=st.sampled_from(["reversed", "same"]),
    fault=st.sampled_from(["", "jam", "open"]),
    at=st.integers(1, 6),
    again=st.booleans(),
)
def test_a_broken_pass_goes_on_at_the_very_back(sheets: int, order: str, fault: str, at: int, again: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fronts(home, sheets)
        numbers = list(range(1, sheets + 1))
        tray = lay_backs(home, numbers[::-1] if order == "reversed" else numbers)
        result = turn(home, f"simulated:{tray}?{fault}={at}" if fault else f"simulated:{tray}", order)
        if result.stopped is not None:
            assert result.held == at - 1 and "backs-unfinished" in codes(result.state)
            assert result.state.complete_documents() == set() or result.state.state == "closed"
            turn(home, f"simulated:{tray}", order)
        is_joined(home, sheets)
        if again:
            other = "same" if order == "reversed" else "reversed"
            reorder(home / "lô-1", home / "l", BackOrder(other), ACT)
            reorder(home / "lô-1", home / "l", BackOrder(order), ACT)
            is_joined(home, sheets)


def test_a_pass_killed_in_its_journal_goes_on(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    tray = lay_backs(tmp_path, [3, 2, 1])
    turn(tmp_path, f"simulated:{tray}?jam=3")
    journal = tmp_path / "lô-1" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    assert json.loads(lines[-1])["type"] == "page"
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    (tray / "out" / "mặt 2.png").rename(tray / "mặt 2.png")
    assert turn(tmp_path, f"simulated:{tray}").stopped is None
    is_joined(tmp_path, 3)


def test_fewer_backs_than_fronts_keep_the_pass_open(tmp_path: Path) -> None:
    fronts(tmp_path, 4)
    result = turn(tmp_path, f"simulated:{lay_backs(tmp_path, [4, 3, 1])}")
    assert result.stopped is not None and result.stopped.code == "scanner.backs-too-few"
    assert result.state.state == "open" and codes(result.state) == ["backs-unfinished"]
    with pytest.raises(UsageError) as caught:
        feed(tmp_path, f"simulated:{lay_backs(tmp_path, [7], 'mới')}", None, PLAIN)
    assert caught.value.code == "scanner.backs-first"


def test_taken_out_backs_can_be_fed_again(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [3, 1])}")
    state = take_out(tmp_path / "lô-1", tmp_path / "l", ACT)
    assert state.held == 3 and len([page for page in state.pages if Flag.REMOVED in page.flags]) == 2
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [3, 2, 1], 'lại')}")
    is_joined(tmp_path, 3)
    assert replay(tmp_path / "lô-1").state == "closed"


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
    state = reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT)
    is_joined(tmp_path, 5)
    assert state.state == "closed" and {page.master for page in reading(tmp_path)} == masters
    with pytest.raises(UsageError) as caught:
        reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT)
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
    assert reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT).problems() == []


def test_blank_backs_stay_as_blank_pages(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    tray = lay_backs(tmp_path, [2])
    Image.new("L", (413, 585), 240).save(tray / "mặt 2.png", dpi=(50, 50))
    turn(tmp_path, f"simulated:{tray}")
    pages = reading(tmp_path)
    assert [Flag.BLANK in page.flags for page in pages] == [False, True, False, False]
    assert replay(tmp_path / "lô-1").blank == 0


def test_a_double_feed_of_backs_is_fed_again(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    tray = lay_backs(tmp_path, [3, 2, 1])
    result = turn(tmp_path, f"simulated:{tray}?double=1&sensor=1")
    assert result.stopped is not None and result.stopped.code == "scanner.double-feed" and result.held == 0
    for path in (tray / "out").iterdir():
        path.rename(tray / path.name)
    assert turn(tmp_path, f"simulated:{tray}").stopped is None
    is_joined(tmp_path, 3)


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


@pytest.mark.parametrize("seed", range(3))
def test_a_pass_killed_again_and_again_is_whole_in_the_end(tmp_path: Path, seed: int) -> None:
    fronts(tmp_path, 4)
    tray = lay_backs(tmp_path, [4, 3, 2, 1])
    chance, kills = Random(seed), 0
    while killed(tmp_path, tray, chance.randrange(1, 40) + 20 * kills):
        kills += 1
        state = replay(tmp_path / "lô-1")
        held = len([page for page in state.pages if page.id in state.back_of])
        for path in out(tray)[held:]:
            path.rename(tray / path.name)
    assert kills
    is_joined(tmp_path, 4)
    assert replay(tmp_path / "lô-1").state == "closed"


def killed(home: Path, tray: Path, moment: int) -> bool:
    """Feed backs in a fork that dies at its ``moment``-th act on a file; whether it did, and left work."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    code = 1
    try:
        sys.addaudithook(die_at(moment, (str(home), str(tray))))
        code = 0 if turn(home, f"simulated:{tray}").stopped is None else 1
    finally:
        os._exit(code)


def with_cover(home: Path) -> CoverPayload:
    """A stack of a cover sheet with two sheets below it, its fronts scanned."""
    cover = new_cover(CASE, sheets=2)
    lay_in(home / "trước", [cover, 1, 2])
    feed(home, f"simulated:{home / 'trước'}", 2, COVERS)
    return cover


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
    assert reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT).problems() == []


def test_a_cover_among_the_backs_stops_the_pass(tmp_path: Path) -> None:
    cover = with_cover(tmp_path)
    result = turn(tmp_path, f"simulated:{lay_in(tmp_path / 'sau', [cover, 1, 2])}", options=COVERS)
    assert result.stopped is not None and result.stopped.code == "scanner.backs-show-cover"
    assert result.held == 0 and result.state.state == "open"


def test_a_stack_that_was_not_turned_over_is_known_by_its_folios(tmp_path: Path) -> None:
    options = replace(UNJUDGED, covers=False)
    for name in ("trước", "sau"):
        (tmp_path / name).mkdir()
        for place, number in enumerate([31, 32, 33, 34], 1):
            numbered(str(number), 110, ink=60 + len(name)).save(tmp_path / name / f"tờ {place}.png", dpi=(110, 110))
    feed(tmp_path, f"simulated:{tmp_path / 'trước'}", 4, options)
    result = turn(tmp_path, f"simulated:{tmp_path / 'sau'}", "same", options)
    assert "backs-are-fronts" in codes(result.state) and result.state.state == "open"
