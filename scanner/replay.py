"""From the entries of a journal to the state of its batch.

Entries of the journal (all paths relative to the batch folder, all text NFC):

=============  =======================================================================================================
``declared``   ``sheets``, ``by``: a person's count of the paper; the last one holds
``document``   ``id``, ``case_file``, ``profile``, ``label``, ``source``, ``source_key``; before its first page
``page``       ``page`` (the fields of :class:`core.model.PageImage`), ``document``, ``sheet`` (from 1 in the batch),
               ``source_key``, ``frames`` (pages of its file), of a scanned sheet its ``sides`` and what the
               ``gate`` says (the fields of :class:`scanner.gate.findings.Judgement`), of a side that separates its
               ``cover`` (``found``, ``text`` of the payload or null, ``turn``, ``fault``); of one that a person put in
               ``after`` (the page before it in its document, or null), ``by`` and ``reason``, and where it takes
               another's place that page, ``supersedes``; where it is a page that stood in another document, that one,
               ``moved_from``, with ``by`` and ``reason`` only where a person moved it rather than covers
``duplicate``  ``origin``, ``sha256``, ``page``: the same bytes were given again; the page is the first one's
``quarantine`` ``origin``, ``sheet``, ``sha256`` and ``stored`` (null where nothing could be read), ``code``, ``params``
``taken``      ``source_key``, ``source``, ``sheets``: a source was taken to its end, and so many sheets found in it;
               ``waits`` is the code of the problem that must be settled before it is made a document. Of a stack
               that covers part, each document has one; that of the stack's own key comes last
``cover-problem``
               ``code``, ``page``, ``sheet``, ``params``: what covers leave for a person to settle
``side``       ``page``, ``cover`` (as in ``page``; empty for the blank side of a cover, null for a page of a document),
               and where a person says so ``by`` and ``reason``: what the side is, whatever was read on it
``confirmed``  ``page``, ``codes`` (of problems of covers), ``by``, ``reason``: all is right as it lies
``parted``     ``source_key`` (of a stack), ``sheets`` (by source key, as in ``taken``), ``waits`` (code by source key),
               ``problems`` (the fields of ``cover-problem``), ``by``, ``reason``: the stack was parted anew, and what
               was noted of these before holds no more
``expected``   ``source_key``, ``sheets``, ``by``: a person's count of a stack that is scanned; the last one holds
``device``     ``source_key``, ``case_file`` (of the stack), ``device``, ``model``, ``compromises`` (setting, wanted,
               used), ``by``
``removed``    ``pages`` (identifiers), ``reason``, ``by``, and ``sheet`` where it is to be fed again under its number:
               they count no more; their masters stay
``moved``      ``page``, ``after`` (the page before it in its document, or null), ``reason``, ``by``
``marked``     ``pages``, ``by``: somebody shall look at them
``closed``     ``by``, ``reason`` (null where it added up), ``problems``
``reopened``   ``by``, ``reason``
=============  =======================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.config import fill
from core.errors import BadInputError, IntegrityError, UsageError
from core.files import locked
from core.ids import split_page
from core.model import Flag, PageImage
from scanner.batch import BatchState, Document, Problem, Quarantined, Taken, stack_of
from scanner.gate.findings import Judgement
from scanner.journal import Entry, Journal


def replay(folder: Path) -> BatchState:
    """The state of the batch in ``folder``, from its journal alone.

    Raises:
        IntegrityError: the journal is damaged.
        BadInputError: it cannot be read.
    """
    return replayed(Journal(folder), folder)


def replayed(journal: Journal, folder: Path) -> BatchState:
    """The state that an open journal tells of."""
    state = BatchState(folder)
    for entry in journal.entries:
        apply(state, entry)
    return state


@contextmanager
def opened(folder: Path, lock: Path) -> Iterator[tuple[Journal, BatchState]]:
    """The journal of a batch and its state, which nobody else changes meanwhile.

    Raises:
        MissingToolError: another command works on the batch.
        IntegrityError: the journal is damaged.
    """
    with locked(lock, wait=False):
        journal = Journal(folder)
        yield journal, replayed(journal, folder)


def note(journal: Journal, state: BatchState, items: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Journal entries of ``(type, data)`` and take them into account.

    Raises:
        As :meth:`scanner.journal.Journal.append`.
    """
    for entry in journal.append(items):
        apply(state, entry)


def apply(state: BatchState, entry: Entry) -> None:
    """Take one more entry into account.

    Raises:
        IntegrityError: an entry of unknown type or without a field that it must have.
    """
    try:
        REPLAY[entry.type](state, entry.data)
    except (KeyError, TypeError, ValueError, BadInputError, UsageError) as err:
        raise IntegrityError(
            "scanner.journal-unknown", file=state.folder / "journal.jsonl", line=entry.seq, type=entry.type
        ) from err


def _declared(state: BatchState, data: dict[str, Any]) -> None:
    state.stated = int(data["sheets"])


def _document(state: BatchState, data: dict[str, Any]) -> None:
    document = Document(**data)
    state.documents[document.id] = document
    state.by_source[document.source_key] = document.id


def _page(state: BatchState, data: dict[str, Any]) -> None:
    page = fill(PageImage, data["page"], file=state.folder)
    page = replace(page, master=state.folder / page.master)
    state.pages.append(page)
    state.sheets[page.id] = int(data["sheet"])
    state.last_sheet = max(state.last_sheet, int(data["sheet"]))
    if "sides" in data:
        state.sides[int(data["sheet"])] = int(data["sides"])
    state.owed = None if state.owed == int(data["sheet"]) else state.owed
    state.first_pages.setdefault(page.sha256, page.id)
    if "moved_from" not in data:  # that takes nothing in
        file = state.files.setdefault((data["source_key"], page.origin, page.sha256), Taken(data["frames"], []))
        file.pages.append(page)
    document, number = split_page(page.id)
    state.last_pages[document] = max(state.last_pages.get(document, 0), number)
    state.waiting.pop(page.origin, None)
    if "gate" in data:
        state.gate[page.id] = fill(Judgement, data["gate"], file=state.folder)
    if "cover" in data:
        state.covers_read[page.id] = dict(data["cover"])
    _put(state, page.id, data.get("after"), last="after" not in data)
    before = data.get("supersedes", data.get("moved_from"))
    state.fed_as[page.id] = state.fed_as[before] if before is not None else page.sequence
    if before in state.placed or ("reason" in data and "supersedes" not in data):
        state.placed.add(page.id)
    if "after" not in data:
        state.fed_in[int(data["sheet"])] = stack_of(data["source_key"])
    if "supersedes" in data:
        _flag(state, {data["supersedes"]}, Flag.SUPERSEDED)
    elif "moved_from" in data:
        _gone_to(state, data["moved_from"], page.id, by_covers="reason" not in data)
    elif "after" in data and stack_of(data["source_key"]) not in state.expected:
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


def _duplicate(state: BatchState, data: dict[str, Any]) -> None:
    state.duplicates.add((data["origin"], data["sha256"]))
    state.waiting.pop(data["origin"], None)


def _quarantine(state: BatchState, data: dict[str, Any]) -> None:
    stored = state.folder / data["stored"] if data["stored"] is not None else None
    reason = Problem(data["code"], data["params"])
    state.waiting[data["origin"]] = Quarantined(data["origin"], data["sheet"], data["sha256"], stored, reason)
    state.last_sheet = max(state.last_sheet, data["sheet"])


def _taken(state: BatchState, data: dict[str, Any]) -> None:
    state.found[data["source_key"]] = int(data["sheets"])
    if "waits" in data:
        state.unsettled[data["source_key"]] = data["waits"]


def _cover_problem(state: BatchState, data: dict[str, Any]) -> None:
    where = {"page": data["page"], "document_id": split_page(data["page"])[0], "sheet": int(data["sheet"])}
    problem = Problem(data["code"], {**data["params"], **where})
    if problem not in state.cover_problems:
        state.cover_problems.append(problem)


def _expected(state: BatchState, data: dict[str, Any]) -> None:
    state.expected[data["source_key"]] = int(data["sheets"])


def _device(state: BatchState, data: dict[str, Any]) -> None:
    """Little to count: it is kept for those who ask later how a page came about."""
    if "case_file" in data:
        state.stacks[data["source_key"]] = data["case_file"]


def _removed(state: BatchState, data: dict[str, Any]) -> None:
    gone = set(data["pages"])
    _flag(state, gone, Flag.REMOVED)
    if "sheet" in data:
        state.owed = int(data["sheet"])
        state.given_back |= gone


def _marked(state: BatchState, data: dict[str, Any]) -> None:
    _flag(state, set(data["pages"]), Flag.MARKED)


def _closed(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "closed"


def _reopened(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "open"


REPLAY: Mapping[str, Callable[[BatchState, dict[str, Any]], None]] = {
    "declared": _declared,
    "document": _document,
    "page": _page,
    "duplicate": _duplicate,
    "quarantine": _quarantine,
    "taken": _taken,
    "cover-problem": _cover_problem,
    "side": _side,
    "confirmed": _confirmed,
    "parted": _parted,
    "expected": _expected,
    "device": _device,
    "removed": _removed,
    "moved": _moved,
    "marked": _marked,
    "closed": _closed,
    "reopened": _reopened,
}
"""What each type of entry does to the state."""
