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
               another's place that page, ``supersedes``
``duplicate``  ``origin``, ``sha256``, ``page``: the same bytes were given again; the page is the first one's
``quarantine`` ``origin``, ``sheet``, ``sha256`` and ``stored`` (null where nothing could be read), ``code``, ``params``
``taken``      ``source_key``, ``source``, ``sheets``, ``by`` (missing in older ones): a source was taken to its end,
               and so many sheets found in it; ``waits`` is the code of the problem that must be settled before it is
               made a document. Of a stack that covers part, each document has one; that of its own key comes last
``cover-problem``
               ``code``, ``page``, ``sheet``, ``params``: what covers leave for a person to settle
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
from scanner.batch import BatchState, Document, Problem, Quarantined, Taken
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
    if "supersedes" in data:
        _flag(state, {data["supersedes"]}, Flag.SUPERSEDED)
    elif "after" in data and data["source_key"] not in state.expected:
        state.inserted += 1


def _put(state: BatchState, page: str, after: str | None, *, last: bool = False) -> None:
    """Give a page its place among those of its document: behind ``after``, first, or last."""
    order = state.order.setdefault(split_page(page)[0], [])
    if page in order:
        order.remove(page)
    order.insert(len(order) if last else order.index(after) + 1 if after is not None else 0, page)


def _flag(state: BatchState, pages: set[str], flag: Flag) -> None:
    if not pages <= set(state.sheets):
        raise KeyError("pages")
    state.pages = [replace(page, flags=page.flags | {flag}) if page.id in pages else page for page in state.pages]


def _moved(state: BatchState, data: dict[str, Any]) -> None:
    if data["page"] not in state.sheets:
        raise KeyError("page")
    _put(state, data["page"], data["after"])


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
    params = {**data["params"], "page": data["page"], "sheet": int(data["sheet"])}
    problem = Problem(data["code"], params)
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
    "expected": _expected,
    "device": _device,
    "removed": _removed,
    "moved": _moved,
    "marked": _marked,
    "closed": _closed,
    "reopened": _reopened,
}
"""What each type of entry does to the state."""
