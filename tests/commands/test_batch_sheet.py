"""``butluc batch sheet``: where it writes, what it answers, and how people find it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from support.line import ROOT, SECOND, call, draw_page

CASE = "TAND-DA.HS.1996.00007"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches: one scanned and closed, one of files and left open."""
    folder = tmp_path_factory.mktemp("home")
    home = folder / "kho"
    assert call(home, "init", "--organisation", "Tòa án nhân dân huyện Đông Anh").code == 0
    draw_page(SECOND, folder / "khay" / "1.png")
    draw_page(SECOND, folder / "tệp" / "1.png")
    (folder / "tệp" / "2.png").write_bytes(b"")
    device = ("--device", f"simulated:{folder / 'khay'}", "--batch", "lo-1", "--sheets", "1")
    assert call(home, "scan", *device, "--case-file", CASE).data["state"] == "closed"
    assert call(home, "ingest", str(folder / "tệp"), "--case-file", CASE, "--batch", "lo-2").code == 1
    return home


def test_paper_and_table_go_where_they_are_asked_for(home: Path, tmp_path: Path) -> None:
    pdf, table = tmp_path / "phiếu.pdf", tmp_path / "bảng.csv"
    answer = call(home, "batch", "sheet", "lo-1", "--out", str(pdf), "--csv", str(table), "--by", "Lê Thị Hoa")
    assert answer.code == 0 and (answer.data["pdf"], answer.data["csv"]) == (str(pdf), str(table))
    journal = (home / "journal" / "lo-1" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert answer.data["entries"] == len(journal) and answer.data["head"] in journal[-1]
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "Tòa án nhân dân huyện Đông Anh" in text and "Lê Thị Hoa" in text and answer.data["head"] in text
    assert "BATCH SHEET" in text, "the language is that of the call"
    with table.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["page"] for row in csv.DictReader(stream)] == [f"{CASE}.0000001.p0001"]


def test_a_table_alone_prints_nothing_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    before = len(call(home, "audit", "log").data["events"])
    answer = call(home, "batch", "sheet", "lo-2", "--csv", str(tmp_path / "bảng.csv"))
    assert answer.data["pdf"] is None and answer.data["state"] == "open" and answer.data["problems"]
    assert len(call(home, "audit", "log").data["events"]) == before


def test_it_gets_a_name_of_its_own_and_an_open_batch_is_said(home: Path, tmp_path: Path) -> None:
    for name in ("phieu-lo-lo-2.pdf", "phieu-lo-lo-2-2.pdf"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "--home", str(home), "--lang", "vi", "batch", "sheet", "lo-2"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert name in done.stdout and "còn mở" in done.stdout and (tmp_path / name).is_file()


WRONG = [("lo-9",), ("lo-1", "--out", "không-có/x.pdf"), ("lo-1", "--csv", "."), ("lo-1", "--out", "")]


@pytest.mark.parametrize("args", WRONG)
def test_wrong_use_is_one_sentence(home: Path, args: tuple[str, ...]) -> None:
    answer = call(home, "batch", "sheet", *args)
    assert answer.code == 2 and answer.data["error"]["message"]
