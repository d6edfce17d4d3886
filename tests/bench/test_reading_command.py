"""The command as people call it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[2]
LINES = ("Tòa án nhân dân huyện Đắk Hà xét xử sơ thẩm", "vụ án tranh chấp quyền sử dụng đất của hộ gia đình")


def test_a_printed_page_is_read_measured_and_reported(tmp_path: Path) -> None:
    page = Image.new("L", (1300, 500), 255)
    font = ImageFont.truetype(ROOT / "archive" / "fonts" / "Tinos-Regular.ttf", 44)
    for number, line in enumerate(LINES):
        ImageDraw.Draw(page).text((100, 120 + 90 * number), line, 0, font)
    sets = tmp_path / "prints"
    sets.mkdir()
    page.save(sets / "p1.png")
    # A word that is not on the page, so that there is something to report.
    (sets / "p1.gt.txt").write_text("\n".join((f"{LINES[0]} lần", LINES[1])), encoding="utf-8")
    command = [sys.executable, "-m", "bench.reading", str(sets), "--engine", "butluc"]
    reports = ["--errors", str(tmp_path / "errors"), "--quality", str(tmp_path / "quality")]
    said = subprocess.run([*command, *reports], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "## prints (pages: 1)" in said
    assert re.search(r"^\| prints/p1 \| butluc \|", said, flags=re.MULTILINE)
    assert re.search(r"^\| butluc \| mean \| \d\.\d\d% \| 0\.9\d\d \| 1\.000 \|", said, flags=re.MULTILINE)
    assert "butluc: word confidence" in said
    assert "| lần | 1 |" in (tmp_path / "errors" / "butluc-errors.md").read_text(encoding="utf-8")
    assert (tmp_path / "errors" / "butluc-worst.png").exists()
    assert (tmp_path / "quality" / "butluc-words.svg").exists()
