"""The figures of a batch's sheet: every sheet and picture in one row, as many as the batch says; times of work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.model import Flag
from scanner.batch import BatchState
from scanner.batchsheet.arithmetic import PictureState, SheetState, arithmetic, sheet_states
from scanner.batchsheet.record import Record
from scanner.journal import Entry
from scanner.replay import apply

FLAGS = ["blank", "superseded", "removed", "doubled", "cover", "marked"]
AT = "2026-11-24T0{}:{:02d}:{:02d}.000+00:00"


def page(number: int, sheet: int, flags: list[str], **about: Any) -> tuple[str, dict[str, Any]]:
    inner = {
        "id": f"C.0000001.p{number:04d}", "master": f"masters/{number}.jpg", "sha256": f"{number:064x}",
        "kind": "image", "frame": 0, "width": 10, "height": 10, "dpi": 300.0, "mode": "grey", "batch": "b",
        "sequence": number, "origin": f"/{number}.jpg", "blank_score": 0.0, "flags": flags,
    }  # fmt: skip
    base = {"document": "C.0000001", "sheet": sheet, "source_key": "scan:1", "frames": 1}
    return "page", {**base, **about, "page": inner}


def waiting(number: int, sheet: int) -> tuple[str, dict[str, Any]]:
    about = {"code": "imaging.empty", "params": {"file": f"/hỏng {number}.jpg"}}
    return "quarantine", {"origin": f"/hỏng {number}.jpg", "sheet": sheet, "sha256": None, "stored": None, **about}


def record(items: list[tuple[str, dict[str, Any]]], times: list[str] | None = None) -> Record:
    at = times or [AT.format(3, 0, 0)] * len(items)
    entries = tuple(Entry(seq, at[seq - 1], *item) for seq, item in enumerate(items, 1))
    state = BatchState(Path("/lô/b"))
    for entry in entries:
        apply(state, entry)
    return Record(state, entries, "0" * 64)


KINDS = st.sampled_from(["held", "waiting", "half", "gap"])
SHEETS = st.lists(st.tuples(KINDS, st.lists(st.sets(st.sampled_from(FLAGS)), max_size=2)), max_size=9)


@given(SHEETS)
def test_every_sheet_and_picture_counts_once_and_the_sums_are_the_batchs_own(
    sheets: list[tuple[str, list[set[str]]]],
) -> None:
    items: list[tuple[str, dict[str, Any]]] = []
    for sheet, (kind, sides) in enumerate(sheets, 1):
        stated = {"sides": 2 if kind == "half" else len(sides)}
        if kind != "gap":
            items += [page(len(items) + n, sheet, sorted(flags), **stated) for n, flags in enumerate(sides, 1)]
        if kind == "waiting":
            items.append(waiting(len(items) + 1, sheet))
    state, sums = record(items).state, arithmetic(record(items).state)
    assert list(sheet_states(state)) == list(range(1, state.last_sheet + 1))
    assert sum(sums.sheets.values()) + sums.doubled == sums.fed == state.fed
    assert sum(sums.pictures.values()) == sums.images == len(state.pages)
    assert sums.sheets[SheetState.HELD] == state.held and sums.sheets[SheetState.COVER] == state.covers
    assert sums.sheets[SheetState.REMOVED] + sums.sheets[SheetState.WAITING] >= state.removed
    seen = {*state.sheets.values(), *(file.sheet for file in state.waiting.values())}
    assert sums.sheets[SheetState.LOST] == state.last_sheet - len(seen)
    assert set(sums.sheets) == set(SheetState) and set(sums.pictures) == set(PictureState), "rows of nothing too"


def test_a_removed_page_is_not_called_superseded_and_a_cover_is_no_page() -> None:
    sums = arithmetic(record([page(1, 1, []), page(2, 2, ["cover"]), page(3, 3, ["superseded", "removed"])]).state)
    assert [sums.pictures[kind] for kind in PictureState] == [1, 1, 0, 1]
    assert [sums.sheets[kind] for kind in (SheetState.HELD, SheetState.COVER, SheetState.REMOVED)] == [1, 1, 1]


def test_pauses_and_a_clock_set_back_are_no_work() -> None:
    times = [
        AT.format(3, 0, 0), AT.format(3, 0, 2), AT.format(3, 0, 4),
        AT.format(5, 0, 0), AT.format(5, 0, 2),  # after two hours
        AT.format(4, 0, 0), AT.format(4, 0, 2),  # an hour earlier
    ]  # fmt: skip
    pace = record([page(number, number, []) for number in range(1, 8)], times).pace
    assert (pace.seconds, pace.pages, pace.per_minute) == (8.0, 4, 30.0)
    alone = record([page(1, 1, [])]).pace
    assert (alone.seconds, alone.per_minute) == (0.0, None)


def test_a_page_that_a_person_put_in_later_is_no_work_at_the_device() -> None:
    again = page(3, 2, [], after="C.0000001.p0002", supersedes="C.0000001.p0002", by="Bình", reason="mờ")
    times = [AT.format(3, 0, 0), AT.format(3, 0, 2), AT.format(3, 4, 0)]
    made = record([page(1, 1, []), page(2, 2, []), again], times)
    assert (made.pace.seconds, made.replacements) == (2.0, {"C.0000001.p0002": "C.0000001.p0003"})
    assert [(act.what, act.object, act.by, act.reason) for act in made.done] == [
        ("rescanned", "C.0000001.p0003", "Bình", "mờ")
    ]
    assert Flag.SUPERSEDED in made.state.pages[1].flags


def test_who_did_it_with_what() -> None:
    compromise = {"setting": "resolution", "wanted": "350", "used": "300"}
    about = {"source_key": "scan:1", "device": "test:0", "model": "Noname feeder", "compromises": [compromise]}
    items = [
        ("expected", {"source_key": "scan:1", "sheets": 2, "by": "Lan"}), ("device", {**about, "by": "Lan"}),
        page(1, 1, []), ("device", {**about, "by": "Bình"}), page(2, 2, []),
        ("taken", {"source_key": "scan:1", "source": "test:0", "sheets": 2}),
        ("declared", {"sheets": 2, "by": "Hoa"}), ("closed", {"by": "Hoa", "reason": None, "problems": []}),
    ]  # fmt: skip
    made = record(items)
    assert made.operators == ["Lan", "Bình"] and made.counted_by == ["Hoa"]
    (device,) = made.devices
    assert device.compromises[0].message("vi") == "Máy quét không đặt được độ phân giải là 350; dùng 300."
    assert made.closing is not None and made.begun == AT.format(3, 0, 0)
    reopened = record([*items, ("reopened", {"by": "Lan", "reason": "scan"})])
    assert reopened.closing is None
