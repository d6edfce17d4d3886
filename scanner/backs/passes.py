"""A back pass: which sheet each back belongs to, and what of it does not add up.

The stack whose fronts are held is turned over and fed again. Turned as a whole, its last sheet goes first
(``reversed``); turned sheet by sheet, the first does (``same``). The n-th back fed is that of the n-th sheet so
counted, cover sheets included.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.model import Flag, PageImage
from scanner.folios.sequence import SURE

if TYPE_CHECKING:
    from scanner.batch import BatchState

_OFF = 0.05
"""Share by which the sides of one sheet may differ in size."""
_LEAST_FOLIOS = 3
_MM = 25.4


class BackOrder(StrEnum):
    """Which sheet's back is fed first: the last one's or the first one's."""

    REVERSED = "reversed"
    SAME = "same"

    @property
    def other(self) -> BackOrder:
        """The other one."""
        return BackOrder.SAME if self is BackOrder.REVERSED else BackOrder.REVERSED


@dataclass(frozen=True, slots=True)
class BackPass:
    """The backs of one stack; ``sheets`` are its numbers in the batch, in the order in which the paper lies."""

    order: BackOrder
    sheets: tuple[int, ...]
    ended: bool = False

    def plan(self, order: BackOrder | None = None) -> tuple[int, ...]:
        """Sheets in the order in which their backs are fed."""
        return self.sheets if (order or self.order) is BackOrder.SAME else self.sheets[::-1]


def fronts_of(state: BatchState, sheets: Sequence[int]) -> dict[int, PageImage]:
    """The front of each sheet: the page that counts, or the last that did."""
    found: dict[int, PageImage] = {}
    wanted = set(sheets)
    for page in state.pages:
        if state.sheets[page.id] in wanted and page.id not in state.back_of:
            known = found.get(state.sheets[page.id])
            if known is None or is_live(page) or not is_live(known):
                found[state.sheets[page.id]] = page
    return found


def backs_of(state: BatchState, held: BackPass) -> dict[int, PageImage]:
    """The back of each sheet that has one."""
    return {state.sheets[page.id]: page for page in live_backs(state, held)}


def live_backs(state: BatchState, held: BackPass) -> list[PageImage]:
    """All backs of the sheets: two of a sheet where joining them in another order was cut off."""
    wanted = set(held.sheets)
    backs = (page for page in state.pages if page.id in state.back_of and is_live(page))
    return [page for page in backs if state.sheets[page.id] in wanted]


def reached(state: BatchState, held: BackPass) -> int:
    """How many sheets have gone through, the first of :meth:`BackPass.plan`. One whose back a person took out since is
    among them, unless it was the last: that is fed again."""
    backs = backs_of(state, held)
    return max((place for place, sheet in enumerate(held.plan(), 1) if sheet in backs), default=0)


def beyond(state: BatchState, held: BackPass) -> list[PageImage]:
    """Pictures that came when every sheet had its back already: sheets between those of this pass and of the next."""
    last = max(held.sheets, default=0)
    later = [sheet for other in state.backs.values() if (sheet := max(other.sheets, default=0)) > last]
    extra = (page for page in state.pages if page.id in state.back_of and state.back_of[page.id] is None)
    return [page for page in extra if is_live(page) and last < state.sheets[page.id] < min(later, default=sys.maxsize)]


def is_live(page: PageImage) -> bool:
    """Whether it stands for its side of a sheet."""
    return not page.flags & {Flag.SUPERSEDED, Flag.REMOVED}


def doubts(state: BatchState) -> Iterator[tuple[str, dict[str, Any]]]:
    """Codes and parameters of what does not add up in the back passes of a batch."""
    for held in state.backs.values():
        extra = beyond(state, held)
        fed = reached(state, held) + len(extra)
        counts = {"batch": state.batch, "fronts": len(held.sheets), "backs": fed}
        if extra:
            yield "scanner.backs-too-many", counts
        elif not held.ended or not backs_of(state, held):
            yield "scanner.backs-unfinished", counts
        elif _fits(state, held, held.order.other) > _fits(state, held, held.order):
            yield "scanner.backs-order", {"batch": state.batch, "order": held.order.other.value}
        if held.ended and _are_fronts(state, held):
            yield "scanner.backs-are-fronts", {"batch": state.batch}


def _fits(state: BatchState, held: BackPass, order: BackOrder) -> int:
    """Minus the number of sheets whose sides cannot belong together if they were fed in ``order``.

    Two sides of a sheet are of one size, and behind a cover sheet there is nothing.
    """
    fronts, backs = fronts_of(state, held.sheets), backs_of(state, held)
    amiss = 0
    for was, would_be in zip(held.plan(), held.plan(order), strict=True):
        front, back = fronts.get(would_be), backs.get(was)
        if front is not None and back is not None:
            written = Flag.COVER in front.flags and Flag.BLANK not in back.flags
            amiss += written or _differ(front, back)
    return -amiss


def _differ(one: PageImage, other: PageImage) -> bool:
    sizes = [(page.width / page.dpi * _MM, page.height / page.dpi * _MM) for page in (one, other)]
    return any(abs(a - b) > _OFF * max(a, b) for a, b in zip(*sizes, strict=True))


def _are_fronts(state: BatchState, held: BackPass) -> bool:
    """Whether the backs bear the folios of the fronts: the stack was not turned over."""
    fronts = _sure_folios(state, fronts_of(state, held.sheets).values())
    backs = _sure_folios(state, backs_of(state, held).values())
    same = [number for number in backs if number in fronts]
    return len(same) >= max(_LEAST_FOLIOS, len(backs) / 2)


def _sure_folios(state: BatchState, pages: Iterable[PageImage]) -> list[int]:
    read = (state.folios.get(page.id, ()) for page in pages)
    return [found[0].value for found in read if found and found[0].confidence >= SURE]
