"""A stack parted while it is fed: which document each side of a sheet goes to, from the covers read so far.

The journal is all that is known, so a stack that was broken off is parted as if it had not been:

- The source key of a stack's first document is that of the stack, ``scan:N``; the next have ``scan:N/2`` and so on.
- A side goes to the document that holds the other sides of its part (:mod:`scanner.covers.splitting`). A part that
  begins takes over the stack's last document where that has no page that counts and may be meant, so that a cover of a
  case file with those of its documents behind it, and a cover that is fed again, leave no empty document.
- Parts whose case file nobody knows go to that of the stack; they wait.
- Separating sides, and the blank sides of their sheets, are kept in the document that they open with the flag
  ``cover``: they are no pages of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core import ids
from core.errors import BadInputError
from core.model import Flag, PageImage
from imaging.ink import blank_score
from imaging.inspect import inspect, is_multipage
from imaging.raster import load_image
from scanner.batch import BatchState, Document, counts, stack_of
from scanner.covers.parts import CoverProblem, FedPage, Part, Split, Stack
from scanner.covers.payload import parse
from scanner.covers.reading import NOTHING, CoverReading, Found, read_cover
from scanner.covers.splitting import split
from scanner.driver import Picture
from scanner.feed_order import backs, feed_order
from scanner.measure import assumed_dpi, believed_dpi
from scanner.options import ScanOptions
from scanner.replay import replay

PREFIX = "scan:"
"""Source keys of what is scanned begin with it."""


class Allocate(Protocol):
    """Gives document ordinals."""

    def __call__(self, case_file: str, wanted: int | None = None, /) -> int:
        """``wanted`` where the case file has no such document yet, else the next free one."""


@dataclass(frozen=True, slots=True)
class SideRead:
    """One side of a sheet that is about to be taken; ``blank`` is only looked at beside one that separates."""

    reading: CoverReading = NOTHING
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side goes: source key and case file of its document, and the ordinal that its cover asks for.

    ``cover`` is what the journal keeps of a separating side, empty for the blank side of its sheet, null for a page.
    """

    key: str
    case_file: str
    ordinal: int | None
    cover: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Used:
    """Prints of this batch and of others."""

    here: Container[str]
    elsewhere: Container[str]

    def __contains__(self, print_id: object) -> bool:
        return print_id in self.here or print_id in self.elsewhere


@dataclass(frozen=True, slots=True)
class Parting:
    """The stack with the source key ``key`` in a batch whose state grows as sheets are taken."""

    state: BatchState
    key: str
    known: Stack

    @staticmethod
    def of(state: BatchState, key: str, case_file: str, used: Container[str]) -> Parting:
        """The stack for that case file; ``used`` are prints of covers that other batches hold."""
        prints = _Used(prints_of(state, but=key), used)
        return Parting(state, key, Stack(case_file, ids.court_of(case_file), ids.fonds_of(case_file), prints))

    @property
    def documents(self) -> list[Document]:
        """Its documents, in the order in which they were begun."""
        return [it for it in self.state.documents.values() if stack_of(it.source_key) == self.key]

    def live(self) -> list[PageImage]:
        """Pages and separating sides that count, in feed order."""
        own = {document.id for document in self.documents}
        pages = (page for page in self.state.pages if ids.split_page(page.id)[0] in own and counts(page))
        return sorted(pages, key=lambda page: (self.state.sheets[page.id], self.state.fed_as[page.id]))

    def last_fed(self) -> list[PageImage]:
        """The pages that count of the sheet that the device fed last; one that a person put in since is none."""
        sheets, fed_in = self.state.sheets, self.state.fed_in
        live = [page for page in self.live() if fed_in.get(sheets[page.id]) == self.key]
        return [page for page in live if sheets[page.id] == sheets[live[-1].id]]

    def places(self, sides: Sequence[SideRead], sheet: int) -> list[Place]:
        """Where the sides of the next sheet go.

        Sides of one part that begins with them have the same key: that of a document which is not there yet.
        """
        new = [FedPage("", sheet, side.reading, index > 0, side.blank) for index, side in enumerate(sides)]
        parts = split([*self._fed(), *new], self._stack).parts
        found: dict[int, tuple[str, str]] = {}
        fresh = len(self.documents)
        places = []
        for side in new:
            index = next(i for i, it in enumerate(parts) if side in it.separators or side in it.pages)
            part = parts[index]
            if index not in found:
                document = self._document(part, first=not found)
                fresh += document is None
                found[index] = _named(document) or (self.key_of(fresh), part.case_file or str(self.known.case_file))
            cover = note_of(side.reading) if side in part.separators else None
            places.append(Place(*found[index], part.document, cover))
        return places

    def result(self) -> Split:
        """The whole stack, as far as it was fed, and which documents have another number than their covers say."""
        found = split(self._fed(), self._stack)
        moot = {(part.waits, side.page) for part in found.parts if _is_moot(part) for side in _sides(part)}
        problems = [problem for problem in found.problems if (problem.code, problem.page) not in moot]
        return replace(found, problems=(*problems, *self._renumbered(found.parts)))

    @property
    def _stack(self) -> Stack:
        return replace(self.known, confirmed=self.state.confirmed)

    def _renumbered(self, parts: Iterable[Part]) -> Iterator[CoverProblem]:
        for part in parts:
            opener = part.separators[0] if part.separators else None
            if opener is None or part.document is None or part.waits is not None:
                continue
            case_file, given = ids.split_document(ids.split_page(opener.page)[0])
            if given != part.document:
                params = {"case_file": case_file, "document": part.document, "given": given}
                yield CoverProblem("scanner.cover-number-taken", opener.page, opener.sheet, params)

    def waiting(self, parts: Iterable[Part]) -> dict[str, str]:
        """Why documents of these parts wait: the problem's code, by the document's identifier."""
        sides = ((side, part.waits) for part in parts if part.waits and not _is_moot(part) for side in _sides(part))
        return {ids.split_page(side.page)[0]: waits for side, waits in sides if not side.gone}

    def _fed(self) -> list[FedPage]:
        state = self.state
        pages = feed_order(state, (document.id for document in self.documents))
        return [
            FedPage(
                page.id,
                state.sheets[page.id],
                noted(state.covers_read.get(page.id)),
                back,
                blank=Flag.BLANK in page.flags or (Flag.COVER in page.flags and page.id not in state.covers_read),
                gone=not counts(page),
            )
            for page, back in zip(pages, backs(state, pages), strict=True)
        ]

    def _document(self, part: Part, *, first: bool) -> Document | None:
        """The document of a part; none where it must be made. ``first``: it has the first side of the sheet in hand."""
        held = next((side.page for side in _sides(part) if side.page and not side.gone), None)
        if held is not None:
            return self.state.documents[ids.split_page(held)[0]]
        last = next(reversed(self.documents), None)
        if last is None or not first or last.case_file != (part.case_file or self.known.case_file):
            return None
        if part.document not in (None, ids.split_document(last.id)[1]):
            return None
        pages = (page for page in self.live() if Flag.COVER not in page.flags)
        return None if any(ids.split_page(page.id)[0] == last.id for page in pages) else last

    def key_of(self, number: int) -> str:
        """Source key of the stack's document with this number, from 1."""
        return self.key if number == 1 else f"{self.key}/{number}"


def scanned_stacks(state: BatchState) -> dict[str, str]:
    """Source keys of the stacks of a batch, in the order in which they were begun, and the case file of each."""
    begun = [it for it in state.documents.values() if it.source_key.startswith(PREFIX)]
    return {it.source_key: it.case_file for it in begun if stack_of(it.source_key) == it.source_key}


def _sides(part: Part) -> tuple[FedPage, ...]:
    return *part.separators, *part.pages


def _is_moot(part: Part) -> bool:
    """Whether a person gave all the pages of a part that waits another place, or took them out."""
    return bool(part.pages) and all(page.gone for page in part.pages)


def prints_of(state: BatchState, but: str | None = None) -> frozenset[str]:
    """Print identifiers of the covers in a batch, without those of the stack ``but``."""
    readings = (
        noted(state.covers_read[page.id])
        for page in state.pages
        if page.id in state.covers_read
        and counts(page)
        and stack_of(state.documents[ids.split_page(page.id)[0]].source_key) != but
    )
    return frozenset(reading.payload.print_id for reading in readings if reading.payload is not None)


def prints_in(journal: Path) -> frozenset[str]:
    """Print identifiers of the covers in the batch with this journal, which is only replayed if there are any.

    Raises:
        IntegrityError: the journal is damaged.
    """
    if b'"cover": {' not in journal.read_bytes():
        return frozenset()
    return prints_of(replay(journal.parent))


def read_sides(sides: Sequence[Picture | Path], options: ScanOptions) -> list[SideRead]:
    """What the sides of a sheet show: pictures, or files of a single picture. Others, and what cannot be decoded, are
    no covers; taking them in tells what is wrong with them."""
    rasters = [_raster(side, options) for side in sides]
    readings = [NOTHING if it is None else read_cover(*it) for it in rasters]
    if all(reading.found is Found.NOTHING for reading in readings):
        return [SideRead(reading) for reading in readings]
    return [
        SideRead(reading, reading.found is Found.NOTHING and it is not None and _is_blank(it[0], options))
        for reading, it in zip(readings, rasters, strict=True)
    ]


def _raster(side: Picture | Path, options: ScanOptions) -> tuple[NDArray[np.uint8], float] | None:
    """Pixels and resolution."""
    if isinstance(side, Picture):
        pixels, stated = side.pixels, side.dpi or None
    elif is_multipage(side):
        return None
    else:
        try:
            pixels = load_image(side, limits=options.limits)
            stated = inspect(side, options.limits, decode=False).frames[0].dpi
        except BadInputError:
            return None
    height, width = pixels.shape[:2]
    return pixels, believed_dpi(width, height, stated, options) or assumed_dpi(width, height, options)


def _is_blank(pixels: NDArray[np.uint8], options: ScanOptions) -> bool:
    rgb = pixels if pixels.ndim == 3 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    return blank_score(rgb) >= options.blank_threshold


def _named(document: Document | None) -> tuple[str, str] | None:
    return None if document is None else (document.source_key, document.case_file)


def note_of(reading: CoverReading) -> dict[str, Any]:
    """As the journal keeps it; nothing of a side that shows no cover."""
    if reading.found is Found.NOTHING:
        return {}
    text = reading.payload.text if reading.payload is not None else None
    return {"found": reading.found.value, "text": text, "turn": reading.turn, "fault": reading.fault}


def noted(note: Mapping[str, Any] | None) -> CoverReading:
    """What a side shows, from what the journal keeps of it."""
    if not note:
        return NOTHING
    payload = parse(note["text"]) if note["text"] is not None else None
    return CoverReading(Found(note["found"]), payload, int(note["turn"]), note["fault"])
