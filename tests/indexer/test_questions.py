"""Asking words leave a question's rows, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import parse
from indexer.questions import telling


def texts(query: str) -> list[str]:
    return [" ".join(word.text for word in row) for row in telling(parse(query).rows)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("Trọng tài viên có quyền từ chối, đúng hay sai?", ["trọng tài viên có quyền từ chối"]),
        ("trong truong hop nao hop dong vo hieu", ["trong", "hop dong vo hieu"]),
        ("Theo quy định của pháp luật, quyền thừa kế là gì", ["quyền thừa kế"]),
        ("đúng hay sai", ["đúng hay sai"]),
        ("quy định mới", ["quy định mới"]),
    ],
)
def test_asking_words_go(query: str, kept: list[str]) -> None:
    assert texts(query) == kept


WORDS = ["đúng", "hay", "sai", "là", "gì", "án", "tòa", "theo", "quy", "định"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_what_is_left_was_typed_in_this_order(words: list[str]) -> None:
    left = " ".join(texts(" ".join(words))).split()
    rest = iter(words)
    assert left
    assert all(word in rest for word in left)
