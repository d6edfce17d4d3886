"""The sheet on paper and as a table: what it says, whatever came of the batch."""

from __future__ import annotations

import csv
import io
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from pdf2image import convert_from_bytes
from PIL import Image

from core.text import nfc
from scanner import closing, lineage
from scanner.acts import Act
from scanner.batchsheet.printing import Imprint, sheet_pdf
from scanner.batchsheet.record import record_of
from scanner.batchsheet.shown import shown_pages
from scanner.batchsheet.table import COLUMNS, table_of
from scanner.sheets import FedFile
from tests.scanner.feeding import UNJUDGED, feed
from tests.scanner.helpers import CASE, OTHERS, save, take
from tests.scanner.stacks import lay_in

ACT = Act("Trần Văn Bình", "mờ, không đọc được")
AT = datetime(2026, 11, 24, 16, 30, tzinfo=timezone(timedelta(hours=7)))
DOCUMENT = f"{CASE}.0000001"


def text_of(home: Path, lang: str = "vi") -> str:
    record = record_of(home / "lô-1")
    imprint = Imprint(AT, "Đặng Thị Ngọc Huyễn", "Tòa án nhân dân thành phố Hà Nội", lang)
    pdf = home / "phiếu.pdf"
    pdf.write_bytes(sheet_pdf(record, imprint, lambda done, total: None))
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True)
    return " ".join(nfc(done.stdout).split())


def rows_of(home: Path) -> list[dict[str, str]]:
    made = table_of(record_of(home / "lô-1"), "vi")
    assert made.startswith(b"\xef\xbb\xbf") and made.count(b"\r\n") == made.count(b"\n")
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A closed batch that was scanned: five sheets, the second scanned again, the fourth taken out, the fifth blank."""
    tray = lay_in(tmp_path / "khay", 4)
    Image.new("L", (413, 585), 250).save(tray / "tờ 9.png", dpi=(50, 50))
    assert feed(tmp_path, f"simulated:{tray}", 5).state.state == "closed"
    folder, lock = tmp_path / "lô-1", tmp_path / "run" / "lô-1.lock"
    new = save(tmp_path / "mới.png", 99)
    lineage.rescan(folder, lock, f"{DOCUMENT}.p0002", FedFile(new, "=mới.png"), UNJUDGED, ACT, OTHERS)
    lineage.remove(folder, lock, f"{DOCUMENT}.p0004", Act("Lê Thị Hoa", "của hồ sơ khác"), OTHERS)
    return tmp_path


def test_it_tells_who_what_when_and_how_the_figures_add_up(home: Path) -> None:
    text, record = text_of(home), record_of(home / "lô-1")
    for said in (
        "Tòa án nhân dân thành phố Hà Nội", "PHIẾU LÔ QUÉT lô-1", "TAND-HN.HS", CASE, "Nguyễn Thị Lan",
        "simulated feeder", "Tờ: 4 + 0 + 1 + 0 + 0 + 0 + 0 = 5 tờ đã nạp.", "Ảnh: 4 + 0 + 1 + 1 = 6 ảnh đang lưu.",
        "Trong số tờ giữ được: 1 tờ trắng, 1 tờ quét lại.", "Khai 5 tờ (Nguyễn Thị Lan); giữ 4 tờ, bỏ ra 1 tờ.",
        "Lô khớp số.", "NGƯỜI QUÉT", "NGƯỜI KIỂM TRA", "NGƯỜI PHỤ TRÁCH", "16:30:00 24/11/2026", "UTC+07:00",
        "Đặng Thị Ngọc Huyễn", record.head, f"{len(record.entries)} dòng", "quét lại", "mờ, không đọc được",
        "của hồ sơ khác", "Trang cần xem (3)", "Trang trắng (1)", "trang 2/2",
    ):  # fmt: skip
        assert said in text, said
    assert "ĐANG MỞ" not in text


def test_the_hash_on_the_sheet_is_that_of_the_journals_last_line(home: Path) -> None:
    last = (home / "lô-1" / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert f'"sum": "{record_of(home / "lô-1").head}"' in last


def test_an_open_batch_is_called_open_and_its_problems_and_reasons_are_said(tmp_path: Path) -> None:
    feed(tmp_path, f"simulated:{lay_in(tmp_path / 'khay', 3)}?jam=3", 3)
    text = text_of(tmp_path)
    assert "LÔ ĐANG MỞ" in text and "Lô chưa khớp số, 2 điểm" in text and "Khai báo 3 tờ nhưng giữ được 2 tờ" in text
    closing.close(tmp_path / "lô-1", tmp_path / "run" / "lô-1.lock", "Lê Thị Hoa", "Tờ 3 mủn, không quét được")
    text = text_of(tmp_path)
    assert "ĐANG MỞ" not in text and "Lý do đóng lô: Tờ 3 mủn, không quét được" in text and "Lê Thị Hoa" in text
    assert "BATCH SHEET" in text_of(tmp_path, "en") and "Closed by Lê Thị Hoa" in text_of(tmp_path, "en")


def test_files_have_an_operator_and_no_device_and_what_waits_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "hồ sơ").mkdir()
    save(tmp_path / "hồ sơ" / "1.png", 1)
    (tmp_path / "hồ sơ" / "2.png").write_bytes(b"")
    take(tmp_path, tmp_path / "hồ sơ")
    text = text_of(tmp_path)
    assert "không có (nhận từ tệp)" in text and "Nguyễn Thị Lan" in text and "2.png đang chờ" in text
    assert [(row["sheet"], row["sheet_state"], row["page"]) for row in rows_of(tmp_path)] == [
        ("1", "held", f"{DOCUMENT}.p0001"), ("2", "waiting", ""),
    ]  # fmt: skip


def test_a_batch_of_which_only_the_count_is_known_has_a_sheet(tmp_path: Path) -> None:
    closing.declare(tmp_path / "lô-1", tmp_path / "run" / "lô-1.lock", 7, "Lê Thị Hoa")
    assert "Khai 7 tờ (Lê Thị Hoa); giữ 0 tờ" in text_of(tmp_path)
    assert rows_of(tmp_path) == []


def test_the_table_has_a_row_for_every_picture_and_runs_no_formula(home: Path) -> None:
    rows = rows_of(home)
    assert tuple(rows[0]) == COLUMNS and len(rows) == 6
    assert [(row["sheet"], row["place"], row["picture"]) for row in rows] == [
        ("1", "1", "page"), ("2", "", "superseded"), ("2", "2", "page"),
        ("3", "3", "page"), ("4", "", "removed"), ("5", "4", "page"),
    ]  # fmt: skip
    old, new = rows[1], rows[2]
    assert (old["superseded_by"], new["supersedes"]) == (new["page"], old["page"])
    assert (new["act"], new["by"], new["reason"]) == ("rescanned", "Trần Văn Bình", "mờ, không đọc được")
    assert new["origin"] == "'=mới.png" and "blank" in rows[5]["flags"].split()
    state = record_of(home / "lô-1").state
    assert {row["sha256"] for row in rows} == {page.sha256 for page in state.pages}
    assert all((home / "lô-1" / row["master"]).is_file() for row in rows)


def test_a_master_that_cannot_be_read_costs_its_picture_and_no_more(home: Path) -> None:
    record = record_of(home / "lô-1")
    shown = shown_pages(record, "vi")
    assert [it.page.id[-5:] for it in shown] == ["p0002", "p0006", "p0004", "p0005"] and shown[3].small
    master = next(it.page.master for it in shown if it.page.id.endswith("p0004"))
    master.chmod(0o644)
    master.write_bytes(b"II*\0")
    text = text_of(home)
    assert "Trang cần xem (3)" in text and "Lô khớp số." in text and "hỏng" in text


def test_it_is_black_on_white_paper_of_a4_within_its_margins(home: Path) -> None:
    record = record_of(home / "lô-1")
    pages = convert_from_bytes(sheet_pdf(record, Imprint(AT, "Lan", "TAND", "vi"), lambda *_: None), dpi=50)
    for picture in pages:
        pixels = np.asarray(picture).astype(int)
        assert np.abs(np.array(picture.size) / 50 * 25.4 - (210, 297)).max() < 0.5
        assert (pixels.max(axis=2) - pixels.min(axis=2)).max() <= 2
        dark = np.argwhere(pixels.min(axis=2) < 128) / 50 * 25.4
        assert dark[:, 1].min() > 18 and dark[:, 1].max() < 197 and dark[:, 0].min() > 10 and dark[:, 0].max() < 292


def test_many_doubtful_pages_are_shown_each_once(tmp_path: Path) -> None:
    tray = tmp_path / "khay"
    tray.mkdir()
    for number in range(40):
        Image.new("L", (83, 117), 250).save(tray / f"tờ {number}.png", dpi=(10, 10))
    feed(tmp_path, f"simulated:{tray}", 40)
    told: list[tuple[int, int]] = []
    record = record_of(tmp_path / "lô-1")
    sheet_pdf(record, Imprint(AT, "Lan", "TAND", "vi"), lambda done, total: told.append((done, total)))
    assert told == [(number, 40) for number in range(1, 41)]
