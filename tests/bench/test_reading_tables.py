"""Tables, quality, worst lines: from readings to what people see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.reading.exchange import Reading, ReadLine, ReadWord
from bench.reading.measure import Result, Run
from bench.reading.pages import Page
from bench.reading.quality import page_points, quality_report, right_share, word_points
from bench.reading.tables import page_row, set_table
from bench.reading.worstlines import draw_sheet, worst_cases
from bench.textscore import score

TRUTH = "Tòa án nhân dân huyện Đắk Hà\nXét xử sơ thẩm vụ án"
WRONG = "Toa án nhân dân huyện Đăk Hà\nXét xử sơ thầm vụ án"


def result(
    name: str, read: str, seconds: float | None = 1.0, quality: float | None = None, image: Path = Path()
) -> Result:
    boxes = [(40, 50 + 60 * number, 760, 90 + 60 * number) for number in range(2)]
    lines = tuple(
        ReadLine(tuple(ReadWord(word, 0.9) for word in line.split()), box)
        for line, box in zip(read.split("\n"), boxes, strict=False)
    )
    return Result(Page(name, image, TRUTH), Reading(read, quality, lines), score(TRUTH, read), seconds)


def test_a_table_gives_means_medians_time_beside_the_reference_and_memory() -> None:
    ours = Run(
        "butluc 1", results=[result("a", TRUTH, 0.5), result("b", TRUTH, 0.5), result("c", "", 2.0)], peak_mb=280
    )
    theirs = Run("tesseract 5", results=[result("a", TRUTH, 2.0), result("b", TRUTH, 2.0), result("c", TRUTH, 2.0)])
    rows = set_table({"butluc": ours, "tesseract": theirs}).splitlines()
    assert rows[2] == "| butluc | mean | 33.33% | 0.667 | 0.667 | 33.33% | 0.00% | 1.00 | 0.50 | 280 |"
    assert rows[3] == "|  | median | 0.00% | 1.000 | 1.000 | 0.00% | 0.00% | 0.50 |  |  |"
    assert rows[4].startswith("| tesseract | mean | 0.00% | 1.000")


def test_paragraphs_and_tones_are_those_of_all_pages_together() -> None:
    results = [result("a", TRUTH), result("b", WRONG), result("c", "")]
    row = set_table({"butluc": Run("butluc 1", results=results)}).splitlines()[2]
    assert f"| {(2 + 28) / (3 * 28):.2%} | {3 / 26:.2%} |" in row


def test_absent_engines_and_pages_not_read_are_named() -> None:
    gone = Run(absence="No module named 'trueocr'")
    failed = Run("butluc 1", results=[Result(Page("b", Path(), TRUTH), Reading(""), score(TRUTH, ""), None, "no ink")])
    table = set_table({"butluc": failed, "trueocr": gone})
    assert "- trueocr: absent (No module named 'trueocr'); to install it: `tools/peers`" in table
    assert "- butluc failed on b: no ink" in table
    assert "| butluc | mean | 100.00% | 0.000 | 0.000 | 100.00% | 0.00% | – | – | 0 |" in table


def test_a_page_is_a_row() -> None:
    row = page_row("butluc", result("sách/p1", TRUTH, quality=0.98765))
    assert row == "| sách/p1 | butluc | 0.00% | 1.000 | 1.000 | 0.00% | 0.00% | 0.988 | 1.00 |"
    assert page_row("x", result("p", TRUTH, None)).endswith("| – | – |")


def test_quality_is_held_against_what_was_read_right_in_any_order() -> None:
    assert right_share(result("a", "\n".join(reversed(TRUTH.split("\n"))))) == 1
    assert right_share(result("a", WRONG)) == pytest.approx(1 - 3 / len(TRUTH.replace("\n", "")))
    short = Page("a", Path(), "Số: 15")
    assert right_share(Result(short, Reading("", 0.5), score("", ""), 1.0)) is None
    assert page_points([Result(short, Reading("", 0.5), score("", ""), 1.0)]) == []
    points = page_points([result("a", TRUTH, quality=0.9), result("b", TRUTH)])
    assert points == [(0.9, 1.0)]
    assert sorted(word_points([result("a", WRONG)])) == [(0.9, 0.0)] * 3 + [(0.9, 1.0)] * 10


def test_the_quality_report_is_written_and_drawn(tmp_path: Path) -> None:
    results = [result("a", TRUTH, quality=0.95), result("b", WRONG, quality=0.6), result("c", "", quality=0.0)]
    report = quality_report("butluc", results, tmp_path / "out")
    assert "| 0.5–0.7 | 1 | 0.600 | 0.938 |" in report
    assert "| recall | 0.99 | 1.00 |" in report
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"butluc-pages.svg", "butluc-words.svg"}


def test_an_engine_that_predicts_nothing_has_no_report(tmp_path: Path) -> None:
    silent = Result(Page("a", Path(), TRUTH), Reading(TRUTH), score(TRUTH, TRUTH), 1.0)
    assert quality_report("tesseract-alone", [silent], tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_the_worst_lines_are_shown_where_they_stand_with_their_wrong_letters_red(tmp_path: Path) -> None:
    image = tmp_path / "page.png"
    page = np.full((200, 800, 3), 255, np.uint8)
    page[50:90, 40:760] = (0, 0, 200)
    Image.fromarray(page).save(image)
    cases = worst_cases([result("a", WRONG, image=image), result("b", TRUTH, image=image)])
    assert [(case.line.errors, case.box) for case in cases] == [(2, (40, 50, 760, 90)), (1, (40, 110, 760, 150))]
    draw_sheet(cases, tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png")).astype(int)
    assert sheet.shape[1] == 1500
    assert ((sheet == (0, 0, 200)).all(axis=2)).sum() > 20_000
    red = (sheet[..., 0] > 150) & (sheet[..., 1:].max(axis=2) < 80)
    assert 20 < red.sum() < 2_000


def test_only_as_many_lines_are_shown_as_wanted() -> None:
    assert len(worst_cases([result("a", WRONG), result("b", WRONG)], most=3)) == 3
