"""Covers part a stack: every page in one place, in order; whatever is odd is said, and what is unsure waits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.covers.parts import FedPage, Part, Split, Stack
from scanner.covers.payload import CoverPayload, Fault, new_cover
from scanner.covers.reading import NOTHING, CoverReading, Found
from scanner.covers.splitting import split

PATCH = CoverReading(Found.PATCH_T)
TORN = CoverReading(Found.UNREADABLE, fault="code")
FILE = "TAND-HN.HS.1987.00123"
OTHER = "TAND-HN.HS.1987.00124"


def cover(case_file: str = FILE, document: int | None = None, sheets: int | None = None) -> CoverPayload:
    return new_cover(case_file, document=document, sheets=sheets)


def stack(*sides: CoverPayload | CoverReading | str, duplex: bool = False) -> list[FedPage]:
    """Pages in feed order: a payload is a cover, ``"x"`` a page with writing, ``" "`` a blank one."""
    pages = []
    for index, side in enumerate(sides):
        reading = CoverReading(Found.COVER, side) if isinstance(side, CoverPayload) else NOTHING
        reading = side if isinstance(side, CoverReading) else reading
        sheet, back = (index // 2 + 1, index % 2 == 1) if duplex else (index + 1, False)
        pages.append(FedPage(f"p{index + 1}", sheet, reading, back, blank=side == " "))
    return pages


def codes(result: Split) -> list[str]:
    return [problem.code.removeprefix("scanner.cover-") for problem in result.problems]


def names(part: Part) -> str:
    return " ".join(page.page for page in part.pages)


def test_a_mixed_stack_is_parted_by_case_files_and_documents() -> None:
    sides = [cover(), cover(document=1), "x", "x", cover(document=2), "x", cover(OTHER), "x"]
    result = split(stack(*sides), Stack())
    assert codes(result) == []
    assert [(part.case_file, part.document, names(part)) for part in result.parts] == [
        (FILE, None, ""),
        (FILE, 1, "p3 p4"),
        (FILE, 2, "p6"),
        (OTHER, None, "p8"),
    ]
    assert all(part.waits is None for part in result.parts)


def test_without_covers_all_is_of_the_batch_and_patches_part_it() -> None:
    result = split(stack("x", "x", PATCH, "x", PATCH, PATCH, "x", PATCH), Stack(case_file=FILE))
    assert [names(part) for part in result.parts] == ["p1 p2", "p4", "p7", ""]
    assert {part.case_file for part in result.parts} == {FILE} and not result.problems


def test_pages_before_the_first_cover_wait() -> None:
    result = split(stack("x", "x", cover(), "x"), Stack(case_file=FILE))
    assert codes(result) == ["orphans"]
    assert (result.parts[0].case_file, result.parts[0].waits) == (None, "scanner.cover-orphans")
    assert result.parts[1].waits is None


def test_the_same_cover_twice_in_a_row_is_one() -> None:
    twice = cover()
    result = split(stack(twice, twice, "x"), Stack())
    assert codes(result) == ["repeated"]
    assert [(len(part.separators), names(part)) for part in result.parts] == [(2, "p3")]


def test_the_same_cover_later_was_used_and_waits() -> None:
    twice = cover()
    result = split(stack(twice, "x", twice, "x"), Stack())
    assert codes(result) == ["used"]
    assert [part.waits for part in result.parts] == [None, "scanner.cover-used"]


def test_the_same_cover_behind_a_patch_was_used_too() -> None:
    twice = cover()
    assert codes(split(stack(twice, "x", PATCH, twice, "x"), Stack())) == ["used"]


def test_a_print_of_another_batch_was_used() -> None:
    print_of_old = cover()
    result = split(stack(print_of_old, "x"), Stack(used=frozenset({print_of_old.print_id})))
    assert result.parts[0].waits == "scanner.cover-used"


def test_a_cover_upside_down_counts_and_is_said() -> None:
    pages = stack(cover(), "x")
    pages[0] = replace(pages[0], reading=replace(pages[0].reading, turn=180))
    result = split(pages, Stack())
    assert codes(result) == ["upside-down"] and result.parts[0].waits is None


def test_blank_backs_belong_to_the_cover() -> None:
    result = split(stack(cover(sheets=1), " ", "x", " ", PATCH, " ", "x", "x", duplex=True), Stack())
    assert [names(part) for part in result.parts] == ["p3 p4", "p7 p8"]
    assert codes(result) == ["declared"]
    assert result.problems[0].params["found"] == 2


def test_a_written_back_of_a_cover_is_kept_as_a_page() -> None:
    result = split(stack(cover(sheets=1), "x", "x", "x", duplex=True), Stack())
    assert codes(result) == ["written-on"]
    assert names(result.parts[0]) == "p2 p3 p4"


def test_a_cover_face_down_takes_its_blank_front() -> None:
    result = split(stack(cover(), " ", "x", "x", " ", cover(OTHER), "x", "x", duplex=True), Stack())
    assert codes(result) == ["face-down"]
    assert [names(part) for part in result.parts] == ["p3 p4", "p7 p8"]
    assert [side.page for side in result.parts[1].separators] == ["p5", "p6"]


def test_a_cover_on_the_back_of_a_page_is_said() -> None:
    result = split(stack(cover(sheets=1), " ", "x", cover(OTHER), "x", "x", duplex=True), Stack())
    assert codes(result) == ["on-back"]
    assert [names(part) for part in result.parts] == ["p3", "p5 p6"]


def test_two_covers_back_to_back_make_the_pages_wait() -> None:
    result = split(stack(cover(), cover(OTHER), "x", "x", duplex=True), Stack())
    assert codes(result) == ["back-to-back"]
    assert {part.waits for part in result.parts} == {"scanner.cover-back-to-back"}


def test_an_unreadable_cover_is_never_merged_and_its_pages_wait() -> None:
    result = split(stack(cover(sheets=1), "x", TORN, "x", PATCH, "x", cover(OTHER), "x"), Stack())
    assert codes(result) == ["unreadable"]
    assert [(part.case_file, part.waits, names(part)) for part in result.parts] == [
        (FILE, None, "p2"),
        (None, "scanner.cover-unreadable", "p4"),
        (None, "scanner.cover-unreadable", "p6"),
        (OTHER, None, "p8"),
    ]


def test_a_cover_of_a_newer_version_says_so() -> None:
    assert codes(split(stack(CoverReading(Found.UNREADABLE, fault=Fault.VERSION), "x"), Stack())) == ["newer"]


@pytest.mark.parametrize("ends", [[cover(OTHER), "x"], [cover(document=2), "x"], []])
def test_a_cover_with_nothing_under_it_is_said(ends: list[CoverPayload | str]) -> None:
    result = split(stack(cover(document=1), *ends), Stack())
    assert codes(result) == ["empty"] and result.problems[0].sheet == 1


def test_a_cover_of_another_court_or_fonds_waits() -> None:
    sides = [cover("TAND-SG.HS.1987.00001"), "x", cover("TAND-HN.DS.1987.1"), "x", cover(), "x"]
    pages = stack(*sides)
    waits = [part.waits for part in split(pages, Stack(court="TAND-HN", fonds="TAND-HN.HS")).parts]
    assert waits == ["scanner.cover-elsewhere", "scanner.cover-elsewhere", None]
    assert [part.waits is None for part in split(pages, Stack(court="TAND-HN")).parts] == [False, True, True]


def test_a_second_cover_of_a_document_waits() -> None:
    result = split(stack(cover(document=3), "x", cover(document=3), "x"), Stack())
    assert codes(result) == ["document-again"] and result.parts[1].waits


def test_sheets_of_a_document_are_counted_to_the_next_separator() -> None:
    sides = [cover(document=1, sheets=2), "x", "x", PATCH, "x", cover(document=2, sheets=2), "x"]
    (problem,) = split(stack(*sides), Stack()).problems
    assert (problem.code, problem.sheet) == ("scanner.cover-declared", 6)
    assert (problem.params["declared"], problem.params["found"]) == (2, 1)


def test_sheets_of_a_whole_case_file_are_counted_through_its_documents() -> None:
    right = [cover(sheets=4), cover(document=1), "x", "x", PATCH, "x", cover(document=2), "x", cover(OTHER), "x"]
    assert codes(split(stack(*right), Stack())) == []
    lost = [cover(sheets=4), "x", "x", TORN, "x", "x"]
    assert codes(split(stack(*lost), Stack())) == ["unreadable", "declared"]


def test_every_problem_has_its_text_in_both_languages() -> None:
    old = cover(document=1, sheets=7)
    upside_down = CoverReading(Found.COVER, cover("TAND-SG.HS.1987.00001"), 180)
    simple = ["x", old, "x", old, "x", old, old, upside_down, "x", cover(document=1), TORN, "x"]
    double = [cover(), "x", "x", cover(OTHER), " ", cover(OTHER), cover(), cover(OTHER), "x", "x"]
    newer = [CoverReading(Found.UNREADABLE, fault=Fault.VERSION), "x"]
    court = Stack(court="TAND-HN")
    found = [split(stack(*simple), court), split(stack(*double, duplex=True), court), split(stack(*newer), court)]
    problems = [problem for result in found for problem in result.problems]
    assert len({problem.code for problem in problems}) == 14
    for problem in problems:
        for lang in ("vi", "en"):
            assert str(problem.sheet) in problem.message(lang) and problem.remedy(lang)


PRINTS = [cover(name, *rest) for name in (FILE, OTHER, "TAND-SG.1.1") for rest in ((None, 3), (1, 1))]
SIDES = st.sampled_from(["x", "x", "x", " ", " ", PATCH, TORN, *PRINTS])


@given(st.lists(SIDES, max_size=24), st.booleans(), st.sampled_from([None, FILE]), st.booleans())
def test_every_page_is_in_exactly_one_place_in_feed_order(
    sides: list[CoverPayload | CoverReading | str], duplex: bool, case_file: str | None, strict: bool
) -> None:
    pages = stack(*sides, duplex=duplex)
    used = frozenset({PRINTS[0].print_id}) if strict else frozenset[str]()
    result = split(pages, Stack(case_file, "TAND-HN" if strict else None, None, used))
    assert [page for part in result.parts for page in (*part.separators, *part.pages)] == pages
    assert all(page.separates or page.blank for part in result.parts for page in part.separators)
    assert not any(page.separates for part in result.parts for page in part.pages)
    said = {problem.code for problem in result.problems}
    assert {part.waits for part in result.parts if part.waits} <= said
    assert all(part.case_file or part.waits for part in result.parts)
    assert split(pages, Stack(case_file, "TAND-HN" if strict else None, None, used)) == result


@given(st.lists(SIDES, max_size=24), st.booleans())
def test_pages_after_an_unreadable_cover_wait_until_the_next_readable_one(
    sides: list[CoverPayload | CoverReading | str], duplex: bool
) -> None:
    pages = stack(*sides, duplex=duplex)
    part_of = {page.page: part for part in split(pages, Stack(FILE)).parts for page in part.pages}
    torn = False
    for page in pages:
        if page.reading.found in (Found.COVER, Found.UNREADABLE):
            torn = page.reading.found is Found.UNREADABLE
        elif torn and page.page in part_of:
            assert part_of[page.page].waits and part_of[page.page].case_file is None
