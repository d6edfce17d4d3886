"""Heads, signature blocks, columns, forms and ruled tables in the order in which people read them."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.lines.line import TextLine, fit_line
from ocr.lines.order import reading_order
from ocr.lines.rules import Rules

PLAIN = Rules(np.full((1200, 1000), 255, np.uint8), 0.0)
UP, DOWN = 14.0, 8.0
Place = tuple[float, float, float]
"""Start, end, y of the centre line."""


def line(place: Place, slope: float = 0.0) -> TextLine:
    start, end, y = place
    x = np.array([start, (start + end) / 2, end])
    return fit_line(np.stack([x, y + slope * x, np.ones(3)]), start, end, UP, DOWN, slope)


def ordered(places: list[Place], rules: Rules = PLAIN, slope: float = 0.0) -> list[Place]:
    """The places in reading order, whatever the order in which they were found."""
    found = [line(place, slope) for place in places]
    names = {id(made): place for made, place in zip(found, places, strict=True)}
    return [names[id(made)] for made in reading_order(found[::2] + found[1::2], slope, rules).lines]


def column(start: float, end: float, top: float, count: int, pitch: float = 30.0) -> list[Place]:
    return [(start, end, top + pitch * number) for number in range(count)]


HEAD = [(120, 330, 60), (150, 300, 92), (170, 280, 152), (480, 900, 60), (540, 840, 90), (560, 860, 154)]
BODY = column(100, 900, 240, 6)


def test_heads_are_read_left_block_first_across_the_gap_below_them() -> None:
    assert ordered(HEAD + BODY) == HEAD + BODY


def test_recipients_come_before_the_signature() -> None:
    recipients = column(100, 300, 500, 5)
    signature = [(560, 860, 498), (600, 820, 530), (610, 810, 700)]
    assert ordered(BODY + recipients + signature) == BODY + recipients + signature


def test_running_text_in_two_columns_is_read_column_by_column() -> None:
    left, right = column(100, 480, 300, 12), column(520, 900, 300, 12)
    title = [(300, 700, 200)]
    assert ordered(title + left + right) == title + left + right


def test_a_form_is_read_row_by_row() -> None:
    rows = [place for y in (300.0, 340.0, 380.0) for place in ((100, 300, y), (600, 760, y))]
    assert ordered(BODY[:1] + rows) == BODY[:1] + rows


def test_an_unruled_table_is_read_row_by_row() -> None:
    rows = [place for y in (300.0, 340.0, 380.0) for place in ((100, 160, y), (250, 450, y), (600, 760, y))]
    assert ordered(rows) == rows


def grid(slope: float = 0.0) -> NDArray[np.uint8]:
    """Two rows of three cells from (100, 300) to (900, 700), turned with the page's slope."""
    page = np.full((1200, 1000), 230, np.uint8)
    for y in (300, 500, 700):
        cv2.line(page, (100, round(y + 100 * slope)), (900, round(y + 900 * slope)), 60, 2)
    for x in (100, 300, 600, 900):
        top, foot = (round(x - 300 * slope), round(300 + x * slope)), (round(x - 700 * slope), round(700 + x * slope))
        cv2.line(page, top, foot, 60, 2)
    return page


CELLS = [
    column(120, 280, 330, 2), column(320, 580, 330, 4), column(620, 880, 330, 3),
    column(120, 280, 530, 3), column(320, 580, 530, 1), column(620, 880, 530, 4),
]  # fmt: skip


def test_a_ruled_table_is_read_cell_by_cell_between_what_stands_above_and_below() -> None:
    above, below = column(100, 900, 200, 2), column(100, 900, 760, 2)
    cells = [place for cell in CELLS for place in cell]
    assert ordered(above + cells + below, Rules(grid(), 0.0)) == above + cells + below
    found = reading_order([line(place) for place in above + cells + below], 0.0, Rules(grid(), 0.0))
    assert found.tables == (None,) * 2 + (0,) * len(cells) + (None,) * 2


def test_a_ruled_table_on_a_skewed_page_is_read_so_too() -> None:
    slope = 0.03
    cells = [(start - slope * y, end - slope * y, y) for cell in CELLS for start, end, y in cell]
    assert ordered(cells, Rules(grid(slope), slope), slope) == cells


def test_a_frame_around_the_text_changes_nothing() -> None:
    page = np.full((1200, 1000), 255, np.uint8)
    cv2.rectangle(page, (60, 30), (940, 900), 0, 2)
    assert ordered(HEAD + BODY, Rules(page, 0.0)) == HEAD + BODY


def test_a_page_without_lines_has_no_order() -> None:
    assert reading_order([], 0.0, PLAIN).lines == ()


PLACES = st.lists(st.tuples(st.floats(0, 500), st.floats(20, 500), st.floats(20, 1100)), max_size=25)


RULED = Rules(grid(), 0.0)


@given(PLACES)
@settings(deadline=None)
def test_no_line_is_lost_or_doubled(places: list[tuple[float, float, float]]) -> None:
    lines = [line((start, start + length, y)) for start, length, y in places]
    read = reading_order(lines, 0.0, RULED).lines
    assert sorted(map(id, read)) == sorted(map(id, lines))
