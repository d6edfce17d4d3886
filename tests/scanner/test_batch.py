"""The arithmetic of a batch follows from its entries alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ButlucError, IntegrityError, UsageError
from core.messages import catalogue
from scanner.batch import BatchState
from scanner.closing import close, declare, reopen
from scanner.journal import NAME, Entry
from scanner.replay import apply, replay
from tests.scanner.helpers import save, take

FLAGS = ["blank", "superseded", "removed", "doubled", "cover", "geometry"]


def page(number: int, sheet: int, flags: list[str]) -> dict[str, Any]:
    inner = {
        "id": f"C.0000001.p{number:04d}", "master": f"masters/{number}.jpg", "sha256": f"{number:064x}",
        "kind": "image", "frame": 0, "width": 10, "height": 10, "dpi": 300.0, "mode": "grey", "batch": "b",
        "sequence": number, "origin": f"/{number}.jpg", "blank_score": 0.0, "flags": flags,
    }  # fmt: skip
    return {"document": "C.0000001", "sheet": sheet, "source_key": "k", "frames": 1, "page": inner}


def state_of(items: list[tuple[str, dict[str, Any]]]) -> BatchState:
    state = BatchState(Path("/lô/b"))
    for seq, (kind, data) in enumerate(items, 1):
        apply(state, Entry(seq, "2026-11-23T03:00:00.000+00:00", kind, data))
    return state


def waiting(number: int, sheet: int) -> dict[str, Any]:
    data = {"origin": f"/{number}.jpg", "sheet": sheet, "sha256": None, "stored": None}
    return {**data, "code": "imaging.empty", "params": {"file": f"/{number}.jpg"}}


@given(
    sheets=st.lists(st.lists(st.sets(st.sampled_from(FLAGS)), min_size=1, max_size=2), max_size=8),
    lost=st.sets(st.integers(0, 7), max_size=2),
    declared=st.none() | st.integers(0, 9),
)
def test_figures_add_up_or_are_named(sheets: list[list[set[str]]], lost: set[int], declared: int | None) -> None:
    items: list[tuple[str, dict[str, Any]]] = []
    if declared is not None:
        items.append(("declared", {"sheets": declared, "by": "Lan"}))
    number = 0
    for sheet, sides in enumerate(sheets, 1):
        for flags in sides:
            number += 1
            kind = waiting(number, sheet) if sheet - 1 in lost else page(number, sheet, sorted(flags))
            items.append(("quarantine" if sheet - 1 in lost else "page", kind))
    state = state_of(items)
    stuck = {file.sheet for file in state.waiting.values()}
    both = len({state.sheets[p.id] for p in state.pages} & stuck)
    assert state.fed == len(sheets) + state.doubled
    assert len(state.pages) + state.quarantined == sum(len(sides) for sides in sheets)
    assert state.held + state.removed + state.covers + len(stuck) - both + state.doubled == state.fed
    assert 0 <= state.blank <= state.held + state.covers
    taken_out = {state.sheets[p.id] for p in state.pages if "removed" in p.flags}
    taken_out -= {state.sheets[p.id] for p in state.pages if not p.flags & {"removed", "superseded"}}
    counted = declared is None or state.held <= declared <= state.held + len(taken_out)
    sound = state.doubled == 0 and not state.waiting and counted and bool(state.pages)
    assert (state.problems() == []) is sound
    for problem in state.problems():
        assert problem.message("vi") and problem.message("en") and problem.remedy("vi")


def test_missing_sheet_number_is_a_lost_sheet() -> None:
    state = state_of([("page", page(1, 1, [])), ("page", page(2, 3, []))])
    assert [problem.code for problem in state.problems()] == ["scanner.sheets-lost"]


def test_document_whose_source_was_not_taken_to_its_end_is_named() -> None:
    document = {"id": "C.0000001", "case_file": "C", "profile": "p", "label": "l"}
    document |= {"source": "/hồ sơ", "source_key": "k"}
    items = [("document", document), ("page", page(1, 1, []))]
    assert [problem.code for problem in state_of(items).problems()] == ["scanner.unfinished"]
    taken = {"source_key": "k", "source": "/hồ sơ", "sheets": 1}
    assert state_of([*items, ("taken", taken)]).problems() == []


@pytest.mark.parametrize("item", [("lạ", {}), ("page", {}), ("document", {"id": "x"}), ("page", {"page": {"id": 3}})])
def test_entry_that_cannot_be_understood_is_damage(item: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(IntegrityError):
        state_of([item])


def test_person_declares_closes_and_reopens(tmp_path: Path) -> None:
    folder, lock = tmp_path / "lô-1", tmp_path / "run" / "lô-1.lock"
    assert declare(folder, lock, 3, "Lan").declared == 3
    result = take(tmp_path, save(tmp_path / "a.png", 1))
    assert (result.state.state, result.state.declared, result.state.held) == ("open", 3, 1)
    with pytest.raises(ButlucError) as caught:
        close(folder, lock, "Lan")
    assert caught.value.code == "scanner.does-not-add-up" and caught.value.message("vi")
    with pytest.raises(ButlucError):
        close(folder, lock, "Lan", "  ")
    assert close(folder, lock, "Lan", "Hai tờ bị mất từ năm 1992").state == "closed"
    assert "Hai tờ bị mất" in (folder / NAME).read_text(encoding="utf-8")
    for act in (lambda: close(folder, lock, "Lan", "x"), lambda: declare(folder, lock, 1, "Lan")):
        with pytest.raises(UsageError):
            act()
    assert reopen(folder, lock, "Lan", "Tìm thấy một tờ").state == "open"
    assert declare(folder, lock, 1, "Lan").problems() == []
    assert close(folder, lock, "Lan").state == replay(folder).state == "closed"


def test_acts_need_a_name_a_reason_and_a_batch(tmp_path: Path) -> None:
    folder, lock = tmp_path / "lô-9", tmp_path / "run" / "lô-9.lock"
    for act in (
        lambda: close(folder, lock, "Lan", "x"),
        lambda: reopen(folder, lock, "Lan", "x"),
        lambda: reopen(folder, lock, "Lan", " "),
        lambda: close(folder, lock, " "),
        lambda: declare(folder, lock, -1, "Lan"),
    ):
        with pytest.raises(UsageError) as caught:
            act()
        assert caught.value.message("vi") and caught.value.remedy("en")
    assert not folder.exists()


@pytest.mark.parametrize("package", ["imaging", "scanner"])
def test_every_text_is_there_in_both_languages(package: str) -> None:
    for slug, languages in catalogue(package).items():
        assert set(languages) == {"vi", "en"}, slug
        kind = slug.partition("-")[0]
        both = {"message", "remedy"}
        wanted = {"name"} if kind in ("place", "setting") else {"message"} if kind in ("print", "sheet") else both
        assert all(set(texts) == wanted for texts in languages.values()), slug
