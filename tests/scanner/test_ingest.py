"""From files to a closed batch: what is taken, what is named, what waits, and that nothing is lost by a crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pikepdf
import pytest

from core.errors import BadInputError, IntegrityError, MissingToolError
from core.files import locked, sha256_file
from core.model import Flag
from scanner.ingest import IngestResult
from scanner.journal import NAME
from scanner.options import ScanOptions
from scanner.replay import replay
from tests.scanner.helpers import CASE, counter, draw, save, take

KILLED = Path(__file__).with_name("killed.py")
WITH_PRODUCT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def figures(result: IngestResult) -> tuple[object, ...]:
    state = result.state
    return state.state, state.declared, state.fed, state.held, state.quarantined


def picture(home: Path) -> list[tuple[object, ...]]:
    """What a batch holds, without times."""
    state = replay(home / "lô-1")
    assert all(sha256_file(page.master) == page.sha256 for page in state.pages)
    files = sorted(str(path.relative_to(home)) for path in (home / "lô-1").rglob("*") if path.is_file())
    pages = [(page.id, page.sha256, page.frame, page.sequence, page.flags) for page in state.pages]
    sums = (state.state, state.declared, state.fed, state.held, state.quarantined, *state.sheets.values())
    return [sums, *pages, *[(file,) for file in files]]


def mixed(folder: Path) -> Path:
    """Three loose pages, a PDF of three, a TIFF of two, a broken file and one given twice."""
    for number in (1, 2, 10):
        save(folder / f"trang{number}.png", number)
    shutil.copy(folder / "trang2.png", folder / "trang2 bản sao.png")
    draw(20).save(folder / "x.pdf", save_all=True, append_images=[draw(21), draw(22)], resolution=50)
    draw(30).save(folder / "y.tif", save_all=True, append_images=[draw(31)], dpi=(50, 50))
    (folder / "hỏng.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    return folder


def test_good_folder_is_taken_declared_and_closed(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        save(tmp_path / "hồ sơ" / f"trang{number}.png", number)
    seen: list[tuple[int, int]] = []
    result = take(tmp_path, tmp_path / "hồ sơ", progress=lambda done, total, origin: seen.append((done, total)))
    assert figures(result) == ("closed", 3, 3, 3, 0)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [page.id for page in result.pages] == [f"{CASE}.0000001.p000{n}" for n in (1, 2, 3)]
    assert [Path(page.origin).name for page in result.pages] == ["trang1.png", "trang2.png", "trang10.png"]
    for page in result.pages:
        assert page.master == tmp_path / "lô-1" / "masters" / page.sha256[:2] / f"{page.sha256}.png"
        assert sha256_file(page.master) == page.sha256
        assert not page.master.stat().st_mode & 0o222
    assert replay(tmp_path / "lô-1").pages == list(result.pages)


def test_bad_file_waits_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    source = mixed(tmp_path / "hồ sơ")
    result = take(tmp_path, source, tmp_path / "không có.jpg")
    assert figures(result) == ("open", 9, 9, 8, 1)
    assert [document[-7:] for document in result.documents] == ["0000001", "0000002", "0000003"]
    assert [(Path(entry.file).name, entry.error.code) for entry in result.rejected] == [
        ("hỏng.jpg", "imaging.damaged"),
        ("không có.jpg", "imaging.missing"),
    ]
    stored = result.rejected[0].stored
    assert stored is not None and stored.read_bytes() == (source / "hỏng.jpg").read_bytes()
    assert [Path(entry.file).name for entry in result.duplicates] == ["trang2.png"]
    codes = [problem.code for problem in result.state.problems()]
    assert codes == ["scanner.waiting", "scanner.declared-not-held"]
    assert "hỏng.jpg" in result.state.problems()[0].message("vi")


def test_same_call_again_takes_nothing_twice(tmp_path: Path) -> None:
    source = mixed(tmp_path / "hồ sơ")
    first = take(tmp_path, source)
    lines = (tmp_path / "lô-1" / NAME).read_bytes()
    again = take(tmp_path, source)
    assert again.pages == ()
    assert len(again.duplicates) == 6
    assert figures(again) == figures(first)
    assert (tmp_path / "lô-1" / NAME).read_bytes() == lines


def test_mended_file_in_the_same_place_settles_the_quarantine(tmp_path: Path) -> None:
    source = mixed(tmp_path / "hồ sơ")
    take(tmp_path, source)
    save(source / "hỏng.jpg", 77)
    result = take(tmp_path, source, allocate=lambda case_file: 99)
    assert figures(result) == ("closed", 9, 9, 9, 0)
    assert [page.id for page in result.pages] == [f"{CASE}.0000001.p0004"]


def test_more_pages_reopen_a_closed_batch(tmp_path: Path) -> None:
    numbers = counter()
    take(tmp_path, save(tmp_path / "a" / "1.png", 1).parent, allocate=numbers)
    result = take(tmp_path, save(tmp_path / "b" / "2.png", 2).parent, allocate=numbers)
    assert figures(result) == ("closed", 2, 2, 2, 0)
    assert result.documents == (f"{CASE}.0000002",)
    types = [line.split('"type": "')[1].split('"')[0] for line in (tmp_path / "lô-1" / NAME).read_text().splitlines()]
    assert types == ["document", "page", "taken", "closed", "reopened", "document", "page", "taken", "closed"]


def test_nothing_usable_leaves_no_batch_behind(tmp_path: Path) -> None:
    (tmp_path / "trống").mkdir()
    result = take(tmp_path, tmp_path / "trống", tmp_path / "không có.jpg")
    assert [entry.error.code for entry in result.rejected] == ["scanner.empty-folder", "imaging.missing"]
    assert not (tmp_path / "lô-1").exists()


@pytest.mark.parametrize("name", ["a" * 246 + ".png", unicodedata.normalize("NFD", "Quyết định số 5.png")])
def test_long_and_decomposed_names_are_taken(tmp_path: Path, name: str) -> None:
    result = take(tmp_path, save(tmp_path / "hồ sơ" / name, 3))
    assert Path(result.pages[0].origin).name == unicodedata.normalize("NFC", name)
    bad = tmp_path / "hồ sơ" / name.replace("a", "b", 1)
    bad.write_bytes(b"\xff\xd8\xff")
    assert len(take(tmp_path, bad).rejected) == 1


def test_name_in_windows_1258_is_opened_by_its_bytes_and_journalled_readably(tmp_path: Path) -> None:
    save(tmp_path / "x.png", 4)
    legacy = os.fsencode(tmp_path) + b"/" + "Ba\u0309n a\u0301n.png".encode("cp1258")
    (tmp_path / "x.png").rename(os.fsdecode(legacy))
    result = take(tmp_path, Path(os.fsdecode(legacy)))
    assert Path(result.pages[0].origin).name == "Bản án.png"
    assert "Bản án.png" in (tmp_path / "lô-1" / NAME).read_text(encoding="utf-8")
    refused = Path(os.fsdecode(legacy.replace(b".png", b".pdf")))
    refused.write_bytes(b"%PDF-1.4")
    assert Path(take(tmp_path, refused).rejected[0].file).name == "Bản án.pdf"


def test_duplex_counts_two_pages_to_a_sheet(tmp_path: Path) -> None:
    for number in range(1, 6):
        save(tmp_path / "a" / f"{number}.png", number)
    draw(20).save(tmp_path / "a" / "x.pdf", save_all=True, append_images=[draw(21), draw(22), draw(23)], resolution=50)
    result = take(tmp_path, tmp_path / "a", options=ScanOptions(duplex=True))
    assert figures(result) == ("closed", 5, 5, 5, 0)
    assert [result.state.sheets[page.id] for page in result.pages] == [1, 1, 2, 2, 3, 4, 4, 5, 5]


def test_long_pdf_is_one_document_with_one_master(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for _ in range(60):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.save(tmp_path / "trắng.pdf")
    result = take(tmp_path, tmp_path / "trắng.pdf")
    assert (len(result.pages), len(result.documents), result.state.blank) == (60, 1, 60)
    assert all(Flag.BLANK in page.flags for page in result.pages)
    assert len({page.master for page in result.pages}) == 1


def test_cut_off_at_any_line_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    source = mixed(tmp_path / "hồ sơ")
    take(tmp_path, source)
    expected = picture(tmp_path)
    lines = (tmp_path / "lô-1" / NAME).read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        torn = lines[kept][: len(lines[kept]) // 2]
        (tmp_path / "lô-1" / NAME).write_bytes(b"".join(lines[:kept]) + torn)
        numbers = counter()
        for _ in replay(tmp_path / "lô-1").documents:
            numbers(CASE)
        take(tmp_path, source, allocate=numbers)
        assert picture(tmp_path) == expected


@pytest.mark.parametrize("moment", ["file:1", "file:4", "file:5", "allocate:1", "allocate:2", "copy:2", "copy:5"])
def test_killed_at_any_moment_it_goes_on_to_the_same_end(tmp_path: Path, moment: str) -> None:
    source = mixed(tmp_path / "hồ sơ")
    quiet, killed = tmp_path / "yên", tmp_path / "bị ngắt"
    take(quiet, source)
    program = [sys.executable, KILLED, killed, source, moment]
    done = subprocess.run(program, env=WITH_PRODUCT, check=False)
    assert done.returncode == -signal.SIGKILL
    numbers = counter()
    for _ in replay(killed / "lô-1").documents:
        numbers(CASE)
    take(killed, source, allocate=numbers)
    assert picture(killed) == picture(quiet)


def test_full_disk_stops_with_a_clear_word_and_can_go_on(tmp_path: Path) -> None:
    source = mixed(tmp_path / "hồ sơ")
    home = tmp_path / "đầy"
    program = [sys.executable, KILLED, home, source, "disk:3000"]
    done = subprocess.run(program, env=WITH_PRODUCT, check=False, capture_output=True, text=True)
    assert done.stdout.split() == ["MissingToolError", "core.disk-full"]
    numbers = counter()
    for _ in replay(home / "lô-1").documents:
        numbers(CASE)
    assert figures(take(home, source, allocate=numbers)) == ("open", 9, 9, 8, 1)


def test_something_in_the_way_of_the_masters_is_named(tmp_path: Path) -> None:
    (tmp_path / "lô-1").mkdir()
    (tmp_path / "lô-1" / "masters").write_text("chắn đường", encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        take(tmp_path, save(tmp_path / "a.png", 1))
    assert caught.value.code == "scanner.cannot-write"
    assert "masters" in caught.value.message("vi")


def test_batch_in_use_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "run" / "lô-1.lock"), pytest.raises(MissingToolError) as caught:
        take(tmp_path, save(tmp_path / "a.png", 1))
    assert caught.value.code == "core.busy"


def test_damaged_journal_stops_everything(tmp_path: Path) -> None:
    take(tmp_path, save(tmp_path / "a.png", 1))
    path = tmp_path / "lô-1" / NAME
    path.write_bytes(path.read_bytes().replace(b"a.png", b"b.png", 1))
    with pytest.raises(IntegrityError):
        take(tmp_path, save(tmp_path / "c.png", 2))


def test_original_is_never_touched(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", 1)
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
    take(tmp_path, path)
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) == before
