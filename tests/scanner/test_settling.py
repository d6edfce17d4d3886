"""A person settles what covers leave unclear, and moves what lies wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.errors import UsageError
from core.ids import split_page
from core.model import Flag
from scanner import lineage, settling
from scanner.covers.payload import new_cover
from scanner.sheets import FedFile
from tests.scanner.feeding import CASE, UNJUDGED, feed
from tests.scanner.helpers import save, take
from tests.scanner.mixed_stacks import (
    DPI,
    SECOND,
    THIRD,
    codes,
    lay_in,
    picture,
    torn,
)
from tests.scanner.settling import ACT, TORN, Desk
from tests.scanner.stacks import lay_in as lay_in_pages
from tests.scanner.test_scan import DUPLEX


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Sheet 3 is a torn cover of the case file 00124; two pages lie below it."""
    tray = lay_in(tmp_path / "khay", [new_cover(CASE), 1, torn(TORN), 2, 3, new_cover(THIRD), 4])
    feed(tmp_path, f"simulated:{tray}", 4)
    return Desk(tmp_path)


def test_the_line_at_the_foot_settles_a_torn_cover_and_closes_the_batch(desk: Desk) -> None:
    line = TORN.text.lower().replace("*", " * ").replace("bl1", "BL1").replace("tand-hn/hs", "TAND-HN/HS")
    line = line.replace("d5", "D5").replace("s2 ", "S2 ")
    changed = desk.settle(desk.side(3), settling.typed(line))
    assert (changed.state.state, codes(changed.state)) == ("closed", [])
    assert desk.documents() == {f"{CASE}.0000001": [2], f"{THIRD}.0000001": [7], f"{SECOND}.0000005": [4, 5]}
    assert desk.state.complete_documents() >= desk.documents().keys()
    assert (desk.state.declared, desk.state.held, desk.state.covers, desk.state.removed) == (4, 4, 3, 0)
    text = (desk.folder / "journal.jsonl").read_text(encoding="utf-8")
    assert ACT.by in text and ACT.reason in text


def test_what_is_no_cover_after_all_goes_on_where_it_lay(desk: Desk) -> None:
    changed = desk.settle(desk.side(3), None)
    assert desk.documents() == {f"{CASE}.0000001": [2, 3, 4, 5], f"{THIRD}.0000001": [7]}
    assert codes(changed.state) == ["declared-not-held"], "the person counted four sheets, and these are five"
    assert (changed.state.held, changed.state.covers) == (5, 2)


def test_a_cover_of_which_only_the_case_file_is_known(desk: Desk) -> None:
    desk.settle(desk.side(3), settling.named(SECOND, None, None, 3))
    assert list(desk.documents())[-1] == f"{SECOND}.0000001" and codes(desk.state) == ["cover-declared"]
    desk.confirm(desk.side(3))
    assert desk.state.state == "closed"


def test_what_was_said_wrongly_is_said_again(desk: Desk) -> None:
    desk.settle(desk.side(3), settling.named(THIRD, None, None, None))
    desk.settle(desk.side(3), settling.typed(TORN.text))
    assert desk.documents()[f"{SECOND}.0000005"] == [4, 5] and desk.state.state == "closed"
    with pytest.raises(UsageError) as caught:
        settling.typed(TORN.text.replace("D5", "D6"))
    assert caught.value.code == "scanner.cover-mistyped" and "D6" in caught.value.message("vi")


def test_a_cover_that_was_missed_altogether(tmp_path: Path) -> None:
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', [new_cover(CASE), 1, 2, 3, None, 4])}", None)
    desk = Desk(tmp_path)
    desk.settle(desk.side(3), settling.named(SECOND, None, None, None))
    assert desk.documents() == {f"{CASE}.0000001": [2], f"{SECOND}.0000001": [4], f"{SECOND}.0000002": [6]}
    assert (desk.state.declared, desk.state.held, desk.state.covers) == (3, 3, 3)
    desk.settle(desk.side(3), None)
    assert list(desk.documents().values()) == [[2, 3, 4], [6]] and {it[:21] for it in desk.documents()} == {CASE}
    assert (desk.state.declared, desk.state.held, desk.state.covers, codes(desk.state)) == (4, 4, 2, [])


def test_pages_before_the_first_cover_are_of_the_stack_or_moved(tmp_path: Path) -> None:
    for name, act in {
        "đúng": lambda desk: desk.confirm(desk.side(1)),
        "khác": lambda desk: desk.move_document(f"{CASE}.0000001", THIRD),
    }.items():
        home = tmp_path / name
        feed(home, f"simulated:{lay_in(home / 'khay', [1, 2, new_cover(SECOND), 3])}", None)
        desk = Desk(home)
        assert codes(desk.state) == ["cover-orphans"] and "butluc page cover" in desk.state.problems()[0].remedy("vi")
        act(desk)
        assert codes(desk.state) == [] and desk.state.complete_documents() >= desk.documents().keys()
        assert desk.documents()[f"{CASE if name == 'đúng' else THIRD}.0000001"] == [1, 2]


def test_a_used_print_is_confirmed_and_stays_so(tmp_path: Path) -> None:
    cover = new_cover(CASE)
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'một', [cover, 1])}", 1)
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'hai', [cover, 2, new_cover(SECOND), 3])}", 2)
    desk = Desk(tmp_path)
    assert codes(desk.state) == ["cover-used"]
    assert desk.confirm(desk.side(3)).state.state == "closed"
    desk.remove(desk.side(6))
    assert codes(desk.state) == [], "parted anew, the print is not doubted again"
    with pytest.raises(UsageError) as caught:
        desk.confirm(desk.side(3))
    assert caught.value.code == "scanner.nothing-to-confirm"


def test_of_two_covers_on_one_sheet_one_is_not_meant(tmp_path: Path) -> None:
    pictures = [new_cover(CASE), new_cover(SECOND), 1, 2]
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', pictures)}", None, DUPLEX)
    desk = Desk(tmp_path)
    assert codes(desk.state) == ["cover-back-to-back"]
    with pytest.raises(UsageError):
        desk.settle(desk.side(2), settling.BLANK)
    desk.settle(desk.side(1, back=True), settling.BLANK)
    assert desk.documents() == {f"{CASE}.0000001": [2, 2]} and codes(desk.state) == []


def test_a_cover_scanned_again_is_read_again_and_keeps_its_role(desk: Desk, tmp_path: Path) -> None:
    again = tmp_path / "bìa.png"
    Image.fromarray(picture(TORN)).save(again, dpi=(DPI, DPI))
    changed = desk.rescan(desk.side(3), again)
    assert Flag.COVER in changed.page.flags and changed.page.id.startswith(SECOND)
    assert desk.documents()[f"{SECOND}.0000005"] == [4, 5] and codes(changed.state) == []
    Image.fromarray(torn(TORN)).save(again, dpi=(DPI, DPI))
    changed = desk.rescan(changed.page.id, again)
    assert Flag.COVER in changed.page.flags, "nothing can be read: what was read before holds"
    assert desk.documents()[f"{SECOND}.0000005"] == [4, 5] and changed.state.rescanned == 1
    assert (changed.state.held, changed.state.covers) == (4, 3)


def test_a_cover_that_is_taken_out_parts_no_more(tmp_path: Path) -> None:
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', [new_cover(CASE), 1, new_cover(SECOND)])}", None)
    desk = Desk(tmp_path)
    assert codes(desk.state) == ["cover-empty"]
    desk.remove(desk.side(3))
    assert codes(desk.state) == [] and (desk.state.held, desk.state.covers, desk.state.removed) == (1, 1, 1)


def test_an_inserted_sheet_makes_a_cover_add_up(tmp_path: Path) -> None:
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', [new_cover(CASE, sheets=2), 1, new_cover(SECOND), 3])}", None)
    desk, path = Desk(tmp_path), save(tmp_path / "sót.png", 9)
    assert codes(desk.state) == ["cover-declared"]
    document, file = f"{CASE}.0000001", FedFile(path, str(path))
    lineage.insert(desk.folder, desk.lock, document, None, file, UNJUDGED, ACT, desk.others)
    assert codes(desk.state) == [] and desk.documents()[document] == [5, 2]


def test_pages_move_between_documents_and_case_files(desk: Desk) -> None:
    changed = desk.move(desk.side(7), f"{CASE}.0000001", f"{CASE}.0000001.p0002")
    assert changed.page.id == f"{CASE}.0000001.p0003" and changed.before is not None
    assert changed.before.sha256 == changed.page.sha256
    one = desk.move(desk.side(4), SECOND).page.id
    two = desk.move(desk.side(5), SECOND).page.id
    assert [split_page(it)[0] for it in (one, two)] == [f"{SECOND}.0000001"] * 2, "one document for both"
    assert desk.documents() == {f"{CASE}.0000001": [2, 7], f"{SECOND}.0000001": [4, 5]}
    assert codes(desk.state) == [], "nothing is left below the torn cover, nor was anything lost"
    assert desk.state.held == 4


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda desk: desk.move(desk.side(3), f"{CASE}.0000001"), "cover-moves-not"),
        (lambda desk: desk.move(desk.side(2), f"{CASE}.0000001"), "moves-nowhere"),
        (lambda desk: desk.move(desk.side(2), f"{CASE}.0000009"), "no-such-document"),
        (lambda desk: desk.move(desk.side(2), f"{THIRD}.0000001", f"{CASE}.0000001.p0001"), "no-such-page"),
        (lambda desk: desk.move_document(f"{CASE}.0000001", CASE), "moves-nowhere"),
        (lambda desk: desk.confirm(desk.side(3)), "say-what-it-is"),
        (lambda desk: desk.settle(desk.side(2), settling.BLANK), "no-cover-beside"),
    ],
)
def test_what_cannot_be_is_said_and_costs_nothing(desk: Desk, act: Callable[[Desk], object], code: str) -> None:
    before = (desk.folder / "journal.jsonl").read_bytes()
    with pytest.raises(UsageError) as caught:
        act(desk)
    assert caught.value.code == f"scanner.{code}" and caught.value.remedy("vi")
    assert (desk.folder / "journal.jsonl").read_bytes() == before


def test_what_is_not_at_its_end_or_was_not_scanned_is_not_parted(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(CASE), 1, torn(TORN), 2])
    feed(tmp_path, f"simulated:{tray}?jam=4", None)
    desk = Desk(tmp_path)
    for act in (lambda: desk.settle(desk.side(3), None), lambda: desk.move(desk.side(2), SECOND)):
        with pytest.raises(UsageError) as caught:
            act()
        assert caught.value.code == "scanner.stack-not-ended"
    other = tmp_path / "nạp"
    lay_in_pages(other / "giấy", 2)
    take(other, other / "giấy")
    with pytest.raises(UsageError) as caught:
        Desk(other).settle(f"{CASE}.0000001.p0001", None)
    assert caught.value.code == "scanner.not-parted"


def test_an_act_that_was_cut_off_is_gone_on_with(desk: Desk) -> None:
    journal = desk.folder / "journal.jsonl"
    length = len(journal.read_bytes().splitlines())
    desk.settle(desk.side(3), settling.typed(TORN.text))
    whole, after = journal.read_bytes().splitlines(keepends=True), desk.documents()
    for cut in range(length + 1, len(whole)):
        journal.write_bytes(b"".join(whole[:cut]))
        ready = desk.state.complete_documents()
        assert cut == len(whole) - 1 or not any(name.startswith(SECOND) for name in ready)
        desk.settle(desk.side(3), settling.typed(TORN.text))
        assert (desk.documents(), desk.state.state) == (after, "closed")
