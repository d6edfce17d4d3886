"""A stack parted anew, after a person said what one of its sides is, put a page in or took one out.

The same pure :func:`scanner.covers.splitting.split` goes over what the journal holds. A part keeps the document that
holds its first side, as long as that is of the right case file and number; else it gets a new one. A page that goes to
another document is journalled there, with the same master, and counts no more where it stood. The entry ``parted``
comes last: until it is journalled, what waited waits, and the next act goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import ids
from core.config import plain
from core.ids import court_of, fonds_of
from core.model import Flag, PageImage
from scanner.batch import BatchState, Document, counts, stack_of
from scanner.covers.parts import FedPage, Part, Stack
from scanner.feed_order import feed_order
from scanner.journal import Journal
from scanner.replay import note
from scanner.stacks import Allocate, Parting, noted, prints_of

_USED = "scanner.cover-used"
_WHERE = frozenset(["page", "document_id", "sheet"])


def part_anew(
    journal: Journal,
    state: BatchState,
    key: str,
    said: Mapping[str, str],
    allocate: Allocate,
    used: Container[str],
) -> None:
    """Part the ended stack ``key`` of an open batch anew; nothing is journalled where nothing changes.

    Args:
        journal: of the batch.
        state: what it tells.
        key: source key of the stack.
        said: ``by`` and ``reason`` of the act that made it necessary.
        allocate: gives document ordinals.
        used: prints of covers that other batches hold.
    """
    first = state.documents[state.by_source[key]]
    case_file = state.stacks.get(key, first.case_file)
    parting = Parting(state, key, Stack(case_file, court_of(case_file), fonds_of(case_file)))
    known = Stack(case_file, court_of(case_file), fonds_of(case_file), _used(parting, used))
    _Reparting(journal, Parting(state, key, known), allocate, said).run()


def taken_over(state: BatchState, page: PageImage, document: Document, after: str | None) -> dict[str, Any]:
    """The entry of ``page`` in another document, behind ``after`` or in front: the same picture of the same sheet."""
    name = ids.page_id(document.id, state.last_pages.get(document.id, 0) + 1)
    fields = plain(page)
    fields |= {"id": name, "master": str(page.master.relative_to(state.folder)), "sequence": len(state.pages) + 1}
    entry = {
        "document": document.id,
        "source_key": document.source_key,
        "sheet": state.sheets[page.id],
        "after": after,
        "moved_from": page.id,
        "page": fields,
    }
    if page.id in state.covers_read:
        entry["cover"] = plain(state.covers_read[page.id])
    if page.id in state.gate:
        entry["gate"] = plain(state.gate[page.id])
    return entry


def _used(parting: Parting, elsewhere: Container[str]) -> frozenset[str]:
    """Prints that were used before this stack: those of which that was said, and of sides newly said to be covers.

    Other batches are not asked about the rest, for they may have used a print of this stack since.
    """
    state, first = parting.state, dict[str, PageImage]()
    for page in feed_order(state, (document.id for document in parting.documents)):
        payload = noted(state.covers_read.get(page.id)).payload
        if payload is not None:
            first.setdefault(payload.print_id, page)
    told = {(state.fed_as[it.params["page"]], it.params["print"]) for it in state.cover_problems if it.code == _USED}
    here = prints_of(state, but=parting.key)
    return frozenset(
        name
        for name, page in first.items()
        if (state.fed_as[page.id], name) in told or (page.id in state.restated and (name in here or name in elsewhere))
    )


@dataclass(slots=True)
class _Reparting:
    journal: Journal
    parting: Parting
    allocate: Allocate
    said: Mapping[str, str]
    _last: dict[str, str] = field(default_factory=dict)
    """Page behind which the next side of each document goes."""
    _full: set[str] = field(default_factory=set)
    """Documents that have pages by now."""

    def run(self) -> None:
        parts = self.parting.result().parts
        self._name_sides(parts)
        document: Document | None = None
        for part in parts:
            sides = [side for side in (*part.separators, *part.pages) if not side.gone]
            if sides:
                document = self._document(part, sides[0], document)
                self._bring(sides, document)
                self._full |= {document.id} if any(not page.gone for page in part.pages) else set()
        self._end()

    def _name_sides(self, parts: Iterable[Part]) -> None:
        """Blank sides of covers are no pages, and those of what is no cover any more are."""
        covers = {page.id for page in self.parting.state.pages if Flag.COVER in page.flags}
        for part in parts:
            blank = [("side", {"page": side.page, "cover": {}}) for side in part.separators if side.page not in covers]
            pages = [("side", {"page": side.page, "cover": None}) for side in part.pages if side.page in covers]
            self._note(*blank, *pages)

    def _document(self, part: Part, side: FedPage, before: Document | None) -> Document:
        """The document of a part: that of its first side, the one before where that has no page, or a new one."""
        state = self.parting.state
        held = state.documents[ids.split_page(side.page)[0]]
        case_file = part.case_file or str(self.parting.known.case_file)
        numbered = part.document is None or part.document == ids.split_document(held.id)[1]
        stays = numbered or not any(it.page in state.restated for it in part.separators)
        if held.case_file == case_file and stays and held.id not in self._last:
            return held
        if before is None or before.id in self._full or before.case_file != case_file:
            return self._new(case_file, part.document)
        meant = part.document in (None, ids.split_document(before.id)[1])
        return before if meant else self._new(case_file, part.document)

    def _new(self, case_file: str, wanted: int | None) -> Document:
        documents, pages = self.parting.documents, self.parting.state.last_pages
        for document in documents:  # one that an act which was cut off began
            meant = wanted in (None, ids.split_document(document.id)[1])
            if document.case_file == case_file and meant and document.id not in pages:
                return document
        first, key = documents[0], self.parting.key_of(len(documents) + 1)
        label = first.label + key.removeprefix(first.source_key)
        name = ids.document_id(case_file, self.allocate(case_file, wanted))
        made = Document(name, case_file, first.profile, label, first.source, key)
        self._note(("document", plain(made)))
        return made

    def _bring(self, sides: Sequence[FedPage], document: Document) -> None:
        """Sides of a part into its document, in their order."""
        state = self.parting.state
        for side in sides:
            name = side.page
            if ids.split_page(name)[0] != document.id:
                page = next(it for it in state.pages if it.id == name)
                entry = taken_over(state, page, document, self._last.get(document.id))
                self._note(("page", entry))
                name = entry["page"]["id"]
            self._last[document.id] = name

    def _end(self) -> None:
        """Note how the stack stands now, if that is other than it was."""
        state, parting = self.parting.state, self.parting
        result = parting.result()
        waiting = parting.waiting(result.parts)
        keys = {state.documents[name].source_key: code for name, code in waiting.items()}
        sheets = self._sheets()
        entry = {
            "source_key": parting.key,
            "sheets": sheets,
            "waits": keys,
            "problems": [plain(problem) for problem in result.problems],
        }
        if entry != self._standing(sheets):
            self._note(("parted", {**entry, **self.said}))

    def _standing(self, sheets: Mapping[str, int]) -> dict[str, Any]:
        """The same as the journal has it."""
        state, key = self.parting.state, self.parting.key
        own = {document.id for document in self.parting.documents}
        problems = []
        for problem in state.cover_problems:
            if ids.split_page(problem.params["page"])[0] in own:
                params = {name: it for name, it in problem.params.items() if name not in _WHERE}
                where = {name: problem.params[name] for name in ("page", "sheet")}
                problems.append({"code": problem.code, **where, "params": params})
        return {
            "source_key": key,
            "sheets": {name: state.found.get(name) for name in sheets},
            "waits": {name: code for name, code in state.unsettled.items() if stack_of(name) == key},
            "problems": problems,
        }

    def _sheets(self) -> dict[str, int]:
        """Sheets that were fed, without covers, by the source key of the document that holds them; of the stack's
        first document all the rest, as at the end of a scan."""
        state, key = self.parting.state, self.parting.key
        shown = [page for page in state.pages if page.id not in state.given_back and Flag.SUPERSEDED not in page.flags]
        live = [page for page in shown if counts(page)]
        covers = {state.sheets[page.id] for page in live if Flag.COVER in page.flags}
        gone = {state.sheets[page.id] for page in shown if Flag.COVER in page.flags}
        covers |= gone - {state.sheets[page.id] for page in live}
        fed = {state.sheets[page.id] for page in shown if state.fed_in.get(state.sheets[page.id]) == key}
        found = {}
        for document in self.parting.documents:
            own = (page for page in live if ids.split_page(page.id)[0] == document.id and Flag.COVER not in page.flags)
            found[document.source_key] = len({state.sheets[page.id] for page in own} & fed)
        found[key] += len(fed - covers) - sum(found.values())
        return found

    def _note(self, *items: tuple[str, dict[str, Any]]) -> None:
        if items:
            note(self.journal, self.parting.state, items)
