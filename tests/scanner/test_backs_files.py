"""Files of several pages in a watched folder as the backs of as many sheets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from core.model import Flag
from scanner.backs.pairing import reorder, take_out
from scanner.backs.passes import BackOrder
from scanner.covers.payload import new_cover
from tests.scanner.back_passes import ACT, COVERS, fronts, is_joined, reading, turn, with_cover
from tests.scanner.helpers import CASE, OTHERS, draw
from tests.scanner.mixed_stacks import DPI, SIZE, codes, picture


def lay_file(home: Path, numbers: list[int], name: str = "sau 1.tif") -> str:
    """A watched folder with a file of the backs of those sheets, a page for each, as a device."""
    folder = home / "chung"
    folder.mkdir(exist_ok=True)
    first, *rest = [draw(100 + number).convert("RGB") for number in numbers]
    if name.endswith(".pdf"):
        first.save(folder / name, save_all=True, append_images=rest, resolution=50)
    else:
        first.save(folder / name, save_all=True, append_images=rest, dpi=(50, 50))
    return f"folder:{folder}?idle=0&settled=0"


@pytest.mark.parametrize("order", ["reversed", "same"])
def test_the_pages_of_a_file_are_the_backs_in_their_order(tmp_path: Path, order: str) -> None:
    fronts(tmp_path, 3)
    result = turn(tmp_path, lay_file(tmp_path, [3, 2, 1] if order == "reversed" else [1, 2, 3]), order)
    assert result.stopped is None and (result.held, result.expected, len(result.pages)) == (3, 3, 3)
    is_joined(tmp_path, 3)
    assert result.state.state == "closed"
    backs = [page for page in reading(tmp_path) if page.id in result.state.back_of]
    assert len({page.master for page in backs}) == 1 and {page.frame for page in backs} == {0, 1, 2}


def test_files_of_many_pages_and_of_one_make_a_pass_together(tmp_path: Path) -> None:
    fronts(tmp_path, 5)
    lay_file(tmp_path, [5, 4], "sau 1.tif")
    lay_file(tmp_path, [3], "sau 2.tif")
    result = turn(tmp_path, lay_file(tmp_path, [2, 1], "sau 3.tif"))
    assert result.stopped is None
    is_joined(tmp_path, 5)
    reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.SAME, ACT, OTHERS)
    reorder(tmp_path / "lô-1", tmp_path / "l", BackOrder.REVERSED, ACT, OTHERS)
    is_joined(tmp_path, 5)


def test_the_pages_of_a_pdf_are_judged_and_joined(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    state = turn(tmp_path, lay_file(tmp_path, [2, 1], "sau.pdf")).state
    assert (state.state, state.held, state.problems()) == ("closed", 2, [])
    pages = reading(tmp_path)
    assert [state.sheets[page.id] for page in pages] == [1, 1, 2, 2]
    assert [page.frame for page in pages if page.id in state.back_of] == [1, 0]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_file_that_a_power_cut_tore_is_taken_again_whole(tmp_path: Path, kept: int) -> None:
    fronts(tmp_path, 3)
    device = lay_file(tmp_path, [3, 2, 1])
    turn(tmp_path, device)
    journal = tmp_path / "lô-1" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    first = next(place for place, line in enumerate(lines) if '"back_of"' in line.decode())
    assert json.loads(lines[first + 2])["type"] == "page"
    journal.write_bytes(b"".join(lines[: first + kept]) + lines[first + kept][:40])
    assert turn(tmp_path, device).state.state == "closed"
    is_joined(tmp_path, 3)


def test_a_file_that_is_held_is_passed_over_when_the_pass_goes_on(tmp_path: Path) -> None:
    fronts(tmp_path, 4)
    result = turn(tmp_path, lay_file(tmp_path, [4, 3], "sau 1.tif"))
    assert result.stopped is not None and result.stopped.code == "scanner.backs-too-few"
    assert result.held == 2 and result.feed_from == 3
    turn(tmp_path, lay_file(tmp_path, [2, 1], "sau 2.tif"))
    is_joined(tmp_path, 4)


def test_pages_beyond_the_last_front_are_kept_and_told(tmp_path: Path) -> None:
    fronts(tmp_path, 2)
    result = turn(tmp_path, lay_file(tmp_path, [4, 3, 2, 1]))
    assert "backs-too-many" in codes(result.state) and (result.held, result.state.fed) == (4, 4)
    assert len(reading(tmp_path)) == 6
    state = take_out(tmp_path / "lô-1", tmp_path / "l", ACT, OTHERS)
    assert len([page for page in state.pages if Flag.REMOVED in page.flags]) == 4


def test_a_file_of_which_a_page_cannot_be_read_waits_in_quarantine(tmp_path: Path) -> None:
    fronts(tmp_path, 3)
    device = lay_file(tmp_path, [3, 2, 1])
    path = tmp_path / "chung" / "sau 1.tif"
    whole = path.read_bytes()
    with Image.open(path) as image:
        image.seek(2)
        offset = image.tag_v2[273][0]  # type: ignore[attr-defined]
    path.write_bytes(whole[: offset + 100])
    result = turn(tmp_path, device)
    assert result.stopped is not None and len(result.state.pages) == 3 and result.state.quarantined == 1
    path.write_bytes(whole)
    assert turn(tmp_path, device).state.state == "closed"
    is_joined(tmp_path, 3)


def test_a_cover_in_the_file_stops_the_pass(tmp_path: Path) -> None:
    with_cover(tmp_path)
    folder = tmp_path / "chung"
    folder.mkdir()
    rest = [Image.fromarray(picture(new_cover(CASE))), draw(1, SIZE).convert("RGB")]
    draw(2, SIZE).convert("RGB").save(folder / "sau.tif", save_all=True, append_images=rest, dpi=(DPI, DPI))
    result = turn(tmp_path, f"folder:{folder}?idle=0&settled=0", options=COVERS)
    assert result.stopped is not None and result.stopped.code == "scanner.backs-show-cover"
    assert result.held == 0 and result.state.state == "open"
