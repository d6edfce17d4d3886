"""The numbers of a case file's sheets in reading order: where they run on one by one, and where they do not.

A sheet's *offset* is its number less its place. Sheets that are numbered one by one share it, and where a sheet is
missing, repeated or out of its place it changes. The likeliest course of offsets through all readings of all sheets is
found (Viterbi): to go on costs nothing, to change costs :data:`_CHANGE`, a reading that agrees brings what its
confidence is worth, a sure one that does not agree costs a little. So one misread sheet changes nothing, and a run
stands only where several readings agree. A sheet may have no reading, or none that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scanner.folios.folio import Folio

SURE = 0.9
"""Confidence from which a reading may speak for or against something."""
_CHANGE = 6.0
_FLOOR = 0.02
"""A reading as unlikely as that brings nothing."""
_AGAINST = 1.0
_LEAST = 2
"""Sure readings that make a run."""
_RETURN = 4
"""Sure readings that make a run between two of one and the same offset."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sheet (or a page, where pages are numbered) and what its corner may bear."""

    sheet: int
    page: str
    readings: tuple[Folio, ...]

    @property
    def sure(self) -> int | None:
        """The number that it bears almost certainly."""
        best = self.readings[0] if self.readings else None
        return best.value if best is not None and best.confidence >= SURE else None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A number that stands in a run: the place of its unit, and the number."""

    place: int
    value: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Units whose numbers go up one by one with their places."""

    offset: int
    accepted: tuple[Accepted, ...]

    @property
    def sure(self) -> list[Accepted]:
        """Those that may speak for or against something."""
        return [one for one in self.accepted if one.sure]


@dataclass(frozen=True, slots=True)
class Course:
    """The runs of a sequence, and how much speaks for them."""

    runs: tuple[Run, ...]
    worth: float


def course_of(units: Sequence[Unit]) -> Course:
    """The likeliest runs of ``units``; none where the numbers read do not make any."""
    offsets = _offsets(units)
    if not len(offsets):
        return Course((), 0.0)
    path, worth = _viterbi(units, offsets)
    runs = [_run(units, offset, [place for place, _ in group]) for offset, group in _stretches(path)]
    return Course(tuple(_believable([run for run in runs if len(run.sure) >= _LEAST])), worth)


def _offsets(units: Sequence[Unit]) -> NDArray[np.int64]:
    """Offsets that more than one unit speaks for."""
    found: dict[int, int] = {}
    for place, unit in enumerate(units):
        for value in {reading.value for reading in unit.readings}:
            found[value - place] = found.get(value - place, 0) + 1
    return np.asarray(sorted(offset for offset, count in found.items() if count >= _LEAST), np.int64)


def _viterbi(units: Sequence[Unit], offsets: NDArray[np.int64]) -> tuple[list[int], float]:
    """The offset of each unit on the likeliest course, and what speaks for it."""
    index = {int(offset): column for column, offset in enumerate(offsets)}
    worth = np.zeros(len(offsets))
    steps = []
    for place, unit in enumerate(units):
        best = int(worth.argmax())
        changed = worth[best] - _CHANGE > worth
        came = np.where(changed, best, np.arange(len(offsets)))
        worth = np.where(changed, worth[best] - _CHANGE, worth) - (_AGAINST if unit.sure is not None else 0.0)
        for reading in unit.readings:
            column = index.get(reading.value - place)
            if column is not None:
                kept = _AGAINST if reading.value == unit.sure else 0.0
                worth[column] += kept + np.log(max(reading.confidence, _FLOOR) / _FLOOR)
        steps.append(came)
    column = int(worth.argmax())
    total, path = float(worth[column]), []
    for came in reversed(steps):
        path.append(int(offsets[column]))
        column = int(came[column])
    return path[::-1], total


def _stretches(path: Sequence[int]) -> Iterable[tuple[int, list[tuple[int, int]]]]:
    return ((offset, list(group)) for offset, group in groupby(enumerate(path), key=lambda item: item[1]))


def _run(units: Sequence[Unit], offset: int, places: Sequence[int]) -> Run:
    accepted = []
    for place in places:
        wanted = place + offset
        if any(reading.value == wanted for reading in units[place].readings):
            accepted.append(Accepted(place, wanted, units[place].sure == wanted))
    return Run(offset, tuple(accepted))


def _believable(runs: list[Run]) -> list[Run]:
    """Runs without those that are more likely misread in the same way than different; neighbours alike are made one."""
    kept: list[Run] = []
    for number, run in enumerate(runs):
        before = kept[-1] if kept else None
        after = runs[number + 1] if number + 1 < len(runs) else None
        if before is not None and _misread(run, before, after):
            continue
        if before is not None and len(kept) == 1 and _never_carries(before, run):
            before = None
            kept.clear()
        if before is not None and before.offset == run.offset:
            kept[-1] = Run(run.offset, before.accepted + run.accepted)
        else:
            kept.append(run)
    return kept


def _misread(run: Run, before: Run, after: Run | None) -> bool:
    """Whether ``run`` looks like the numbers of ``before`` going on, read wrong.

    It does where it leaves out figures of what is expected; where every number is off by tens, hundreds … and none
    shows that those figures change as they should; or where it is short and the numbers return to what they were.
    """
    if run.offset == before.offset:
        return False
    expected = [(str(one.value), str(one.place + before.offset)) for one in run.sure]
    if all(len(read) != len(whole) and _within(*sorted((read, whole), key=len)) for read, whole in expected):
        return True
    if _never_carries(run, before) and not _never_carries(before, run):
        return True
    returns = after is not None and after.offset == before.offset
    return returns and (_power(run, before) > 1 or len(run.sure) < _RETURN)


def _power(run: Run, other: Run) -> int:
    """The highest power of ten that their offsets differ by a multiple of; 1 where they do not differ."""
    power, differ = 1, run.offset - other.offset
    while differ and differ % (10 * power) == 0:
        power *= 10
    return power


def _never_carries(run: Run, other: Run) -> bool:
    """Whether ``run`` differs from ``other`` by tens, hundreds …, and these figures are the same in all its numbers."""
    power = _power(run, other)
    return power > 1 and len({one.value // power for one in run.sure}) < 2


def _within(few: str, many: str) -> bool:
    """Whether the figures ``few`` stand in ``many`` in this order."""
    rest = iter(many)
    return all(figure in rest for figure in few)
