"""What folios say of the sheets of a case file: faults are named, and doubt is silent."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.folios.findings import FolioCheck, check
from scanner.folios.folio import Folio
from scanner.folios.sequence import Unit

CASE = "TAND-HN.HS.1987.00123"
BOX = (1, 1, 9, 9)


def units(numbers: Sequence[int | None], confidence: float = 0.99) -> list[Unit]:
    """Sheets from 1 on whose corners bear ``numbers``; ``None``: nothing was read."""
    return [
        Unit(sheet, f"t{sheet}", () if number is None else (Folio(number, confidence, BOX),))
        for sheet, number in enumerate(numbers, 1)
    ]


def checked(numbers: Sequence[int | None], confidence: float = 0.99) -> FolioCheck:
    made = units(numbers, confidence)
    return check(CASE, made, made)


def told(numbers: Sequence[int | None], confidence: float = 0.99) -> list[str]:
    return [it.code.removeprefix("scanner.folio-") for it in checked(numbers, confidence).findings]


def test_sheets_numbered_one_by_one_are_read_and_nothing_is_said() -> None:
    result = checked([*range(31, 50)])
    assert (result.sheets, result.read, result.findings) == (19, 19, ())
    assert result.accepted["t1"] == 31


def test_a_missing_sheet_is_named_with_its_neighbours() -> None:
    (gap,) = checked([1, 2, 3, 4, 6, 7, 8]).findings
    assert gap.code == "scanner.folio-gap"
    assert gap.params == {
        "case_file": CASE, "sheet": 4, "folio": 4, "next_sheet": 5, "next_folio": 6, "missing": 1, "numbers": "5",
    }  # fmt: skip


def test_missing_sheets_among_unread_ones_are_counted() -> None:
    (gap,) = checked([1, 2, 3, None, None, 8, 9, 10]).findings
    assert gap.code == "scanner.folio-gap-around" and gap.params["missing"] == 2


def test_a_sheet_scanned_twice_is_a_repeat() -> None:
    (repeat,) = checked([10, 11, 12, 12, 13, 14]).findings
    assert repeat.code == "scanner.folio-repeat"
    assert (repeat.params["folio"], repeat.params["sheet"], repeat.params["next_sheet"]) == (12, 3, 4)


def test_sheets_fed_twice_are_a_repeat() -> None:
    assert told([10, 11, 12, 13, 14, 12, 13, 14, 15, 16]) == ["repeat"]


def test_a_sheet_out_of_its_place_is_no_gap() -> None:
    numbers = [*range(1, 6), 16, *range(6, 16), *range(17, 25)]
    (order,) = checked(numbers).findings
    assert order.code == "scanner.folio-order"
    assert (order.params["sheet"], order.params["folio"], order.params["after"]) == (6, 16, 15)


def test_neighbours_that_changed_places_are_named() -> None:
    (swapped,) = checked([1, 2, 3, 5, 4, 6, 7, 8]).findings
    assert swapped.code == "scanner.folio-swapped"
    assert (swapped.params["sheet"], swapped.params["next_sheet"], swapped.params["numbers"]) == (4, 5, "5, 4")


def test_a_fault_does_not_hide_another() -> None:
    assert told([1, 2, 3, 5, 4, 6, 7, 8, 11, 12, 13, 14]) == ["swapped", "gap"]


def test_parts_that_changed_places_are_out_of_order_but_not_missing() -> None:
    assert "gap" not in told([1, 2, 3, 4, 9, 10, 11, 12, 5, 6, 7, 8, 13, 14, 15])
    assert "behind" in told([1, 2, 3, 4, 9, 10, 11, 12, 5, 6, 7, 8, 13, 14, 15])


def test_a_part_behind_a_later_one_is_out_of_order() -> None:
    assert told([20, 21, 22, 23, 8, 9, 10, 11]) == ["behind"]


def test_a_stack_fed_the_wrong_way_round_is_said_to_be() -> None:
    (backwards,) = checked([9, 8, 7, 6, 5, 4]).findings
    assert backwards.code == "scanner.folio-reversed"
    assert (backwards.params["folio"], backwards.params["next_folio"]) == (9, 4)


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [7],
        [1, 2, 3, None, 5, 6],  # unread
        [1, 2, 3, 44, 5, 6],  # misread once
        [1, 2, 3, 4, None, 5, 6, 7],  # a sheet without a number
        [1, 2, 3, 5],  # only one reading behind the gap
        [2, 3, 4, 1, 2, 3, 4, 5, None, 2, 3],  # page numbers of documents
        [14, 15, 16, 17, 78, 79, 20, 21],  # a hand whose 1 looks like a 7
        [78, 79, 20, 21, 22, 23],
        [11, 12, 13, 14, 15, 76, 77, 78, 79, 20, 21, 22, 23],  # the same hand, for longer
        [97, 98, 99, 10, 11, 12, 13, 104],  # the last figure of three was not seen
        [97, 98, 99, 1, 2, 3],
        [3, 18, 250, 7, 91, 4],  # anything
        [1, 2, 3, 125, 126, 127],  # page numbers of a document in front of folios
    ],
)
def test_doubt_is_silent(numbers: list[int | None]) -> None:
    assert told(numbers) == []


def test_unsure_readings_say_nothing() -> None:
    assert told([1, 2, 3, 4, 6, 7, 8, 9], confidence=0.6) == []


def test_a_sure_neighbour_makes_the_less_likely_reading_the_right_one() -> None:
    made = units([1, 2, 3, None, 5, 6])
    made[3] = Unit(4, "t4", (Folio(9, 0.6, BOX), Folio(4, 0.3, BOX)))
    assert check(CASE, made, made).accepted["t4"] == 4


def test_where_every_page_is_numbered_a_missing_sheet_is_two_numbers() -> None:
    numbers = [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14]
    pages = [Unit(index // 2 + 1, f"t{index}", (Folio(number, 0.99, BOX),)) for index, number in enumerate(numbers)]
    result = check(CASE, pages[::2], pages)
    assert (result.sheets, result.read) == (6, 6)
    assert [it.params["numbers"] for it in result.findings] == ["7–8"]


def test_backs_without_numbers_do_not_count_against_the_fronts() -> None:
    pages = [
        Unit(sheet, f"t{sheet}-{side}", (Folio(sheet + 40, 0.99, BOX),) if side == 0 else ())
        for sheet in range(1, 9)
        for side in (0, 1)
    ]
    result = check(CASE, pages[::2], pages)
    assert (result.read, result.findings) == (8, ())


@given(st.integers(1, 900), st.integers(6, 60), st.floats(0, 0.6), st.integers(0, 2**32))
def test_no_unread_sheet_and_no_lone_misreading_is_ever_a_fault(
    first: int, count: int, unread: float, seed: int
) -> None:
    chance = Random(seed)
    numbers: list[int | None] = [None if chance.random() < unread else first + place for place in range(count)]
    numbers[chance.randrange(count)] = chance.randrange(1, 2000)
    assert told(numbers) == []


@given(st.integers(1, 900), st.integers(3, 30), st.integers(3, 30), st.integers(1, 9))
def test_every_gap_between_sure_neighbours_is_found(first: int, before: int, behind: int, missing: int) -> None:
    start = first + before + missing
    (gap,) = checked([*range(first, first + before), *range(start, start + behind)]).findings
    assert gap.code == "scanner.folio-gap" and gap.params["missing"] == missing
