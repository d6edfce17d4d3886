"""What was read for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reading.alignment import align_lines
from bench.reading.confusions import (
    Kind,
    by_kind,
    kind_of,
    letter_confusions,
    lost_and_invented,
    tone_confusions,
)
from bench.reading.exchange import Reading
from bench.reading.measure import Result
from bench.reading.pages import Page
from bench.reading.report import errors_report
from bench.textscore import score

TRUTH = "quyền sử dụng đất của hộ gia đình\nông Nguyễn Văn A, sinh năm 1954"
READ = "quyển sử dụng đất của hộ gia dình\nông NguyễnVăn A. sinh năm 1964"


@pytest.mark.parametrize(
    ("truth", "read", "kind"),
    [
        ("ề", "ể", Kind.MARK),
        ("đ", "d", Kind.MARK),
        ("Ề", "ể", Kind.MARK),
        ("v", "V", Kind.CASE),
        ("m", "n", Kind.LETTER),
        ("5", "6", Kind.DIGIT),
        ("O", "0", Kind.DIGIT),
        (",", ".", Kind.SIGN),
        ("l", "|", Kind.SIGN),
        ("", ".", Kind.SIGN),
        (" ", "", Kind.GAP),
        ("", "m", Kind.INVENTED),
        ("m", "", Kind.LOST),
    ],
)
def test_the_sort_of_an_error(truth: str, read: str, kind: Kind) -> None:
    assert kind_of(truth, read) == kind


def test_letters_are_counted_with_the_words_around_their_first_case() -> None:
    found = letter_confusions(align_lines(TRUTH, READ.replace("\n", " ")))
    assert {(it.truth, it.read): it.times for it in found} == {
        ("ề", "ể"): 1,
        ("đ", "d"): 1,
        (" ", ""): 1,
        (",", "."): 1,
        ("5", "6"): 1,
    }
    examples = {it.truth: it.example for it in found}
    assert examples["ề"] == ("quyền", "quyển")
    assert examples["5"] == ("1954", "1964")
    assert by_kind(found) == {Kind.MARK: 2, Kind.GAP: 1, Kind.SIGN: 1, Kind.DIGIT: 1}


def test_the_most_frequent_confusion_comes_first() -> None:
    found = letter_confusions(align_lines("bản án bán bàn bản đã bản", "bán án bán bàn bán đã bán"))
    assert [(it.truth, it.read, it.times) for it in found] == [("ả", "á", 3)]


def test_a_line_that_was_not_found_confuses_nothing() -> None:
    assert letter_confusions(align_lines(TRUTH, "CỘNG HÒA XÃ HỘI")) == []


def test_words_with_wrong_marks_are_counted_over_pages() -> None:
    assert tone_confusions([(TRUTH, READ), (TRUTH, READ)]) == {("quyền", "quyển"): 2, ("đình", "dình"): 2}


def test_lost_and_invented_words_do_not_make_up_for_one_another_across_pages() -> None:
    lost, invented = lost_and_invented([("tòa án tòa", "tòa án"), ("tòa án", "tòa án tòa")])
    assert (dict(lost), dict(invented)) == ({"tòa": 1}, {"tòa": 1})


def test_the_report_shows_confusions_words_and_lost_lines() -> None:
    truth = f"{TRUTH}\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    page = Page("sách/p1", Path(), truth)
    report = errors_report("butluc", [Result(page, Reading(READ), score(truth, READ), 1.0)])
    assert "2 of 3 lines of ten characters or more were found" in report
    assert "| ề | ể | 1 | mark of a letter | quyền | quyển |" in report
    assert "| gap | nothing | 1 | gap between words |" in report
    assert "| quyền | quyển | 1 |" in report
    assert "- sách/p1: CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in report
