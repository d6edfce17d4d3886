"""The query language: every text has an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import MAX_CLAUSES, parse
from indexer.syntax import Clause, Group, Stem, Words, wanted_leaves


def held(query: str) -> tuple[Clause, ...]:
    root = parse(query).root
    assert isinstance(root, Group)
    return root.clauses


def word(clause: Clause) -> Words:
    assert isinstance(clause.node, Words)
    return clause.node


def clauses(query: str) -> list[tuple[str, str]]:
    return [(clause.occur.value, word(clause).text) for clause in held(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tranh chấp đất đai", [("should", w) for w in ("tranh", "chấp", "đất", "đai")]),
        ('+bản án -"đình chỉ"', [("must", "bản"), ("should", "án"), ("must-not", "đình chỉ")]),
        ("12/2026/TLST-KDTM", [("should", "12 2026 tlst kdtm")]),
        ("(sau đây gọi là:", [("should", w) for w in ("sau", "đây", "gọi", "là")]),
        ("e-mail", [("should", "e mail")]),
        ("- xét xử", [("should", "xét"), ("should", "xử")]),
        ("án - tòa -đất", [("should", "án"), ("should", "tòa"), ("must-not", "đất")]),
        ("“quyền sử dụng đất”", [("should", "quyền sử dụng đất")]),
        ("--án *", [("should", "án")]),
    ],
)
def test_clauses_of_typical_queries(query: str, expected: list[tuple[str, str]]) -> None:
    assert clauses(query) == expected


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("", "indexer.notice-nothing-to-seek"),
        ('"" - + ( )', "indexer.notice-nothing-to-seek"),
        ('tranh "chấp đất', "indexer.notice-open-quote"),
        ("-án", "indexer.notice-only-excluded"),
        (" ".join(f"w{i}" for i in range(MAX_CLAUSES + 1)), "indexer.notice-shortened"),
        ("án", None),
    ],
)
def test_notice_tells_what_was_not_understood(query: str, notice: str | None) -> None:
    assert parse(query).notice == notice


def test_open_quote_keeps_every_word() -> None:
    assert [text for _, text in clauses('tranh "chấp đất')] == ["tranh", "chấp", "đất"]


def test_old_and_new_tone_placement_are_one_clause() -> None:
    assert len(held("hoà hòa HÒA")) == 1
    assert word(held("thuỷ")[0]).exact == word(held("thủy")[0]).exact
    assert word(held("tòa")[0]).exact != word(held("toa")[0]).exact


@given(st.text())
def test_any_text_is_parsed_within_bounds(query: str) -> None:
    parsed = parse(query)
    leaves = list(wanted_leaves(parsed.root)) if parsed.root else []
    assert len(leaves) <= MAX_CLAUSES
    for leaf in leaves:
        assert leaf.exact
        assert all(leaf.exact)
        assert isinstance(leaf, Stem) or len(leaf.exact) == len(leaf.folded)
    assert (parsed.notice is not None) or parsed.root


@given(st.lists(st.sampled_from(["án", "+tòa", "-đất", '"xét xử"', "15/DS-ST", "(", "*"]), max_size=8))
def test_excluded_clauses_are_never_wanted(words: list[str]) -> None:
    root = parse(" ".join(words)).root
    assert root is None or "đất" not in {leaf.text for leaf in wanted_leaves(root)}
