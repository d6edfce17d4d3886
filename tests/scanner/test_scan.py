"""Stacks through a device into a batch: nothing lost, doubled or hidden, whatever the device does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bench.scan_kills import Nobody
from core.errors import BadInputError, MissingToolError, UsageError
from core.model import PageImage
from imaging.raster import load_page
from scanner import closing
from scanner.batch import BatchState
from scanner.gate.findings import Judgement, Verdict
from scanner.journal import Journal
from scanner.options import Codec, Colour, ScanOptions
from scanner.replay import replay
from scanner.watcher import Wish
from tests.scanner.feeding import UNJUDGED, feed
from tests.scanner.helpers import CASE, save
from tests.scanner.stacks import is_whole, lay_in, live, paper, put_back

DUPLEX = replace(UNJUDGED, duplex=True)
FEEDING = str(Path(__file__).with_name("feeding.py"))
WITH_PRODUCT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_a_counted_stack_is_held_sheet_by_sheet_and_the_batch_closes(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 5)
    result = feed(tmp_path, f"simulated:{tray}", 5)
    assert result.stopped is None and result.held == 5 and result.documents == (f"{CASE}.0000001",)
    is_whole(tmp_path, tray, 5)
    assert all(page.dpi == pytest.approx(50, abs=0.02) for page in live(tmp_path))
    assert all(page.master.suffix == ".tif" and page.master.stat().st_mode & 0o222 == 0 for page in live(tmp_path))
    assert not list((tmp_path / "lô-1" / "incoming").iterdir())


def test_scanning_stops_at_the_count_and_the_rest_stays_in_the_tray(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 7)
    assert feed(tmp_path, f"simulated:{tray}", 4).held == 4
    assert len(list(tray.glob("*.png"))) == 3
    is_whole(tmp_path, tray, 4)


def test_an_uncounted_stack_ends_with_the_tray_and_a_person_closes_the_batch(tmp_path: Path) -> None:
    result = feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', 3)}", None)
    assert result.stopped is None and result.state.state == "open" and result.state.problems() == []
    assert closing.close(tmp_path / "lô-1", tmp_path / "run" / "l", "Lan").state == "closed"


def test_sheets_that_look_alike_are_different_sheets(tmp_path: Path) -> None:
    tray = tmp_path / "khay"
    for number in range(1, 4):
        save(tray / f"tờ {number}.png", 1)
    feed(tmp_path, f"simulated:{tray}", 3)
    is_whole(tmp_path, tray, 3)
    assert len({page.master for page in live(tmp_path)}) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [("jam", "jammed"), ("open", "cover-open"), ("disconnect", "device-lost"), ("short", "short-picture")],
)
@pytest.mark.parametrize("options", [UNJUDGED, DUPLEX])
def test_a_stack_that_broke_off_is_gone_on_with_at_the_very_sheet(
    tmp_path: Path, fault: str, code: str, options: ScanOptions
) -> None:
    tray = lay_in(tmp_path / "khay", 6 * options.sides)
    result = feed(tmp_path, f"simulated:{tray}?{fault}=4", 6, options)
    assert result.stopped is not None and result.stopped.code == f"scanner.{code}"
    assert result.held == 3 and result.state.state == "open"
    put_back(tray, result.state, options)
    assert feed(tmp_path, f"simulated:{tray}", None, options).stopped is None
    is_whole(tmp_path, tray, 6, options.sides)


def test_a_double_feed_that_the_device_notices_is_fed_again_in_two(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 5)
    result = feed(tmp_path, f"simulated:{tray}?double=2&sensor=1", 5)
    assert result.stopped is not None and result.stopped.code == "scanner.double-feed" and result.held == 1
    put_back(tray, result.state, UNJUDGED)
    feed(tmp_path, f"simulated:{tray}", None)
    is_whole(tmp_path, tray, 5)
    (gone,) = [page for page in replay(tmp_path / "lô-1").pages if "removed" in page.flags]
    assert gone.master.exists(), "the picture of the two stays as evidence"


def test_a_double_feed_that_nobody_notices_does_not_add_up(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 5)
    result = feed(tmp_path, f"simulated:{tray}?double=2", 5)
    assert result.stopped is not None and result.stopped.code == "scanner.too-few"
    assert (result.held, result.state.state) == (4, "open")


def test_a_count_may_be_mended(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 3)
    feed(tmp_path, f"simulated:{tray}", 4)
    with pytest.raises(UsageError) as caught:
        feed(tmp_path, f"simulated:{tray}", 2)
    assert caught.value.code == "scanner.more-held"
    feed(tmp_path, f"simulated:{tray}", 3)
    is_whole(tmp_path, tray, 3)


def test_one_stack_is_finished_before_another_case_file_begins(tmp_path: Path) -> None:
    first, second = lay_in(tmp_path / "một", 2), lay_in(tmp_path / "hai", 2)
    feed(tmp_path, f"simulated:{first}", 3)
    with pytest.raises(UsageError) as caught:
        feed(tmp_path, f"simulated:{second}", 2, case_file="TAND-HN.HS.1987.00124")
    assert caught.value.code == "scanner.stack-unfinished" and CASE in caught.value.message("vi")
    feed(tmp_path, f"simulated:{first}", 2)
    assert feed(tmp_path, f"simulated:{second}", 2, case_file="TAND-HN.HS.1987.00124").stopped is None
    state = replay(tmp_path / "lô-1")
    assert (state.state, state.declared, state.held) == ("closed", 4, 4) and len(state.documents) == 2


def test_a_back_side_that_does_not_come_is_said(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 5)
    result = feed(tmp_path, f"simulated:{tray}", 3, DUPLEX)
    assert result.stopped is not None and result.stopped.code == "scanner.side-missing" and result.held == 2


def test_an_empty_tray_is_an_error_and_makes_no_document(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', 1).parent}", None)
    assert caught.value.code == "scanner.no-paper"
    assert replay(tmp_path / "lô-1").documents == {}


def test_a_device_that_is_taken_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError) as caught:
        feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', 1)}?busy=1", None)
    assert caught.value.code == "scanner.device-busy"


def test_a_closed_batch_says_that_a_scan_opened_it_again(tmp_path: Path) -> None:
    for number in (1, 2):
        feed(tmp_path, f"simulated:{lay_in(tmp_path / f'khay {number}', 1)}", 1)
    (entry,) = (it for it in Journal(tmp_path / "lô-1").entries if it.type == "reopened")
    assert entry.data == {"by": "Nguyễn Thị Lan", "reason": "scan"}


@pytest.mark.parametrize(("codec", "suffix"), [(Codec.TIFF, ".tif"), (Codec.JPEG2000, ".jp2"), (Codec.JPEG, ".jpg")])
def test_masters_are_of_the_profiles_codec_and_keep_their_resolution(tmp_path: Path, codec: Codec, suffix: str) -> None:
    tray = lay_in(tmp_path / "khay", 1)
    feed(tmp_path, f"simulated:{tray}", 1, replace(UNJUDGED, master=codec))
    (page,) = live(tmp_path)
    assert page.master.suffix == suffix and page.dpi == pytest.approx(50, abs=0.02)
    difference = np.abs(load_page(page).astype(int) - paper(tray)[0])
    assert difference.max() == 0 if codec is not Codec.JPEG else difference.mean() < 3


def test_bitonal_pages_are_kept_as_bits(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 1)
    feed(tmp_path, f"simulated:{tray}", 1, replace(UNJUDGED, colour=Colour.BITONAL, master=Codec.JPEG))
    (page,) = live(tmp_path)
    assert page.mode == "bitonal" and page.master.suffix == ".tif" and page.master.stat().st_size < 10_000


def test_a_sheet_cut_off_between_its_sides_again_and_again_is_never_held(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 4)
    feed(tmp_path, f"simulated:{tray}", 2, DUPLEX)
    journal = tmp_path / "lô-1" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    last_back = max(number for number, line in enumerate(lines) if b'"type": "page"' in line)
    journal.write_bytes(b"".join(lines[:last_back]))
    assert replay(tmp_path / "lô-1").held == 1
    put_back(tray, replay(tmp_path / "lô-1"), DUPLEX)
    feed(tmp_path, f"simulated:{tray}", 2, DUPLEX)
    lines = journal.read_bytes().splitlines(keepends=True)
    last_back = max(number for number, line in enumerate(lines) if b'"type": "page"' in line)
    journal.write_bytes(b"".join(lines[:last_back]))
    assert replay(tmp_path / "lô-1").held == 1
    put_back(tray, replay(tmp_path / "lô-1"), DUPLEX)
    feed(tmp_path, f"simulated:{tray}", 2, DUPLEX)
    is_whole(tmp_path, tray, 2, 2)


@pytest.mark.parametrize(("sheets", "sides", "seed"), [(7, 1, 1), (5, 2, 4)])
def test_a_stack_killed_again_and_again_is_whole_in_the_end(tmp_path: Path, sheets: int, sides: int, seed: int) -> None:
    tray, options, chance = lay_in(tmp_path / "khay", sheets * sides), ScanOptions(duplex=sides == 2), Random(seed)
    home = tmp_path / "nhà"
    home.mkdir()
    for moment in [*(chance.randint(1, 45) for _ in range(6)), 0]:
        if (home / "lô-1" / "journal.jsonl").exists():
            put_back(tray, replay(home / "lô-1"), options)
        elif (tray / "out").is_dir():
            put_back(tray, BatchState(home / "lô-1"), options)
        command = [sys.executable, FEEDING, str(home), str(tray), str(sheets), str(sides), str(moment)]
        ran = subprocess.run(command, env=WITH_PRODUCT, capture_output=True, text=True, check=False)
        assert ran.returncode in (0, -9), ran.stderr
    assert ran.stdout.strip() == "whole"
    is_whole(home, tray, sheets, sides)
    assert not list((home / "lô-1").glob("incoming/*"))


class Wishing(Nobody):
    """Wants something after the sheets named, in turn."""

    def __init__(self, tray: Path, wishes: dict[int, Wish]) -> None:
        self._tray, self._wishes = tray, wishes
        self._held = 0

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        self._held = held

    def wish(self) -> Wish | None:
        wish = self._wishes.pop(self._held, None)
        if wish is Wish.AGAIN:
            last = sorted((self._tray / "out").iterdir(), key=lambda path: path.stat().st_ctime_ns)[-1]
            last.rename(self._tray / last.name)
        return wish


def test_the_last_sheet_is_fed_again_marked_and_the_stack_ended_as_the_operator_wants(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 9)
    watcher = Wishing(tray, {2: Wish.AGAIN, 3: Wish.MARK, 5: Wish.FINISH})
    result = feed(tmp_path, f"simulated:{tray}", None, watcher=watcher)
    assert result.stopped is None and result.held == 5 and len(result.pages) == 6
    closing.close(tmp_path / "lô-1", tmp_path / "run" / "l", "Lan")
    is_whole(tmp_path, tray, 5)
    flagged = {page.id[-5:]: page.flags & {"marked", "removed"} for page in replay(tmp_path / "lô-1").pages}
    assert {page: flags for page, flags in flagged.items() if flags} == {"p0002": {"removed"}, "p0004": {"marked"}}


def test_a_page_that_must_be_scanned_again_is_taken_and_keeps_the_batch_open(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 2)
    result = feed(tmp_path, f"simulated:{tray}", 2, ScanOptions())
    assert result.stopped is None and result.state.state == "open" and result.state.held == 2
    verdicts = [result.state.gate[page.id].verdict for page in result.pages]
    assert verdicts == [Verdict.RESCAN, Verdict.RESCAN], "50 dpi are too few"
    problems = replay(tmp_path / "lô-1").problems()
    assert [problem.code for problem in problems] == ["scanner.rescan-advised"] * 2
    assert all("50" in problem.message("vi") and CASE in problem.message("vi") for problem in problems)
    lan = "Nguyễn Thị Lan"
    assert closing.close(tmp_path / "lô-1", tmp_path / "run" / "l", lan, "bản gốc chỉ có thế").state == "closed"
