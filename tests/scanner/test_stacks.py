"""Covers part a scanned stack: every page in its document, whatever breaks the stack off; what is unsure waits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from core.model import Flag
from scanner import closing
from scanner.covers.payload import CoverPayload, new_cover
from scanner.gate.options import GateOptions
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.run import Stack
from scanner.scan import scan
from scanner.stacks import prints_in
from scanner.watcher import Wish
from tests.scanner.feeding import CASE, UNJUDGED, Nobody, feed, ordinals
from tests.scanner.helpers import draw
from tests.scanner.mixed_stacks import (
    DPI,
    LAN,
    SECOND,
    SIZE,
    THIRD,
    Paper,
    codes,
    held,
    lay_in,
    notes,
    picture,
    torn,
)
from tests.scanner.stacks import put_back
from tests.scanner.test_scan import DUPLEX, FEEDING, WITH_PRODUCT, Wishing


def mixed(sides: int) -> list[CoverPayload | int | None]:
    """Paper of three case files; in duplex with blank backs behind covers and patch sheets."""
    covers = new_cover(CASE, sheets=2), new_cover(SECOND, document=3), new_cover(THIRD)
    fronts = [covers[0], 1, 2, covers[1], 3, None, 4, covers[2], 5]
    backs = [0 if not isinstance(side, int) else 10 + side for side in fronts]
    both = [side for pair in zip(fronts, backs, strict=True) for side in pair]
    return both if sides == 2 else fronts


MIXED = {
    1: {f"{CASE}.0000001": [2, 3], f"{SECOND}.0000003": [5], f"{SECOND}.0000004": [7], f"{THIRD}.0000001": [9]},
    2: {
        f"{CASE}.0000001": [3, 4, 5, 6],
        f"{SECOND}.0000003": [9, 10],
        f"{SECOND}.0000004": [13, 14],
        f"{THIRD}.0000001": [17, 18],
    },
}


def is_parted(home: Path, tray: Path, sides: int) -> None:
    """The closed batch holds the mixed stack, each page in its document."""
    state = replay(home / "lô-1")
    figures = state.state, state.declared, state.fed, state.held, state.covers, state.removed, state.blank
    assert figures == ("closed", 5, 9, 5, 4, 0, 0)
    assert held(home, tray) == MIXED[sides]
    assert state.complete_documents() == set(MIXED[sides])
    assert {it.source_key for it in state.documents.values()} == {"scan:1", "scan:1/2", "scan:1/3", "scan:1/4"}


@pytest.mark.parametrize(
    ("options", "broken"), [*((UNJUDGED, sheet) for sheet in (1, 4, 5, 6, 8)), (DUPLEX, 5), (DUPLEX, 6)]
)
def test_a_stack_of_three_case_files_that_broke_off_is_parted_as_one_that_did_not(
    tmp_path: Path, options: ScanOptions, broken: int
) -> None:
    tray = lay_in(tmp_path / "khay", mixed(options.sides))
    result = feed(tmp_path, f"simulated:{tray}?jam={broken}", 5, options)
    assert result.stopped is not None and result.held + result.covers == broken - 1
    assert result.state.complete_documents() == set(), "nothing is ready before the stack is at its end"
    assert codes(result.state).count("unfinished") == bool(result.state.documents)
    again = feed(tmp_path, f"simulated:{tray}", None, options)
    assert again.stopped is None and again.documents == tuple(MIXED[options.sides])
    is_parted(tmp_path, tray, options.sides)


@pytest.mark.parametrize(("sides", "seed"), [(1, 3), (2, 8)])
def test_a_mixed_stack_killed_again_and_again_is_parted_in_the_end(tmp_path: Path, sides: int, seed: int) -> None:
    tray, options, chance = lay_in(tmp_path / "khay", mixed(sides)), ScanOptions(duplex=sides == 2), Random(seed)
    home = tmp_path / "nhà"
    home.mkdir()
    for moment in [*(chance.randint(5, 40) for _ in range(5)), 0]:
        if (tray / "out").is_dir():
            put_back(tray, replay(home / "lô-1"), options)
        command = [sys.executable, FEEDING, str(home), str(tray), "5", str(sides), str(moment)]
        ran = subprocess.run(command, env=WITH_PRODUCT, capture_output=True, text=True, check=False)
        assert ran.returncode in (0, -9), ran.stderr
    assert ran.stdout.strip() == "whole"
    is_parted(home, tray, sides)


def test_a_stack_killed_between_the_ends_of_its_documents_is_ended_by_the_next_call(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", mixed(1))
    feed(tmp_path, f"simulated:{tray}", 5)
    journal = tmp_path / "lô-1" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if b'"type": "page"' in line)
    for cut in range(last + 1, len(lines) - 1):
        journal.write_bytes(b"".join(lines[:cut]))
        assert feed(tmp_path, f"simulated:{tray}", None).stopped is None
        is_parted(tmp_path, tray, 1)


def test_scanning_stops_at_the_count_of_sheets_without_covers(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(CASE), 1, None, 2, 3])
    assert feed(tmp_path, f"simulated:{tray}", 2).state.state == "closed"
    assert len(list(tray.glob("*.png"))) == 1


def test_what_follows_an_unreadable_cover_waits_for_a_person(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(CASE), 1, torn(new_cover(SECOND)), 2, 3, new_cover(THIRD), 4])
    result = feed(tmp_path, f"simulated:{tray}", 4)
    state = replay(tmp_path / "lô-1")
    assert result.stopped is None and state.state == "open" and codes(state) == ["cover-unreadable"]
    assert "3" in state.problems()[0].message("vi") and state.problems()[0].remedy("vi")
    first, unsure, last = held(tmp_path, tray)
    assert state.complete_documents() == {first, last}
    assert unsure.startswith(CASE) and last.startswith(THIRD)
    closed = closing.close(tmp_path / "lô-1", tmp_path / "run" / "l", LAN, "tờ 3 là bìa hồ sơ 00124, đã chuyển tay")
    assert closed.complete_documents() == {first, unsure, last}


def test_an_unreadable_cover_that_is_fed_again_opens_its_case_file(tmp_path: Path) -> None:
    cover = new_cover(SECOND)
    tray = lay_in(tmp_path / "khay", [1, torn(cover), 2])

    class Mending(Wishing):
        def wish(self) -> Wish | None:
            out = tray / "out" / "tờ 2.png"
            if not out.exists() or self._wishes:
                return None
            self._wishes[0] = Wish.MARK
            out.unlink()
            Image.fromarray(picture(cover)).save(tray / out.name, dpi=(DPI, DPI))
            return Wish.AGAIN

    feed(tmp_path, f"simulated:{tray}", None, watcher=Mending(tray, {}))
    state = replay(tmp_path / "lô-1")
    assert codes(state) == ["cover-orphans"] and (state.held, state.covers, state.removed) == (2, 1, 0)
    assert held(tmp_path, tray) == {f"{CASE}.0000001": [1], f"{SECOND}.0000001": [3]}
    assert state.complete_documents() == {f"{SECOND}.0000001"}, "the page before the first cover waits"


def test_patch_sheets_part_a_stack_without_covers(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [1, 2, None, 3, None, None, 4])
    assert feed(tmp_path, f"simulated:{tray}", 4).state.state == "closed"
    assert list(held(tmp_path, tray).values()) == [[1, 2], [4], [7]]
    assert replay(tmp_path / "lô-1").covers == 3


def test_a_cover_of_a_case_file_leaves_no_empty_document_before_those_of_its_documents(tmp_path: Path) -> None:
    sides = [new_cover(CASE), new_cover(CASE, document=1), 1, new_cover(CASE, document=2), 2]
    tray = lay_in(tmp_path / "khay", sides)
    assert feed(tmp_path, f"simulated:{tray}", 2).state.state == "closed"
    assert held(tmp_path, tray) == {f"{CASE}.0000001": [3], f"{CASE}.0000002": [5]}
    assert len(replay(tmp_path / "lô-1").documents) == 2


def test_a_cover_on_the_back_of_a_page_begins_a_document_of_its_own(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(CASE), 0, 1, new_cover(CASE, document=1), 2, 3])
    feed(tmp_path, f"simulated:{tray}", None, DUPLEX)
    assert list(held(tmp_path, tray).values()) == [[3], [5, 6]]
    assert notes(replay(tmp_path / "lô-1")) == ["cover-on-back", "cover-number-taken"]


def test_covers_that_are_only_odd_keep_no_batch_open(tmp_path: Path) -> None:
    first, second = new_cover(CASE), new_cover(SECOND)
    upside_down = np.rot90(picture(second), 2).copy()
    tray = lay_in(tmp_path / "khay", [first, first, 1, upside_down, 2])
    state = feed(tmp_path, f"simulated:{tray}", 2).state
    assert (state.state, notes(state), codes(state)) == ("closed", ["cover-repeated", "cover-upside-down"], [])
    assert "2" in state.notes[0].message("vi") and state.complete_documents() == set(held(tmp_path, tray))


def test_a_number_that_is_taken_is_said(tmp_path: Path) -> None:
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'một', [new_cover(CASE, document=7), 1])}", 1)
    state = feed(tmp_path, f"simulated:{lay_in(tmp_path / 'hai', [new_cover(CASE, document=7), 2])}", 1).state
    assert (state.state, notes(state)) == ("closed", ["cover-number-taken"])
    assert state.notes[0].params["given"] == 8 and CASE in state.notes[0].message("vi")


def test_a_cover_that_was_used_is_known_in_the_next_stack_and_batch(tmp_path: Path) -> None:
    cover = new_cover(CASE)
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'một', [cover, 1])}", 1)
    assert prints_in(tmp_path / "lô-1" / "journal.jsonl") == {cover.print_id}
    state = feed(tmp_path, f"simulated:{lay_in(tmp_path / 'hai', [cover, 2])}", 1).state
    assert codes(state) == ["cover-used"] and (state.declared, state.held) == (2, 2)
    feeder, home = Paper([[picture(cover)], [np.asarray(draw(3, SIZE))]]), tmp_path / "khác"
    stack = Stack(CASE, "court-a4", UNJUDGED, 1, LAN, frozenset({cover.print_id}))
    assert codes(scan(home / "lô-1", feeder, stack, ordinals(home), Nobody(), lock=None).state) == ["cover-used"]


def test_covers_are_not_judged_as_pages(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(CASE)])
    state = feed(tmp_path, f"simulated:{tray}", None, ScanOptions(gate=GateOptions(), min_dpi=200)).state
    assert codes(state) == ["cover-empty"] and (state.held, state.covers) == (0, 1)


def test_with_the_switch_off_a_cover_is_a_page(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", [new_cover(SECOND), 1])
    feed(tmp_path, f"simulated:{tray}", 2, replace(UNJUDGED, covers=False))
    assert held(tmp_path, tray) == {f"{CASE}.0000001": [1, 2]}


def test_files_of_a_watched_folder_are_parted_too(tmp_path: Path) -> None:
    folder = lay_in(tmp_path / "vào", [1, None, 2])
    (folder / "tờ 4.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    feed(tmp_path, f"folder:{folder}?settled=0&idle=0", None)
    state = replay(tmp_path / "lô-1")
    assert [len(pages) for pages in state.order.values()] == [1, 2] and state.covers == 1
    assert codes(state)[0] == "waiting"


def test_a_file_of_several_pages_is_searched_page_by_page(tmp_path: Path) -> None:
    folder = tmp_path / "vào"
    folder.mkdir()
    numbered = new_cover(SECOND, document=3)
    images = [draw(1, SIZE), Image.fromarray(picture(numbered)).convert("L"), draw(2, SIZE), draw(3, SIZE)]
    images[0].save(folder / "máy.tif", save_all=True, append_images=images[1:], dpi=(DPI, DPI))
    device = f"folder:{folder}?settled=0&idle=0"
    result = feed(tmp_path, device, None)
    state = replay(tmp_path / "lô-1")
    assert result.documents == (f"{CASE}.0000001", f"{SECOND}.0000003") and codes(state) == ["cover-orphans"]
    assert (state.fed, state.held, state.covers, state.declared, result.held) == (4, 3, 1, 3, 3)
    assert state.complete_documents() >= {f"{SECOND}.0000003"} and f"{CASE}.0000001" not in state.complete_documents()
    pages = [page for page in state.ordered() if not page.flags & {Flag.COVER, Flag.REMOVED}]
    assert [page.frame for page in pages] == [0, 2, 3] and len({page.sha256 for page in pages}) == 1
    journal = tmp_path / "lô-1" / "journal.jsonl"
    whole = journal.read_bytes().splitlines(keepends=True)
    first = next(number for number, line in enumerate(whole) if b'"type": "page"' in line)
    for cut in range(first + 1, len(whole)):
        journal.write_bytes(b"".join(whole[:cut]))
        assert feed(tmp_path, device, None).documents == result.documents, "killed on the way, it is gone on with"
        assert codes(replay(tmp_path / "lô-1")) == ["cover-orphans"]
