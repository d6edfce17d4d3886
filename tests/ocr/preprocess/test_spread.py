"""Opened books are parted at their gutter, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.model import Line
from ocr.butluc import make_butluc
from ocr.options import OcrOptions
from ocr.preprocess.paper import Grey, to_grey
from ocr.preprocess.spread import find_spread
from ocr.reader import read_page
from tests.ocr.conftest import Typeset

LEFT = (
    "Căn cứ vào các tài liệu có trong hồ sơ vụ án",
    "đã được thẩm tra tại phiên tòa và kết quả",
    "tranh luận, Hội đồng xét xử nhận định như sau",
    "về quan hệ pháp luật tranh chấp giữa các bên:",
)
RIGHT = (
    "Nguyên đơn bà Nguyễn Thị Hường yêu cầu bị đơn",
    "trả lại phần đất đã lấn chiếm từ năm 1987,",
    "có diện tích một trăm hai mươi mét vuông",
    "tại thôn Kon Đào, xã Ngọk Wang, huyện Đắk Hà.",
)


def opened(typeset: Typeset, *, lean: float = 0.0, shade: float = 0.5) -> Grey:
    """Two pages of ten lines or so side by side, darker towards the gutter in the middle."""
    pages = [to_grey(typeset(lines * 3, width=1150)) for lines in (LEFT, RIGHT)]
    book = np.hstack(pages)
    height, width = book.shape
    gutter = 1 - (1 - shade) * np.exp(-np.abs(np.arange(width) - width / 2) / 25)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), lean, 1)
    return np.asarray(
        cv2.warpAffine((book * gutter).astype(np.uint8), matrix, (width, height), borderValue=255), np.uint8
    )


@pytest.mark.parametrize("lean", [0.0, 1.0, -2.0])
@pytest.mark.parametrize("shade", [1.0, 0.35])
def test_the_gutter_is_found_and_cuts_no_ink(typeset: Typeset, lean: float, shade: float) -> None:
    page = opened(typeset, lean=lean, shade=shade)
    spread = find_spread(page)
    assert spread is not None
    height, width = page.shape
    assert (spread.top + spread.bottom) / 2 == pytest.approx(width / 2, abs=0.04 * width)
    line = np.zeros_like(page)
    cv2.line(line, (round(spread.top), 0), (round(spread.bottom), height - 1), 255, 3)
    assert page[line > 0].min() > 60, "letters are at 20, the shadow is lighter"
    assert spread.left[2] >= spread.right[0] and spread.left[0] == 0 and spread.right[2] == width


def test_the_left_page_is_read_wholly_before_the_right_one(typeset: Typeset) -> None:
    page = opened(typeset, lean=0.6)
    options = OcrOptions()
    read = read_page(page, options, make_butluc(options))
    assert "spread" in read.recipe
    middle = page.shape[1] / 2
    sides = [sum(line.box[::2]) / 2 > middle for line in read.lines]
    assert sides == sorted(sides) and sides.count(True) == sides.count(False) == 12
    assert read.lines[0].text == LEFT[0] and read.lines[12].text == RIGHT[0]
    assert all(_on_ink(page, line) for line in read.lines)
    covered = [i for region in read.regions for i in range(region.first, region.first + region.count)]
    assert sorted(covered) == list(range(24))


def _on_ink(page: Grey, line: Line) -> bool:
    return all(page[y0:y1, x0:x1].min() < 100 for x0, y0, x1, y1 in (word.box for word in line.words))


def test_single_pages_wide_lines_and_tables_are_not_parted(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    wide = typeset(tuple(f"{a} {b}" for a, b in zip(judgment, judgment[1:], strict=False)), width=2300)[:1400]
    table = opened(typeset, shade=1.0)
    for y in (140, 500, 900):
        table[y : y + 3, 60:2240] = 0
    half_empty = opened(typeset, shade=0.5)
    half_empty[:, 1200:] = 250
    for page in (to_grey(typeset(judgment)), to_grey(wide), table, half_empty, np.full((900, 1300), 230, np.uint8)):
        assert find_spread(page) is None


def test_spreads_can_be_switched_off(typeset: Typeset) -> None:
    options = OcrOptions(engine="butluc", spreads=False)
    assert "spread" not in read_page(opened(typeset), options, make_butluc(options)).recipe
