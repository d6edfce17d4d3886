"""What the folios of a case file say of its sheets: a gap, a repeat, a wrong order, or nothing.

Only what sure readings on both sides speak for is said: silence costs less than a false alarm.

- *gap* — fewer sheets than numbers between two runs.
- *repeat* — a run begins again with numbers that were there already.
- *order* — a sheet bears the number that is missing elsewhere; *swapped* — sheets bear one another's numbers;
  *behind* — a run comes behind one with higher numbers.
- *reversed* — numbers go down one by one, as where a stack was laid in the wrong way round.

More sheets than numbers is no fault, for blank sheets and inserts often bear none. A run that begins with 1 or 2 is a
new numbering (the page numbers of a document do so), and nothing is said of the place where it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scanner.folios.sequence import Accepted, Run, Unit, course_of

_NEW_NUMBERING = 2
"""The highest number with which one begins; the first sheet may be unread."""
_SWAPPED = 6
"""Sheets among which numbers are looked for that changed places."""
_BACKWARDS = 4
"""Sure readings that must go down one by one."""
_FAR, _SURE_OF_FAR = 10, 4
"""More numbers missing than the first are only believed with so many sure readings on both sides."""


@dataclass(frozen=True, slots=True)
class FolioFinding:
    """The code of a message and what it tells."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FolioCheck:
    """The folios of one case file: the number accepted of each page, by its identifier, and what they say."""

    sheets: int
    """Sheets looked at."""
    read: int
    """Sheets whose folio was read and stands in a run."""
    accepted: dict[str, int]
    findings: tuple[FolioFinding, ...]


def check(case_file: str, sheets: Sequence[Unit], pages: Sequence[Unit]) -> FolioCheck:
    """Check the folios of one case file.

    Args:
        case_file: it is named in what is said.
        sheets: the fronts, in reading order.
        pages: all pages, in reading order; they count where every page bears a number.
    """
    units, course = sheets, course_of(sheets)
    if len(pages) > len(sheets) and (by_page := course_of(pages)).worth > course.worth:
        units, course = pages, by_page
    runs = course.runs
    accepted = {units[one.place].page: one.value for run in runs for one in run.accepted}
    read = len({units[one.place].sheet for run in runs for one in run.accepted})
    told = [*(_reversed(units) or _swapped(units, runs)), *_between(units, runs)]
    found = tuple(FolioFinding(f"scanner.folio-{kind}", {"case_file": case_file, **params}) for kind, params in told)
    return FolioCheck(len({unit.sheet for unit in sheets}), read, accepted, found)


_Told = tuple[str, dict[str, Any]]


def _between(units: Sequence[Unit], runs: Sequence[Run]) -> list[_Told]:
    """What is to be said of each two runs that follow one another."""
    told: list[_Told] = []
    elsewhere = _Elsewhere(_strays(units, runs), frozenset(one.value for run in runs for one in run.sure))
    seen: dict[int, Accepted] = {}
    for before, after in pairwise(runs):
        seen |= {one.value: one for one in before.sure}
        a, b = before.sure[-1], after.sure[0]
        ends = _ends(units, (a.place, a.value), (b.place, b.value))
        missing = (b.value - a.value) - (b.place - a.place)
        if missing > _FAR and min(len(before.sure), len(after.sure)) < _SURE_OF_FAR:
            continue
        if missing > 0:
            told += _gap(ends, missing, b.place - a.place == 1, elsewhere)
        elif b.value <= _NEW_NUMBERING:
            seen = {}
        elif (again := next((one for one in after.sure if one.value in seen), None)) is not None:
            first = seen[again.value]
            params = {"folio": again.value, "sheet": units[first.place].sheet, "next_sheet": units[again.place].sheet}
            told.append(("repeat", params))
        elif b.value < a.value:
            told.append(("behind", {"sheet": ends["next_sheet"], "folio": b.value, "after": a.value}))
    return told


def _ends(units: Sequence[Unit], first: tuple[int, int], last: tuple[int, int]) -> dict[str, int]:
    """Sheets and folios of two units, each given by its place and its number."""
    (place, folio), (next_place, next_folio) = first, last
    sheets = {"sheet": units[place].sheet, "next_sheet": units[next_place].sheet}
    return {**sheets, "folio": folio, "next_folio": next_folio}


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Numbers that sheets surely bear: by themselves, with the sheet, and in runs, whose place is told by itself."""

    strays: dict[int, int]
    in_runs: frozenset[int]


def _gap(ends: dict[str, int], missing: int, adjoin: bool, elsewhere: _Elsewhere) -> list[_Told]:
    """The numbers that are missing, unless sheets elsewhere bear them: those are out of order."""
    lacking = range(ends["folio"] + 1, ends["next_folio"])
    told: list[_Told] = [
        ("order", {"sheet": elsewhere.strays[value], "folio": value, "after": value - 1})
        for value in lacking
        if value in elsewhere.strays
    ]
    absent = [value for value in lacking if value not in elsewhere.strays and value not in elsewhere.in_runs]
    missing -= len(lacking) - len(absent)
    if missing > 0:
        names = {"missing": missing, "numbers": _ranges(absent if adjoin else [])}
        told.append(("gap" if adjoin else "gap-around", {**ends, **names}))
    return told


def _ranges(numbers: Sequence[int]) -> str:
    """``12, 15–17``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)


def _strays(units: Sequence[Unit], runs: Sequence[Run]) -> dict[int, int]:
    """Sheets that surely bear a number which stands in no run, by that number."""
    inside = {one.place for run in runs for one in run.accepted}
    return {unit.sure: unit.sheet for place, unit in enumerate(units) if unit.sure is not None and place not in inside}


def _swapped(units: Sequence[Unit], runs: Sequence[Run]) -> list[_Told]:
    """Sheets within a run that surely bear just one another's numbers."""
    told: list[_Told] = []
    for run in runs:
        done = run.accepted[0].place
        for place in range(run.accepted[0].place, run.accepted[-1].place):
            if place < done or units[place].sure in (None, place + run.offset):
                continue
            for end in range(place + 2, min(place + _SWAPPED, run.accepted[-1].place) + 1):
                numbers = [unit.sure for unit in units[place:end]]
                if None not in numbers and set(numbers) == set(range(place + run.offset, end + run.offset)):
                    names = ", ".join(str(number) for number in numbers)
                    ends = {"sheet": units[place].sheet, "next_sheet": units[end - 1].sheet, "numbers": names}
                    told.append(("swapped", ends))
                    done = end
                    break
    return told


def _reversed(units: Sequence[Unit]) -> list[_Told]:
    """Sheets that surely bear numbers which go down one by one."""
    told: list[_Told] = []
    sure = [(place, unit.sure) for place, unit in enumerate(units) if unit.sure is not None]
    start = 0
    for end in range(1, len(sure) + 1):
        if end < len(sure) and sum(sure[end]) == sum(sure[start]):
            continue
        if end - start >= _BACKWARDS:
            told.append(("reversed", _ends(units, sure[start], sure[end - 1])))
        start = end
    return told
