"""The measures of a reading, on sentences of judgments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bench.textscore import line_errors, nearest_distance, page_cer, plain, score, tone_errors, word_bag

TRUTH = "Tòa án nhân dân huyện Đắk Hà\nxét xử sơ thẩm công khai vụ án tranh chấp quyền sử dụng đất"


def test_a_right_reading_has_no_errors() -> None:
    right = score(TRUTH, TRUTH)
    assert (right.cer, right.recall, right.precision) == (0, 1, 1)
    assert right.line_errors == 0 and right.line_characters > 60
    assert right.tones_wrong == 0 and right.tones_compared == len(TRUTH.split())


def test_typographic_marks_and_white_space_do_not_count() -> None:
    assert page_cer("“Điều 5” – khoản 1 …", '"Điều  5"\n- khoản 1 ...') == 0
    assert plain("a\u00ad\u2011b") == "a-b"


def test_order_counts_for_the_page_and_neither_for_words_nor_for_lines() -> None:
    swapped = "\n".join(reversed(TRUTH.split("\n")))
    assert page_cer(TRUTH, swapped) > 0.5
    assert word_bag(TRUTH, swapped) == (1, 1)
    assert line_errors(TRUTH, swapped)[0] == 0


def test_words_missed_and_invented_are_told_apart() -> None:
    assert word_bag("tòa án tòa", "tòa án") == (pytest.approx(2 / 3), 1)
    assert word_bag("tòa án", "Tòa án tòa") == (1, pytest.approx(2 / 3))
    assert word_bag("tòa án", "") == (0, 0)


def test_short_lines_are_left_out_of_line_errors() -> None:
    assert line_errors("Số: 15\n", "gì đó khác") == (0, 0)


def test_a_wrong_mark_on_a_right_word_is_a_tone_error_and_a_wrong_letter_is_not() -> None:
    assert tone_errors("quyền sử dụng đất", "quyển sử dụng đất") == (1, 4)
    assert tone_errors("quyền sử dụng đất", "quyềm sử dụng đất") == (0, 3)


def test_words_that_meet_by_chance_are_not_compared() -> None:
    assert tone_errors("bị cáo", "gì đó bi") == (0, 0)


LETTERS = st.text("aăâbđeê ", max_size=12)


@given(LETTERS, LETTERS)
def test_the_nearest_part_is_the_best_of_all_parts(needle: str, hay: str) -> None:
    parts = {hay[start:end] for start in range(len(hay) + 1) for end in range(start, len(hay) + 1)}
    assert nearest_distance(needle, hay) == min(Levenshtein.distance(needle, part) for part in parts)
