"""The pages of a stack in the order in which covers look at them.

That is the order in which they were fed, whatever replaced them since. A page that a person put in or gave another
place stands behind the page that it was put behind, behind the covers of its document where it was put in front of all.
What a person took out or moved to another document keeps its place as *gone*: covers may have counted it. What was fed
again, and covers that were taken out, have none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from core.ids import split_page
from core.model import Flag, PageImage
from scanner.batch import BatchState, counts


def feed_order(state: BatchState, documents: Iterable[str]) -> list[PageImage]:
    """The pages that ``documents`` hold or held, see the text of this module."""
    own = set(documents)
    seen = [page for page in state.pages if split_page(page.id)[0] in own and _has_place(state, page)]
    known = {page.id: page for page in seen}
    behind: dict[str, list[PageImage]] = defaultdict(list)
    before: dict[str, list[PageImage]] = defaultdict(list)
    for document in own:
        _attach(state, [known[name] for name in state.order.get(document, []) if name in known], before, behind)
    fed = [page for page in seen if page.id not in state.placed]
    fed.sort(key=lambda page: (state.sheets[page.id], state.fed_as[page.id]))
    return [it for page in fed for it in (*before[page.id], page, *behind[page.id])]


def backs(state: BatchState, pages: Sequence[PageImage]) -> Iterator[bool]:
    """Of each page, whether another side of its sheet was fed before it."""
    fronts: dict[int, int] = {}
    for page in pages:
        sheet, place = state.sheets[page.id], state.fed_as[page.id]
        fronts[sheet] = min(place, fronts.get(sheet, place))
    return (state.fed_as[page.id] != fronts[state.sheets[page.id]] for page in pages)


def _has_place(state: BatchState, page: PageImage) -> bool:
    if counts(page):
        return True
    again = page.id in state.given_back or Flag.SUPERSEDED in page.flags
    return not again and page.id not in state.placed and Flag.COVER not in page.flags


def _attach(
    state: BatchState,
    order: Sequence[PageImage],
    before: dict[str, list[PageImage]],
    behind: dict[str, list[PageImage]],
) -> None:
    """Find the fed page of its document that each placed page goes with; a document of placed pages alone has none."""
    fed = [page.id for page in order if page.id not in state.placed]
    if not fed:
        return
    covers = list(takewhile(lambda page: Flag.COVER in page.flags, (it for it in order if it.id not in state.placed)))
    head = covers[-1].id if covers else None
    anchor = head
    for page in order:
        if page.id in state.placed:
            (behind[anchor] if anchor is not None else before[fed[0]]).append(page)
        elif page not in covers:
            anchor = page.id
