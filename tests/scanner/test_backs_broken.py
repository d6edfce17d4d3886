"""A pass of backs that a device or a kill breaks off, and one that is fed again."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scan_kills import die_at, out
from core.errors import UsageError
from core.model import Flag
from scanner.backs.pairing import reorder, take_out
from scanner.backs.passes import BackOrder
from scanner.replay import replay
from tests.scanner.back_passes import ACT, PLAIN, fronts, is_joined, lay_backs, turn
from tests.scanner.feeding import feed
from tests.scanner.helpers import OTHERS
from tests.scanner.mixed_stacks import codes


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
            reorder(home / "lô-1", home / "l", BackOrder(other), ACT, OTHERS)
            reorder(home / "lô-1", home / "l", BackOrder(order), ACT, OTHERS)
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
    state = take_out(tmp_path / "lô-1", tmp_path / "l", ACT, OTHERS)
    assert state.held == 3 and len([page for page in state.pages if Flag.REMOVED in page.flags]) == 2
    turn(tmp_path, f"simulated:{lay_backs(tmp_path, [3, 2, 1], 'lại')}")
    is_joined(tmp_path, 3)
    assert replay(tmp_path / "lô-1").state == "closed"


def test_a_double_feed_of_backs_is_fed_again(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    tray = lay_backs(tmp_path, [3, 2, 1])
    result = turn(tmp_path, f"simulated:{tray}?double=1&sensor=1")
    assert result.stopped is not None and result.stopped.code == "scanner.double-feed" and result.held == 0
    for path in (tray / "out").iterdir():
        path.rename(tray / path.name)
    assert turn(tmp_path, f"simulated:{tray}").stopped is None
    is_joined(tmp_path, 3)


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
