"""What the entries of a journal that are about pages, and about what covers make of them, do to the state of a batch.

Their forms are told in :mod:`scanner.replay`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.config import fill
from core.ids import split_page
from core.model import Flag, PageImage
from scanner.batch import BatchState, Taken, stack_of
from scanner.folios.folio import Folio
from scanner.gate.findings import Judgement
from scanner.problem import Problem


def _page(state: BatchState, data: dict[str, Any]) -> None:
    page = fill(PageImage, data["page"], file=state.folder)
    page = replace(page, master=state.folder / page.master)
    sheet = int(data["sheet"])
    state.pages.append(page)
    state.sheets[page.id] = sheet
    state.last_sheet = max(state.last_sheet, sheet)
    if "sides" in data:
        state.sides[sheet] = int(data["sides"])
    state.owed = None if state.owed == sheet else state.owed
    state.first_pages.setdefault(page.sha256, page.id)
    if "moved_from" not in data:  # that takes nothing in
        file = state.files.setdefault((data["source_key"], page.origin, page.sha256), Taken(data["frames"], []))
        file.pages.append(page)
    document, number = split_page(page.id)
    state.last_pages[document] = max(state.last_pages.get(document, 0), number)
    state.waiting.pop(page.origin, None)
    _read_on(state, page.id, data)
    _put(state, page.id, data.get("after"), last="after" not in data)
    if "after" not in data:
        state.fed_in[sheet] = stack_of(data["source_key"])
    _descent(state, page, data)


def _read_on(state: BatchState, page: str, data: dict[str, Any]) -> None:
    """What the gate said of a page, and what was read on it."""
    if "gate" in data:
        state.gate[page] = fill(Judgement, data["gate"], file=state.folder)
    if "folio" in data:
        state.folios[page] = tuple(fill(Folio, one, file=state.folder) for one in data["folio"])
    elif data.get("moved_from") in state.folios:
        state.folios[page] = state.folios[data["moved_from"]]
    if "cover" in data:
        state.covers_read[page] = dict(data["cover"])


def _descent(state: BatchState, page: PageImage, data: dict[str, Any]) -> None:
    """Which page it takes the place of, which side of its sheet it is, and whether a person put it where it is."""
    before: str | None = data.get("supersedes", data.get("moved_from"))
    if "back_of" in data:
        state.back_of[page.id] = data["back_of"]
    elif before is not None and before in state.back_of:
        state.back_of[page.id] = state.back_of[before]
    state.fed_as[page.id] = state.fed_as[before] if before is not None else page.sequence
    if before in state.placed or ("reason" in data and not {"supersedes", "back_of"} & data.keys()):
        state.placed.add(page.id)
    if "supersedes" in data:
        _flag(state, {data["supersedes"]}, Flag.SUPERSEDED)
    elif "moved_from" in data:
        _gone_to(state, data["moved_from"], page.id, by_covers="reason" not in data)
    elif "after" in data and "back_of" not in data and stack_of(data["source_key"]) not in state.expected:
        state.inserted += 1


def _put(state: BatchState, page: str, after: str | None, *, last: bool = False) -> None:
    """Give a page its place among those of its document: behind ``after``, first, or last."""
    order = state.order.setdefault(split_page(page)[0], [])
    if page in order:
        order.remove(page)
    order.insert(len(order) if last else order.index(after) + 1 if after is not None else 0, page)


def _gone_to(state: BatchState, before: str, page: str, *, by_covers: bool) -> None:
    """``before`` stands in another document now, as ``page``."""
    _flag(state, {before}, Flag.REMOVED)
    state.moved_on[before] = page
    if by_covers:
        state.given_back.add(before)
    state.confirmed |= {(page, code) for name, code in state.confirmed if name == before}
    if before in state.restated:
        state.restated = state.restated - {before} | {page}


def _flag(state: BatchState, pages: set[str], flag: Flag) -> None:
    if not pages <= set(state.sheets):
        raise KeyError("pages")
    state.pages = [replace(page, flags=page.flags | {flag}) if page.id in pages else page for page in state.pages]


def _moved(state: BatchState, data: dict[str, Any]) -> None:
    if data["page"] not in state.sheets:
        raise KeyError("page")
    state.placed.add(data["page"])
    _put(state, data["page"], data["after"])


def _side(state: BatchState, data: dict[str, Any]) -> None:
    page, cover = data["page"], data["cover"]
    _flag(state, {page}, Flag.COVER)
    state.covers_read.pop(page, None)
    if cover is None:
        state.pages = [replace(it, flags=it.flags - {Flag.COVER}) if it.id == page else it for it in state.pages]
    elif cover:
        state.covers_read[page] = dict(cover)
    if "reason" in data or cover:
        state.restated.add(page)


def _confirmed(state: BatchState, data: dict[str, Any]) -> None:
    state.confirmed |= {(data["page"], code) for code in data["codes"]}


def _parted(state: BatchState, data: dict[str, Any]) -> None:
    key = data["source_key"]
    own = {document.id for document in state.documents.values() if stack_of(document.source_key) == key}
    others = [it for it in state.cover_problems if split_page(it.params["page"])[0] not in own]
    state.cover_problems = others
    state.unsettled = {name: code for name, code in state.unsettled.items() if stack_of(name) != key}
    for problem in data["problems"]:
        _cover_problem(state, problem)
    state.unsettled |= data["waits"]
    state.found |= data["sheets"]
    state.restated -= {page for page in state.restated if split_page(page)[0] in own}


def _cover_problem(state: BatchState, data: dict[str, Any]) -> None:
    where = {"page": data["page"], "document_id": split_page(data["page"])[0], "sheet": int(data["sheet"])}
    problem = Problem(data["code"], {**data["params"], **where})
    if problem not in state.cover_problems:
        state.cover_problems.append(problem)


def _removed(state: BatchState, data: dict[str, Any]) -> None:
    gone = set(data["pages"])
    _flag(state, gone, Flag.REMOVED)
    if "sheet" in data:
        state.owed = int(data["sheet"])
        state.given_back |= gone


def _marked(state: BatchState, data: dict[str, Any]) -> None:
    _flag(state, set(data["pages"]), Flag.MARKED)


PAGE_ENTRIES: Mapping[str, Callable[[BatchState, dict[str, Any]], None]] = {
    "page": _page,
    "moved": _moved,
    "removed": _removed,
    "marked": _marked,
    "side": _side,
    "cover-problem": _cover_problem,
    "confirmed": _confirmed,
    "parted": _parted,
}
"""What each type of entry does to the state."""
