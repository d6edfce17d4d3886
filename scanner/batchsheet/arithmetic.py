"""The arithmetic of a batch, row by row: each sheet counts in one row, each picture in one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from core.model import Flag, PageImage
from scanner.batch import BatchState, counts


class SheetState(StrEnum):
    """What became of a sheet that went through."""

    HELD = "held"
    COVER = "cover"
    """Covers and patch sheets."""
    REMOVED = "removed"
    """None of its pages counts any more."""
    WAITING = "waiting"
    """A side of it lies in quarantine."""
    HALF = "half"
    """It was broken off between its sides."""
    LOST = "lost"
    """No picture of it is kept."""


class PictureState(StrEnum):
    """What a picture is there for."""

    PAGE = "page"
    COVER = "cover"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


def sheet_states(state: BatchState) -> dict[int, SheetState]:
    """What became of each sheet, by its number, from 1 without a gap."""
    live = {state.sheets[page.id] for page in state.pages if counts(page)}
    covers = {state.sheets[page.id] for page in state.pages if counts(page) and Flag.COVER in page.flags}
    waiting = {file.sheet for file in state.waiting.values()}
    have = Counter(sheet for page, sheet in state.sheets.items() if page not in state.given_back)
    halves = {sheet for sheet, sides in state.sides.items() if have[sheet] < sides}
    kinds = (
        (live & covers, SheetState.COVER),
        (waiting, SheetState.WAITING),
        (live & halves, SheetState.HALF),
        (live, SheetState.HELD),
        (set(state.sheets.values()), SheetState.REMOVED),
    )
    numbers = range(1, state.last_sheet + 1)
    return {n: next((kind for sheets, kind in kinds if n in sheets), SheetState.LOST) for n in numbers}


def picture_state(page: PageImage, state: BatchState) -> PictureState | None:
    """What a picture is there for; ``None`` where it is another page by now, for which it is counted."""
    if page.id in state.moved_on:
        return None
    if Flag.REMOVED in page.flags:
        return PictureState.REMOVED
    if Flag.SUPERSEDED in page.flags:
        return PictureState.SUPERSEDED
    return PictureState.COVER if Flag.COVER in page.flags else PictureState.PAGE


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Sheets and pictures of a batch.

    ``fed`` is the sum of ``sheets`` and of ``doubled``, the sheets that went through unseen; ``images`` is the sum of
    ``pictures``. ``blank`` and ``rescanned`` are among the sheets held; ``quarantined`` are files.
    """

    declared: int | None
    fed: int
    sheets: dict[SheetState, int]
    doubled: int
    blank: int
    rescanned: int
    images: int
    pictures: dict[PictureState, int]
    quarantined: int


def arithmetic(state: BatchState) -> Arithmetic:
    """Count them; every row is there, those of nothing too."""
    sheets, pictures = Counter(sheet_states(state).values()), Counter(picture_state(it, state) for it in state.pages)
    return Arithmetic(
        state.declared,
        state.fed,
        {kind: sheets[kind] for kind in SheetState},
        state.doubled,
        state.blank,
        state.rescanned,
        len(state.pages) - pictures[None],
        {kind: pictures[kind] for kind in PictureState},
        state.quarantined,
    )
