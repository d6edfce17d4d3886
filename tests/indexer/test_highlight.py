"""Boxes and snippets come from the page's own words."""

from __future__ import annotations

import html
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from core.model import Box, Line, RecognizedPage, Word
from indexer.highlight import hit_boxes, snippet


def page_of(*rows: str) -> RecognizedPage:
    """A page whose words are 10 pixels wide for each letter, rows 20 pixels high."""
    lines = []
    for y, row in enumerate(rows):
        words, x = [], 0
        for text in row.split():
            words.append(Word(text, (x, 20 * y, x + 10 * len(text), 20 * y + 15), 0.9))
            x += 10 * len(text) + 10
        box: Box = (0, 20 * y, x, 20 * y + 15)
        lines.append(Line(tuple(words), box, (0.0, 0.0, float(x), 0.0), "vi"))
    return RecognizedPage(1000, 1000, 0, 0.0, 0.9, "vi", "test", tuple(lines))


def test_exact_word_is_boxed_and_folded_one_spared() -> None:
    page = page_of("bán nhà, bản án")
    assert hit_boxes(page, ["bản"]) == [(90, 0, 120, 15)]
    assert hit_boxes(page, ["ban"]) == [(0, 0, 30, 15), (90, 0, 120, 15)]


def test_folded_word_is_boxed_where_no_exact_one_is() -> None:
    assert hit_boxes(page_of("toa an"), ["tòa"]) == [(0, 0, 30, 15)]
    assert hit_boxes(page_of("Toà án"), ["tòa"]) == [(0, 0, 30, 15)]


def test_phrase_over_two_lines_has_a_box_on_each() -> None:
    page = page_of("quyền sử", "dụng đất")
    assert hit_boxes(page, ["quyền sử dụng"]) == [(0, 0, 80, 15), (0, 20, 40, 35)]
    assert hit_boxes(page, ["sử quyền"]) == []


def test_part_of_a_code_boxes_its_word_once() -> None:
    assert hit_boxes(page_of("số 12/2026/TLST-KDTM"), ["12 2026 tlst kdtm", "kdtm"]) == [(30, 0, 200, 15)]


def test_snippet_shows_where_most_terms_stand_and_escapes() -> None:
    text = "Đất. " + "lời khai của đương sự. " * 30 + "tranh chấp\n<đất> & nhà. " + "phần sau. " * 30
    shown = snippet(text, ["tranh", "chấp", "đất"])
    assert "<mark>tranh</mark> <mark>chấp</mark> &lt;<mark>đất</mark>&gt; &amp; nhà." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(re.sub("<.*?>", "", shown)) < 220


def test_snippet_without_hits_is_the_beginning() -> None:
    assert snippet("Biên bản phiên tòa", ["không"]) == "Biên bản phiên tòa"
    assert snippet("", ["án"]) == ""


@given(st.text(max_size=400), st.lists(st.text(max_size=12), max_size=4), st.integers(20, 200))
def test_snippet_is_part_of_the_text_whatever_is_sought(text: str, terms: list[str], width: int) -> None:
    shown = re.sub("</?mark>", "", snippet(text, terms, width))
    held = html.escape(" ".join(unicodedata.normalize("NFC", text).split()))
    assert shown.removeprefix("…").removesuffix("…") in held or shown in held


@given(
    st.lists(st.sampled_from(["án", "tòa", "đất", "15/DS-ST", "toa", "...", "Hà"]), max_size=12), st.text(max_size=8)
)
def test_boxes_lie_on_the_page(words: list[str], term: str) -> None:
    page = page_of(" ".join(words[:6]), " ".join(words[6:]))
    boxes = hit_boxes(page, [term, *words[:2]])
    assert len(boxes) == len(set(boxes))
    assert all(0 <= x0 < x1 and 0 <= y0 < y1 for x0, y0, x1, y1 in boxes)
