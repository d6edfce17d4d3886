"""Folios in the journal and in the arithmetic of a batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ButlucError
from scanner import closing
from scanner.acts import Act
from scanner.lineage import insert, move, remove
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.sheets import FedFile
from tests.scanner.folios.pages import page
from tests.scanner.helpers import OTHERS, take

ACT = Act("Nguyễn Thị Lan", "sót tờ")


def lay(folder: Path, numbers: list[int]) -> Path:
    """Pages with these folios, in this order."""
    folder.mkdir()
    for place, number in enumerate(numbers, 1):
        page(str(number), 110, ink=60 + place).save(folder / f"tờ {place}.png", dpi=(110, 110))
    return folder


def codes(home: Path) -> list[str]:
    return [problem.code for problem in replay(home / "lô-1").problems()]


def test_a_gap_keeps_the_batch_open_until_a_person_gives_a_reason(tmp_path: Path) -> None:
    state = take(tmp_path, lay(tmp_path / "giấy", [21, 22, 23, 26, 27, 28])).state
    (problem,) = state.problems()
    assert problem.code == "scanner.folio-gap" and "24–25" in problem.message("vi") and "24–25" in problem.message()
    assert state.state == "open" and problem.remedy("vi")
    with pytest.raises(ButlucError) as caught:
        closing.close(tmp_path / "lô-1", tmp_path / "l", "Lan")
    assert caught.value.code == "scanner.does-not-add-up"
    assert closing.close(tmp_path / "lô-1", tmp_path / "l", "Lan", "hồ sơ vốn thiếu").state == "closed"


def test_the_missing_sheet_put_in_mends_it(tmp_path: Path) -> None:
    state = take(tmp_path, lay(tmp_path / "giấy", [21, 22, 24, 25])).state
    assert codes(tmp_path) == ["scanner.folio-gap"]
    (document,) = state.documents
    lost = tmp_path / "tờ 23.png"
    page("23", 110).save(lost, dpi=(110, 110))
    insert(
        tmp_path / "lô-1",
        tmp_path / "l",
        document,
        f"{document}.p0002",
        FedFile(lost, "tờ 23"),
        ScanOptions(),
        ACT,
        OTHERS,
    )
    assert codes(tmp_path) == []


def test_the_order_that_counts_is_the_one_after_moves_and_removals(tmp_path: Path) -> None:
    state = take(tmp_path, lay(tmp_path / "giấy", [21, 23, 22, 24, 25, 25, 26, 27])).state
    (document,) = state.documents
    assert codes(tmp_path)[0] == "scanner.folio-swapped"
    move(tmp_path / "lô-1", tmp_path / "l", f"{document}.p0003", f"{document}.p0001", ACT, OTHERS)
    assert codes(tmp_path) == ["scanner.folio-repeat"]
    remove(tmp_path / "lô-1", tmp_path / "l", f"{document}.p0006", ACT, OTHERS)
    assert codes(tmp_path) == []


def test_what_was_read_stands_in_the_journal_and_counts_from_there(tmp_path: Path) -> None:
    state = take(tmp_path, lay(tmp_path / "giấy", [31, 32, 33, 34])).state
    lines = [json.loads(line) for line in (tmp_path / "lô-1" / "journal.jsonl").read_text().splitlines()]
    read = [line["data"]["folio"] for line in lines if line["type"] == "page"]
    assert [found[0]["value"] for found in read] == [31, 32, 33, 34]
    assert all(set(found[0]) == {"value", "confidence", "box"} for found in read)
    again = replay(tmp_path / "lô-1")
    assert again.folio_numbers() == state.folio_numbers()
    assert sorted(again.folio_numbers().values()) == [31, 32, 33, 34]
    (checked,) = again.folio_checks()
    assert (checked.read, checked.sheets) == (4, 4)


def test_the_profile_can_forgo_folios(tmp_path: Path) -> None:
    state = take(tmp_path, lay(tmp_path / "giấy", [1, 2, 3, 7, 8, 9]), options=ScanOptions(folios=False)).state
    assert state.state == "closed" and state.folio_checks() == []
    assert '"folio"' not in (tmp_path / "lô-1" / "journal.jsonl").read_text()
