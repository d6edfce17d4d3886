"""How many sheets of a stack went through the device, and how many of it are held.

A person's count speaks of the paper in the tray, so scanning goes on until as many sheets were *fed*. One that a person
put in by hand meanwhile may be of those counted or not, and nobody can know until the tray is empty: then it may stand
for one that is missing, and where all came the count is one short, which keeps the batch open. One that a person took
out was fed all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.ids import split_page
from core.model import Flag
from scanner.stacks import Parting


@dataclass(frozen=True, slots=True)
class Tally:
    """Sheets of a stack, covers and patch sheets apart."""

    fed: int
    """That the device fed and need not feed again, those among them that a person took out since."""
    covers: int
    """Cover and patch sheets that went through."""
    put_in: int
    """That a person put in and that count."""
    taken_out: int
    """That were fed and of which no page counts any more."""


def tally(parting: Parting) -> Tally:
    """Count the stack as its batch holds it now."""
    state = parting.state
    own = {document.id for document in parting.documents}
    kept = [it for it in state.pages if split_page(it.id)[0] in own and it.id not in state.given_back]
    through = {state.sheets[page.id] for page in kept if state.fed_in.get(state.sheets[page.id]) == parting.key}
    live = {state.sheets[page.id] for page in parting.live()}
    gone = through - live
    of_live = {state.sheets[page.id] for page in parting.live() if Flag.COVER in page.flags}
    covers = of_live | {state.sheets[page.id] for page in kept if Flag.COVER in page.flags} & gone
    return Tally(len(through - covers), len(covers & through), len(live - through - covers), len(gone - covers))
