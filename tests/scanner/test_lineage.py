"""Single pages replaced, inserted, moved and removed: nothing is deleted, and the batch still adds up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import BadInputError, ButlucError, UsageError
from scanner import closing, lineage
from scanner.acts import Act, Changed
from scanner.batch import BatchState
from scanner.gate.findings import Verdict
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.sheets import FedFile
from support.line import MINUTES, draw_page
from tests.scanner.feeding import UNJUDGED, feed
from tests.scanner.helpers import CASE, OTHERS, draw, save, take
from tests.scanner.stacks import lay_in

ACT = Act("Nguyễn Thị Lan", "mờ, không đọc được")
DOCUMENT = f"{CASE}.0000001"
OPTIONS = ScanOptions()


def page(number: int) -> str:
    return f"{DOCUMENT}.p{number:04d}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A closed batch of one document with four pages."""
    lay_in(tmp_path / "giấy", 4)
    assert take(tmp_path, tmp_path / "giấy").state.state == "closed"
    return tmp_path


def fresh(home: Path, number: int = 99) -> FedFile:
    path = save(home / f"mới {number}.png", number)
    return FedFile(path, str(path))


def rescan(home: Path, name: str, file: FedFile | None = None, options: ScanOptions = UNJUDGED) -> Changed:
    return lineage.rescan(home / "lô-1", home / "run" / "khóa", name, file or fresh(home), options, ACT, OTHERS)


def insert(home: Path, after: str | None, file: FedFile | None = None) -> Changed:
    return lineage.insert(
        home / "lô-1", home / "run" / "khóa", DOCUMENT, after, file or fresh(home), OPTIONS, ACT, OTHERS
    )


def counting(home: Path) -> list[str]:
    """Pages that count, in reading order."""
    state = replay(home / "lô-1")
    return [image.id for image in state.ordered() if not image.flags & {"superseded", "removed"}]


def figures(state: BatchState) -> tuple[object, ...]:
    return state.state, state.declared, state.fed, state.held, state.rescanned, state.removed


def test_a_rescan_takes_the_place_of_the_old_page_which_is_kept(home: Path) -> None:
    changed = rescan(home, page(2))
    assert (changed.page.id, changed.before and changed.before.id) == (page(5), page(2))
    assert counting(home) == [page(1), page(5), page(3), page(4)]
    state = replay(home / "lô-1")
    assert figures(state) == ("closed", 4, 4, 4, 1, 0)
    old = next(image for image in state.pages if image.id == page(2))
    assert old.master.exists() and old.flags == {"superseded", *old.flags}
    assert state.sheets[page(5)] == state.sheets[page(2)]
    again = rescan(home, page(5), fresh(home, 98))
    assert counting(home) == [page(1), again.page.id, page(3), page(4)]
    assert figures(replay(home / "lô-1")) == ("closed", 4, 4, 4, 1, 0)


def test_a_bad_rescan_is_said_at_once_and_keeps_the_batch_open(home: Path) -> None:
    bad = home / "ảnh đen.tif"
    Image.new("L", (1654, 2339), 3).save(bad, dpi=(200, 200))
    changed = rescan(home, page(2), FedFile(bad, "máy quét"), OPTIONS)
    assert changed.state.gate[page(5)].findings[0].code == "scanner.gate-black"
    state = replay(home / "lô-1")
    assert state.state == "open" and [it.code for it in state.problems()] == ["scanner.rescan-advised"]
    again = rescan(home, page(5), FedFile(draw_page(MINUTES, home / "tốt.png"), "máy quét"), OPTIONS)
    assert again.state.gate[page(6)].verdict is not Verdict.RESCAN and again.state.problems() == []


def test_a_rescan_from_a_pdf_is_judged_at_its_own_resolution(home: Path) -> None:
    changed = rescan(home, page(2), FedFile(draw_page(MINUTES, home / "trang.pdf"), "trang.pdf"), OPTIONS)
    assert changed.state.gate[page(5)].verdict is not Verdict.RESCAN
    assert changed.state.state == "closed"


def test_an_inserted_page_is_a_sheet_more(home: Path) -> None:
    insert(home, page(1))
    insert(home, None, fresh(home, 98))
    assert counting(home) == [page(6), page(1), page(5), page(2), page(3), page(4)]
    assert figures(replay(home / "lô-1")) == ("closed", 6, 6, 6, 0, 0)


def test_the_sheet_that_a_count_missed_makes_it_add_up(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 3)
    assert feed(tmp_path, f"simulated:{tray}", 4).stopped is not None
    changed = insert(tmp_path, page(2))
    assert [problem.code for problem in changed.state.problems()] == ["scanner.unfinished"]
    assert feed(tmp_path, f"simulated:{tray}", None).state.state == "closed"
    assert counting(tmp_path) == [page(1), page(2), page(4), page(3)]


def test_a_sheet_put_in_while_a_stack_is_broken_off_leaves_none_in_the_tray(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 5)
    assert feed(tmp_path, f"simulated:{tray}?jam=4", 5).feed_from == 4
    insert(tmp_path, page(2))
    result = feed(tmp_path, f"simulated:{tray}", None)
    assert not list(tray.glob("*.png")), "a sheet that was counted stays in the tray"
    assert (result.held, result.expected, result.state.held) == (6, 5, 6)
    assert [problem.code for problem in result.state.problems()] == ["scanner.declared-not-held"]
    closing.declare(tmp_path / "lô-1", tmp_path / "khóa", 6, "Nguyễn Thị Lan")
    assert closing.close(tmp_path / "lô-1", tmp_path / "khóa", "Nguyễn Thị Lan", None).state == "closed"


def test_the_sheet_to_feed_next_is_told_by_what_was_fed(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 6)
    feed(tmp_path, f"simulated:{tray}?jam=4", 6)
    insert(tmp_path, page(2))
    lineage.remove(tmp_path / "lô-1", tmp_path / "khóa", page(1), ACT, OTHERS)
    lineage.remove(tmp_path / "lô-1", tmp_path / "khóa", page(2), ACT, OTHERS)
    broken = feed(tmp_path, f"simulated:{tray}?jam=2", None)
    assert (broken.feed_from, broken.held) == (5, 3)
    result = feed(tmp_path, f"simulated:{tray}", None)
    assert result.stopped is None and result.state.fed == 7 and not list(tray.glob("*.png"))
    assert [result.state.sheets[name] for name in counting(tmp_path)] == [4, 3, 5, 6, 7]


@settings(max_examples=10, deadline=None)
@given(
    sheets=st.integers(2, 5), at=st.integers(2, 5), put_in=st.integers(0, 2), gone=st.booleans(), count=st.booleans()
)
def test_whatever_is_done_to_a_stack_that_is_broken_off_all_its_paper_is_fed_once(
    sheets: int, at: int, put_in: int, gone: bool, count: bool
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        tray = lay_in(home / "khay", sheets)
        broken = feed(home, f"simulated:{tray}?jam={at}", sheets if count else None)
        if broken.stopped is None:  # a jam beyond the last sheet
            return
        for number in range(put_in):
            insert(home, page(1), fresh(home, 90 + number))
        if gone:
            lineage.remove(home / "lô-1", home / "run" / "khóa", page(1), ACT, OTHERS)
        result = feed(home, f"simulated:{tray}", None)
        state = result.state
        assert result.stopped is None and not list(tray.glob("*.png"))
        assert state.fed == sheets + put_in and state.held == result.held == sheets + put_in - gone
        drawn = [image.origin for image in state.pages if image.id not in state.placed]
        assert len(drawn) == len(set(drawn)) == sheets
        assert count or state.problems() == []


def test_a_sheet_put_into_a_stack_that_nobody_counted_is_a_sheet_more(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 4)
    feed(tmp_path, f"simulated:{tray}?jam=3", None)
    insert(tmp_path, page(1))
    state = feed(tmp_path, f"simulated:{tray}", None).state
    assert (state.declared, state.held, state.problems()) == (5, 5, [])


def test_a_moved_page_stands_elsewhere_and_counts_the_same(home: Path) -> None:
    lineage.move(home / "lô-1", home / "run" / "khóa", page(4), page(1), ACT, OTHERS)
    assert counting(home) == [page(1), page(4), page(2), page(3)]
    lineage.move(home / "lô-1", home / "run" / "khóa", page(3), None, ACT, OTHERS)
    assert counting(home) == [page(3), page(1), page(4), page(2)]
    assert figures(replay(home / "lô-1")) == ("closed", 4, 4, 4, 0, 0)


def test_a_removed_page_counts_no_more_and_is_kept(home: Path) -> None:
    changed = lineage.remove(home / "lô-1", home / "run" / "khóa", page(3), ACT, OTHERS)
    assert counting(home) == [page(1), page(2), page(4)] and changed.page.master.exists()
    assert figures(changed.state) == ("closed", 4, 4, 3, 0, 1)


def test_every_act_is_in_the_journal_with_name_and_reason(home: Path) -> None:
    rescan(home, page(1))
    text = (home / "lô-1" / "journal.jsonl").read_text(encoding="utf-8")
    assert text.count(ACT.reason) >= 2 and ACT.by in text
    for by, reason, code in (("", "x", "no-name"), ("Lan", "  ", "no-reason")):
        with pytest.raises(UsageError) as caught:
            Act(by, reason)
        assert caught.value.code == f"scanner.{code}"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda home: rescan(home, page(9)), "no-such-page"),
        (lambda home: insert(home, page(9)), "no-such-page"),
        (lambda home: lineage.move(home / "lô-1", home / "k", page(2), page(2), ACT, OTHERS), "after-itself"),
        (lambda home: lineage.remove(home / "lô-1", home / "k", page(9), ACT, OTHERS), "no-such-page"),
        (lambda home: (rescan(home, page(2)), rescan(home, page(2), fresh(home, 98))), "page-counts-no-more"),
    ],
)
def test_a_page_that_is_not_there_is_named(home: Path, act: Callable[[Path], object], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        act(home)
    assert caught.value.code == f"scanner.{code}" and DOCUMENT in caught.value.message("vi")


def test_a_file_that_cannot_be_used_costs_nothing(home: Path) -> None:
    before = (home / "lô-1" / "journal.jsonl").read_bytes()
    (home / "hỏng.png").write_bytes(b"")
    draw(1).save(home / "hai trang.tif", save_all=True, append_images=[draw(2)])
    for name in ("hỏng.png", "hai trang.tif", "không có.png"):
        with pytest.raises(ButlucError) as caught:
            rescan(home, page(1), FedFile(home / name, name))
        assert isinstance(caught.value, BadInputError) and name in caught.value.message("vi")
    assert (home / "lô-1" / "journal.jsonl").read_bytes() == before
