"""Where a line stands in a text, and which words of a line were read right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bench.reading.alignment import align, align_lines, joined, judged_words
from bench.reading.exchange import ReadLine, ReadWord
from bench.textscore import nearest_distance, nearest_part, plain

LETTERS = st.text("aăâbđeê ", max_size=12)
TRUTH = "TÒA ÁN NHÂN DÂN HUYỆN ĐẮK HÀ\nXét thấy yêu cầu của nguyên đơn là có căn cứ\nBị đơn phải trả 7.340.000 đồng"


def line(*words: tuple[str, float | None]) -> ReadLine:
    return ReadLine(tuple(ReadWord(*word) for word in words))


def sure(text: str, confidence: float | None = 0.9) -> ReadLine:
    return line(*((word, confidence) for word in text.split()))


@given(LETTERS, LETTERS)
def test_the_nearest_part_is_as_near_as_is_said_and_none_is_nearer(needle: str, hay: str) -> None:
    errors, start, end = nearest_part(needle, hay)
    assert 0 <= start <= end <= len(hay)
    assert Levenshtein.distance(needle, hay[start:end]) == errors == nearest_distance(needle, hay)


@given(st.text("aăâbđeê", max_size=8), LETTERS, st.text("cd ", max_size=8))
def test_a_line_that_is_there_is_found_letter_for_letter(before: str, needle: str, after: str) -> None:
    errors, start, end = nearest_part(needle, before + needle + after)
    assert errors == 0
    assert (before + needle + after)[start:end] == needle


def test_a_letter_misread_at_the_edge_belongs_to_the_line() -> None:
    hay = "theo đề nghị cia Tòa án nhân dan. Điều 2"
    errors, start, end = nearest_part("của Tòa án nhân dân", hay)
    assert (errors, hay[start:end]) == (2, "cia Tòa án nhân dan")


def test_lines_are_found_in_any_order_and_a_lost_one_is_not() -> None:
    read = plain("Bị đơn phải trả 7.340.008 đồng\nTOA ÁN NHÂN DÂN HUYỆN ĐẮK HÀ")
    court, reason, money = align_lines(TRUTH, read)
    assert (court.found, court.errors, court.part) == (True, 1, "TOA ÁN NHÂN DÂN HUYỆN ĐẮK HÀ")
    assert not reason.found
    assert (money.found, money.part) == (True, "Bị đơn phải trả 7.340.008 đồng")


def test_cells_of_a_row_that_stand_apart_are_found_each_in_its_place() -> None:
    cells = "Điều chỉnh giấy phép hoạt động khám bệnh", "Trong thời hạn 02 ngày lam việc"
    read = f"{cells[1]} 1.500.000 đồng/lần Mã: 1.012280.H28 {cells[0]}"
    row = f"{cells[0]} {cells[1].replace('lam', 'làm')}"
    pieces = align(row, read)
    assert [(piece.part, piece.errors) for piece in pieces] == [(cells[0], 0), (cells[1], 1)]


def test_a_line_read_badly_is_not_taken_apart() -> None:
    (piece,) = align(
        "Xét thấy yêu cầu của nguyên đơn là có căn cứ", "Xct thấv ycu cẩu cùa nguvên dơn lả cỏ cẫn cử, Bị đơn"
    )
    assert (piece.errors, piece.part) == (11, "Xct thấv ycu cẩu cùa nguvên dơn lả cỏ cẫn cử")


@given(st.text("aăâ ", max_size=40).map(plain), st.text("aăâ ", max_size=40))
def test_pieces_make_up_the_line(line: str, hay: str) -> None:
    pieces = align(line, hay)
    assert " ".join(piece.text for piece in pieces) == line
    assert sum(piece.errors for piece in pieces) <= nearest_distance(line, hay)


def test_lines_too_short_to_be_told_apart_are_left_out() -> None:
    assert align_lines("Số: 15\nTÒA ÁN NHÂN DÂN", "Số: 15 TÒA ÁN NHÂN DÂN")[0].text == "TÒA ÁN NHÂN DÂN"


def test_spans_point_at_the_lines_in_the_joined_text() -> None:
    lines = [sure("“Điều 5”"), sure("khoản  1 …"), sure("a")]
    text, spans = joined(lines)
    assert text == '"Điều 5" khoản 1 ... a'
    assert [text[start:end] for start, end in spans] == ['"Điều 5"', "khoản 1 ...", "a"]


def test_words_are_right_or_wrong_wherever_their_line_was_read() -> None:
    read = [sure("Bị đơn phái trả 7.340.000 đồng"), sure("TÒA ÁN NHÂN DÂN")]
    assert judged_words(read, TRUTH) == [(0.9, word != "phái") for line in read for word in line.text.split()]


def test_an_invented_word_and_a_word_torn_in_two_are_wrong() -> None:
    assert judged_words([line(("Xét", 0.9), ("thấy", 0.8), ("~", 0.2), ("yêu", 0.7))], TRUTH) == [
        (0.9, True),
        (0.8, True),
        (0.2, False),
        (0.7, True),
    ]
    assert [right for _, right in judged_words([sure("ngu yên đơn là có căn cứ")], TRUTH)] == [
        False,
        False,
        *[True] * 5,
    ]


def test_words_of_a_line_over_two_places_of_the_truth_are_right() -> None:
    read = sure("Bị đơn phải trả 7.340.000 đồng TÒA ÁN NHÂN DÂN HUYỆN")
    assert all(right for _, right in judged_words([read], TRUTH))


def test_signs_that_do_not_count_are_neither_right_nor_in_the_way() -> None:
    assert judged_words([line(("\u00ad", 0.3), ("Bị\u00a0đơn", 0.4), ("phải", 0.5))], TRUTH) == [
        (0.3, False),
        (0.4, False),
        (0.5, True),
    ]


def test_words_without_confidence_are_not_judged() -> None:
    assert judged_words([line(("Bị", None), ("đơn", 0.5))], TRUTH) == [(0.5, True)]


def test_nothing_was_printed_and_all_is_wrong() -> None:
    assert judged_words([sure("dấu đỏ")], "") == [(0.9, False), (0.9, False)]
