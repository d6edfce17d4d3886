"""Heads that stand side by side are read one after the other; tables and paragraphs stay as they are."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.model import Line, Word
from ocr.columns import part_columns
from ocr.engine import make_engine
from ocr.geometry import bounds
from ocr.options import OcrOptions
from ocr.preprocess.skew import count_upright_rules
from ocr.reader import read_page
from tests.ocr.conftest import Typeset

PARTS = st.tuples(st.integers(0, 600), st.sampled_from(["Tòa", "án nhân dân", "7"]))


def row(top: int, *parts: tuple[int, str], slope: float = 0.0) -> Line:
    """Words 10 px a letter and 10 px apart, each part from its own left edge; 20 px high."""
    words = []
    for left, text in parts:
        for word in text.split():
            words.append(Word(word, (left, top, left + 10 * len(word), top + 20), 0.9))
            left += 10 * len(word) + 10
    box = bounds([word.box for word in words])
    base = (float(box[0]), top + 18.0, float(box[2]), top + 18.0 + slope * (box[2] - box[0]))
    return Line(tuple(words), box, base, "vi")


def texts(*lines: Line) -> list[str]:
    return [line.text for line in part_columns(lines)]


def test_head_of_a_judgment_is_read_left_side_first() -> None:
    assert texts(
        row(0, (0, "TÒA ÁN NHÂN DÂN"), (300, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        row(30, (0, "TỈNH HÀ TÂY"), (350, "Độc lập - Tự do - Hạnh phúc")),
        row(60, (10, "Số: 88/HSST")),
        row(90, (320, "Hà Đông, ngày 25 tháng 10 năm 1996")),
        row(130, (0, "Căn cứ Bộ luật Tố tụng hình sự và các văn bản hướng dẫn thi hành")),
    ) == [
        "TÒA ÁN NHÂN DÂN",
        "TỈNH HÀ TÂY",
        "Số: 88/HSST",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Hà Đông, ngày 25 tháng 10 năm 1996",
        "Căn cứ Bộ luật Tố tụng hình sự và các văn bản hướng dẫn thi hành",
    ]


def test_single_gap_paragraphs_and_tables_stay() -> None:
    single = [row(0, (0, "Số: 15"), (200, "Hà Nội, ngày 5")), row(30, (0, "Căn cứ các điều luật nêu trên đây"))]
    table = [row(y, (0, "Đất ở"), (200, "1.200"), (400, "đồng")) for y in (0, 30, 60)]
    prose = [row(y, (0, "Ông Lượng phải bồi thường cho ông Khoát")) for y in (0, 30)]
    for lines in (single, table, prose):
        assert part_columns(lines) == lines


def test_blocks_far_apart_are_not_joined() -> None:
    lines = [row(y, (0, "Nguyên đơn"), (300, "Bị đơn")) for y in (0, 400)]
    assert part_columns(lines) == lines


def test_parts_keep_the_slope_of_their_line() -> None:
    lines = [row(y, (0, "TÒA ÁN"), (300, "CỘNG HÒA"), slope=0.02) for y in (0, 30)]
    right = part_columns(lines)[2]
    assert right.text == "CỘNG HÒA" and right.box == (300, 0, 380, 20)
    assert right.baseline == (300.0, 24.0, 380.0, 25.6)


@given(
    st.lists(
        st.builds(
            lambda top, parts: row(top, *parts),
            st.integers(0, 300),
            st.lists(PARTS, min_size=1, max_size=4),
        ),
        max_size=8,
    )
)
def test_no_word_is_lost_or_doubled(lines: list[Line]) -> None:
    before = sorted((word.text, word.box) for line in lines for word in line.words)
    assert sorted((word.text, word.box) for line in part_columns(lines) for word in line.words) == before


def test_rules_of_a_table_are_counted_and_the_scanner_edge_is_not(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = np.ascontiguousarray(typeset(judgment)[:, :, 0])
    assert count_upright_rules(page) == 0
    page[:, :60] = 0
    assert count_upright_rules(page) == 0
    for x in range(200, 1300, 250):
        cv2.line(page, (x, 150), (x, 700), 0, 3)
    assert count_upright_rules(page) == 5


def test_head_set_side_by_side_is_read_by_the_real_program_in_order(typeset: Typeset) -> None:
    left = typeset(("TÒA ÁN NHÂN DÂN", "TỈNH HÀ TÂY"), width=700)
    right = typeset(("CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "Độc lập - Tự do - Hạnh phúc"), width=900)
    options = OcrOptions(engine="tesseract", orientation=False, languages=("vie",))
    page = read_page(np.hstack([left, right]), options, make_engine(options))
    assert page.text.split("\n")[:3] == ["TÒA ÁN NHÂN DÂN", "TỈNH HÀ TÂY", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"]
