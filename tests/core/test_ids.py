"""Identifiers from fonds to page: safe as file names, unambiguous, with a suggestion for what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ids
from core.errors import ExitCode, UsageError


def test_document_and_page_identifiers_round_trip() -> None:
    document = ids.document_id("TAND-HN.HS.1987.00123", 7)
    page = ids.page_id(document, 12)
    assert page == "TAND-HN.HS.1987.00123.0000007.p0012"
    assert ids.split_page(page) == (document, 12)
    assert ids.split_document(document) == ("TAND-HN.HS.1987.00123", 7)
    assert [ids.kind_of(x) for x in (page, document, "TAND-HN.HS.1987.00123")] == ["page", "document", "case_file"]


@pytest.mark.parametrize(
    ("case_file", "fonds", "year"),
    [
        ("TAND-HN.HS.1987.00123", "TAND-HN.HS", 1987),
        ("H49.64.33.2001.160", "H49.64.33", 2001),
        ("HS-2024-001", "HS-2024-001", None),
        ("A.B", "A", None),
    ],
)
def test_fonds_and_year_of_a_case_file(case_file: str, fonds: str, year: int | None) -> None:
    assert ids.fonds_of(case_file) == fonds
    assert ids.year_of(case_file) == year
    assert ids.court_of(case_file) == case_file.split(".")[0]


@pytest.mark.parametrize(
    "bad", ["", "../x", "a/b", "12/1987/DS-ST", "a b", "x.0000001", "x.0000001.p0001", "x" * 101, ".a", "a.", "a..b"]
)
def test_unsafe_case_file_is_refused_with_a_suggestion_that_is_taken(bad: str) -> None:
    with pytest.raises(UsageError) as caught:
        ids.check_case_file(bad)
    assert caught.value.exit_code == ExitCode.USAGE
    suggestion = str(caught.value.params["suggestion"])
    assert ids.check_case_file(suggestion) == suggestion


@given(st.text())
def test_what_is_taken_is_always_one_plain_file_name(text: str) -> None:
    try:
        name = ids.check_case_file(text)
    except UsageError:
        return
    assert "/" not in name and "\0" not in name and not name.startswith(".") and ids.kind_of(name) == "case_file"
