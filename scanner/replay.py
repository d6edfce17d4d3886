"""From the entries of a journal to the state of its batch.

Entries of the journal (all paths relative to the batch folder, all text NFC):

=============  =======================================================================================================
``declared``   ``sheets``, ``by``: a person's count of the paper; the last one holds
``document``   ``id``, ``case_file``, ``profile``, ``label``, ``source``, ``source_key``; before its first page
``page``       ``page`` (the fields of :class:`core.model.PageImage`), ``document``, ``sheet`` (from 1 in the batch),
               ``source_key``, ``frames`` (pages of its file), of a scanned sheet its ``sides`` and what the
               ``gate`` says (the fields of :class:`scanner.gate.findings.Judgement`), of a side that separates its
               ``cover`` (``found``, ``text`` of the payload or null, ``turn``, ``fault``); of one whose corner was
               looked at its ``folio`` (what the corner may bear, the likeliest first, each with the fields of
               :class:`scanner.folios.folio.Folio`; empty where nothing was read); of one that a person put in
               ``after`` (the page before it in its document, or null), ``by`` and ``reason``, and where it takes
               another's place that page, ``supersedes``; where it is a page that stood in another document, or a
               back that was joined to another sheet, that one, ``moved_from``, with ``by`` and ``reason`` only where
               a person moved it rather than covers
``duplicate``  ``origin``, ``sha256``, ``page``: the same bytes were given again; the page is the first one's
``quarantine`` ``origin``, ``sheet``, ``sha256`` and ``stored`` (null where nothing could be read), ``code``, ``params``
``taken``      ``source_key``, ``source``, ``sheets``, ``by`` (missing in older ones): a source was taken to its end,
               and so many sheets found in it; ``waits`` is the code of the problem that must be settled before it is
               made a document. Of a stack that covers part, each document has one; that of its own key comes last
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
``backs``      ``source_key`` (of a stack of fronts), ``order`` (``reversed``, ``same``), ``sheets`` (their numbers),
               ``by``, ``device`` or ``reason``: its backs are fed, or joined to its sheets, in that order. Each is a
               ``page`` with ``back_of`` (its front, or null where every front has one) and ``after``
``backs-taken``
               ``source_key``, ``backs``: so many, and there was no more paper
``backs-removed``
               ``source_key``, ``by``, ``reason``: they were taken out, to be fed again
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

from core.errors import BadInputError, IntegrityError, UsageError
from core.files import locked
from scanner.backs.passes import BackOrder, BackPass
from scanner.batch import BatchState, Document, Quarantined
from scanner.journal import Entry, Journal
from scanner.page_entries import PAGE_ENTRIES
from scanner.problem import Problem


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


def _expected(state: BatchState, data: dict[str, Any]) -> None:
    state.expected[data["source_key"]] = int(data["sheets"])


def _device(state: BatchState, data: dict[str, Any]) -> None:
    """Little to count: it is kept for those who ask later how a page came about."""
    if "case_file" in data:
        state.stacks[data["source_key"]] = data["case_file"]


def _backs(state: BatchState, data: dict[str, Any]) -> None:
    sheets = tuple(int(sheet) for sheet in data["sheets"])
    state.backs[data["source_key"]] = BackPass(BackOrder(data["order"]), sheets)


def _backs_taken(state: BatchState, data: dict[str, Any]) -> None:
    state.backs[data["source_key"]] = replace(state.backs[data["source_key"]], ended=True)


def _backs_removed(state: BatchState, data: dict[str, Any]) -> None:
    del state.backs[data["source_key"]]


def _closed(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "closed"


def _reopened(state: BatchState, data: dict[str, Any]) -> None:
    state.state = "open"


REPLAY: Mapping[str, Callable[[BatchState, dict[str, Any]], None]] = {
    **PAGE_ENTRIES,
    "declared": _declared,
    "document": _document,
    "duplicate": _duplicate,
    "quarantine": _quarantine,
    "taken": _taken,
    "expected": _expected,
    "device": _device,
    "backs": _backs,
    "backs-taken": _backs_taken,
    "backs-removed": _backs_removed,
    "closed": _closed,
    "reopened": _reopened,
}
"""What each type of entry does to the state."""
