"""Acts of a person between the runs of a stack: no sheet is lost, doubled, hidden or joined to another's back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from core.model import Flag
from scanner import lineage
from scanner.backs.pairing import reorder, take_out
from scanner.backs.passes import BackOrder
from scanner.batch import counts
from scanner.batchsheet.arithmetic import PictureState, arithmetic
from scanner.batchsheet.record import record_of
from scanner.batchsheet.shown import shown_pages
from scanner.batchsheet.table import table_of
from scanner.replay import replay
from scanner.sheets import FedFile
from scanner.transfer import move_document, move_page
from tests.scanner.back_passes import ACT, PLAIN, fronts, lay_backs, reading, turn
from tests.scanner.feeding import feed
from tests.scanner.helpers import CASE, OTHERS, save
from tests.scanner.stacks import lay_in

DOCUMENT, OTHER_CASE = f"{CASE}.0000001", "TAND-HN.HS.1987.00124"
BOTH_SIDES = replace(PLAIN, duplex=True)


def put_in(home: Path, after: str) -> None:
    """A picture that a person brings, behind page ``after``."""
    file = FedFile(save(home / "thêm.png", 77), "thêm.png")
    lineage.insert(home / "lô-1", home / "khóa", DOCUMENT, after, file, PLAIN, ACT, OTHERS)


def pairs(home: Path) -> dict[int, list[str]]:
    """Names of the pictures of each sheet, front first, of the pages that count."""
    state, found = replay(home / "lô-1"), dict[int, list[str]]()
    for page in sorted(state.pages, key=lambda page: page.id in state.back_of):
        if counts(page):
            found.setdefault(state.sheets[page.id], []).append(page.origin)
    return found


def test_a_page_put_in_while_a_stack_is_broken_off_is_no_half_of_a_sheet(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 8)
    feed(tmp_path, f"simulated:{tray}?jam=3", 5, BOTH_SIDES)
    put_in(tmp_path, f"{DOCUMENT}.p0002")
    feed(tmp_path, f"simulated:{tray}", 5, BOTH_SIDES)
    state = replay(tmp_path / "lô-1")
    assert (state.state, state.declared, state.fed, state.held, state.removed) == ("closed", 5, 5, 5, 0)
    assert not any(Flag.REMOVED in page.flags for page in state.pages)


def test_half_a_sheet_is_known_behind_a_page_that_was_put_in(tmp_path: Path) -> None:
    tray, journal = lay_in(tmp_path / "khay", 6), tmp_path / "lô-1" / "journal.jsonl"
    feed(tmp_path, f"simulated:{tray}?jam=3", 4, BOTH_SIDES)
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))  # killed between the sides
    put_in(tmp_path, f"{DOCUMENT}.p0001")
    for side in (3, 4):
        (tray / "out" / f"tờ {side}.png").rename(tray / f"tờ {side}.png")
    feed(tmp_path, f"simulated:{tray}", 4, BOTH_SIDES)
    state = replay(tmp_path / "lô-1")
    assert (state.state, state.held, state.fed) == ("closed", 4, 4)
    assert sorted(len(sides) for sides in pairs(tmp_path).values()) == [1, 2, 2, 2]


def test_backs_find_the_sheets_that_were_moved_to_another_case_file(tmp_path: Path) -> None:
    fronts(tmp_path, 5)
    move_page(tmp_path / "lô-1", tmp_path / "khóa", f"{DOCUMENT}.p0002", OTHER_CASE, None, ACT, OTHERS)
    tray = lay_backs(tmp_path, [5, 4, 3, 2, 1])
    turn(tmp_path, f"simulated:{tray}?jam=5")
    assert not replay(tmp_path / "lô-1").complete_documents()
    turn(tmp_path, f"simulated:{tray}")
    state = replay(tmp_path / "lô-1")
    assert (state.state, state.fed, state.held) == ("closed", 5, 5)
    assert [state.sheets[page.id] for page in reading(tmp_path)] == [1, 1, 3, 3, 4, 4, 5, 5, 2, 2]
    assert [names[1][-3:] for _, names in sorted(pairs(tmp_path).items())] == ["1-2", "2-2", "3-2", "4-2", "5-2"]


def test_pages_with_backs_move_with_them(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [2, 1])}")
    before = pairs(tmp_path)
    move_document(tmp_path / "lô-1", tmp_path / "khóa", DOCUMENT, OTHER_CASE, ACT, OTHERS)
    state = replay(tmp_path / "lô-1")
    assert (pairs(tmp_path), state.state, state.held) == (before, "closed", 2)


def test_the_back_of_a_sheet_that_was_put_in_is_fed_where_the_sheet_lies(tmp_path: Path) -> None:
    fronts(tmp_path, 2, counted=False)
    put_in(tmp_path, f"{DOCUMENT}.p0001")
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [1, 3, 2])}", "same")
    state = replay(tmp_path / "lô-1")
    backs = [page for page in reading(tmp_path) if page.id in state.back_of]
    assert [(state.sheets[page.id], page.sequence) for page in backs] == [(1, 4), (3, 5), (2, 6)]


def test_a_back_that_was_taken_out_while_the_pass_was_broken_off_is_not_fed_again(tmp_path: Path) -> None:
    fronts(tmp_path, 5)
    tray = lay_backs(tmp_path, [5, 4, 3, 2, 1])
    turn(tmp_path, f"simulated:{tray}?jam=3")
    first = next(iter(replay(tmp_path / "lô-1").back_of))
    lineage.remove(tmp_path / "lô-1", tmp_path / "khóa", first, ACT, OTHERS)
    result = turn(tmp_path, f"simulated:{tray}")
    assert (result.held, result.stopped, result.state.state) == (5, None, "closed")
    sheets = {sheet: names[1:] for sheet, names in pairs(tmp_path).items()}
    assert [len(sheets[sheet]) for sheet in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 0]
    assert [sheets[sheet][0][-3:] for sheet in (1, 2, 3, 4)] == ["1-2", "2-2", "3-2", "4-2"]


def test_two_stacks_with_backs_of_their_own_do_not_disturb_one_another(tmp_path: Path) -> None:
    for stack in (1, 2):
        tray = tmp_path / f"trước {stack}"
        for number in (1, 2):
            save(tray / f"tờ {number}.png", 10 * stack + number)
        feed(tmp_path, f"simulated:{tray}", 2, PLAIN)
        turn(tmp_path, f"simulated:{lay_backs(tmp_path, [2, 1], f'sau {stack}')}")
    state = replay(tmp_path / "lô-1")
    assert (state.state, state.fed, state.held, state.problems()) == ("closed", 4, 4, [])


def test_backs_joined_anew_and_cut_off_on_the_way_are_never_hidden(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [1, 2, 3])}")
    journal = tmp_path / "lô-1" / "journal.jsonl"
    length = len(journal.read_bytes().splitlines())
    reorder(tmp_path / "lô-1", tmp_path / "khóa", BackOrder.SAME, ACT, OTHERS)
    lines = journal.read_bytes().splitlines(keepends=True)
    assert (sums := arithmetic(replay(tmp_path / "lô-1"))).images == 6 and sums.pictures[PictureState.REMOVED] == 0
    for cut in range(length + 2, len(lines) - 1):  # behind “reopened”, before the pass is at its end
        journal.write_bytes(b"".join(lines[:cut]))
        state = replay(tmp_path / "lô-1")
        assert "scanner.backs-unfinished" in [problem.code for problem in state.problems()], cut
        assert arithmetic(state).images == 6
        state = take_out(tmp_path / "lô-1", tmp_path / "khóa", ACT, OTHERS)
        assert len([page for page in state.pages if counts(page)]) == 3


def test_a_picture_that_moved_counts_once_on_the_sheet_of_the_batch(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [3, 2, 1])}")
    move_document(tmp_path / "lô-1", tmp_path / "khóa", DOCUMENT, OTHER_CASE, ACT, OTHERS)
    record = record_of(tmp_path / "lô-1")
    sums = arithmetic(record.state)
    assert (sums.images, sums.pictures[PictureState.PAGE], sums.pictures[PictureState.REMOVED]) == (6, 6, 0)
    rows = list(csv.DictReader(io.StringIO(table_of(record, "vi").decode("utf-8-sig"))))
    assert sorted(row["picture"] for row in rows) == ["moved"] * 6 + ["page"] * 6
    assert not any(shown.page.id.startswith(DOCUMENT) for shown in shown_pages(record, "vi"))
    assert {device.name for device in record.devices} == {f"simulated:{tmp_path / name}" for name in ("trước", "sau")}
