"""How cover sheets part a stack: a pure function from what was read on its pages to documents and problems.

Rules, in the order in which they are looked at:

- Pages before the first cover of a stack that has covers are orphans and wait for a person. A stack without any cover
  is one run, of the batch's case file; patch sheets part it.
- A blank side of a sheet that bears a cover belongs to the cover; a side with writing is a page of a document, and
  said so.
- The same print again, with nothing between, is the same cover (fed twice, or rescanned).
- A print that was used before, in this batch or another, a second cover for the same document, a cover of another
  court or fonds than the batch's, and two covers on one sheet make the pages after them wait.
- The pages after a cover that cannot be read wait as well; they are never added to what stands before.
- A cover of a whole case file may be followed at once by a cover of one of its documents. Any other cover with no page
  under it is a problem.
- A Patch T begins a new document below the same cover, and shares its lot; where nothing stands between, it begins
  none.
- Declared sheets of a document are those up to the next cover or patch sheet; those of a whole case file are all up to
  the next cover of another case file, or of a whole one, or one that cannot be read. Covers and patch sheets do not
  count.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import messages
from scanner.covers.payload import CoverPayload, Fault
from scanner.covers.reading import CoverReading, Found


@dataclass(frozen=True, slots=True)
class FedPage:
    """One page in feed order: its identifier, its sheet in the batch, which side it is, what was read and measured."""

    page: str
    sheet: int
    reading: CoverReading
    back: bool = False
    blank: bool = False

    @property
    def separates(self) -> bool:
        """Whether it is a cover, readable or not, or a patch sheet."""
        return self.reading.found is not Found.NOTHING


@dataclass(frozen=True, slots=True)
class Stack:
    """What is known of the batch beside its pages.

    ``case_file`` takes the pages of a stack without covers. Where ``court`` and ``fonds`` are given, covers must be of
    them. ``used`` holds the print identifiers of covers in other batches.
    """

    case_file: str | None = None
    court: str | None = None
    fonds: str | None = None
    used: Container[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that belong together, after the sides of the covers and patch sheets that open them; both in feed order.

    ``case_file`` is null where nobody knows it. ``document`` and ``kind`` are the cover's; without an ordinal the next
    free one is meant. ``waits`` is the code of the problem that a person must settle first, null where the part can be
    taken.
    """

    case_file: str | None
    document: int | None
    kind: str | None
    cover: CoverPayload | None
    separators: tuple[FedPage, ...]
    pages: tuple[FedPage, ...]
    waits: str | None


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Something a person should know or settle: where it is, and its text in both languages."""

    code: str
    page: str
    sheet: int
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        return messages.text(self.code, "message", lang, {"sheet": self.sheet, **self.params})

    def remedy(self, lang: str = "en") -> str:
        """What to do about it."""
        return messages.text(self.code, "remedy", lang, {"sheet": self.sheet, **self.params})


@dataclass(frozen=True, slots=True)
class Split:
    """Every page of the stack in exactly one part, in feed order, and what is to be said of them."""

    parts: tuple[Part, ...]
    problems: tuple[CoverProblem, ...]


def split(pages: Sequence[FedPage], stack: Stack) -> Split:
    """The documents of a stack by its covers; see the rules of this module."""
    work = _Work(stack, has_covers=any(_is_cover(page) for page in pages))
    for index, page in enumerate(pages):
        following = pages[index + 1] if index + 1 < len(pages) else None
        work.take(page, following)
    work.end()
    parts = tuple(_frozen(part) for part in work.parts)
    return Split(parts, (*work.problems, *_miscounted(parts)))


@dataclass(slots=True)
class _Open:
    """A part in the making."""

    case_file: str | None
    cover: CoverPayload | None
    waits: str | None
    document: int | None = None
    kind: str | None = None
    separators: list[FedPage] = field(default_factory=list)
    pages: list[FedPage] = field(default_factory=list)


def _frozen(part: _Open) -> Part:
    sides, pages = tuple(part.separators), tuple(part.pages)
    return Part(part.case_file, part.document, part.kind, part.cover, sides, pages, part.waits)


class _Work:
    """Goes through the stack once."""

    def __init__(self, stack: Stack, *, has_covers: bool) -> None:
        self.parts: list[_Open] = []
        self.problems: list[CoverProblem] = []
        self._stack = stack
        self._orphaned = has_covers or stack.case_file is None
        self._prints: set[str] = set()
        self._documents: set[tuple[str, int]] = set()
        self._front: list[FedPage] = []
        """The blank front of the sheet in hand, which waits for the cover on its back."""

    def take(self, page: FedPage, following: FedPage | None) -> None:
        """Put one page in its place."""
        last = self.parts[-1] if self.parts else None
        beside_cover = last is not None and _on_sheet(last.separators, page.sheet)
        if page.reading.found is Found.PATCH_T:
            self._patch(page)
        elif page.separates:
            self._cover(page)
        elif page.blank and last is not None and beside_cover and not last.pages:
            last.separators.append(page)
        elif page.blank and not beside_cover and following and following.separates and following.sheet == page.sheet:
            self._front = [page]
        else:
            if beside_cover:
                self._say("cover-written-on", page)
            self._current(page).pages.append(page)

    def end(self) -> None:
        """The stack is through."""
        self._leave(None)

    def _say(self, slug: str, page: FedPage, **params: object) -> str:
        code = f"scanner.{slug}"
        self.problems.append(CoverProblem(code, page.page, page.sheet, params))
        return code

    def _current(self, page: FedPage) -> _Open:
        """The part in hand; at the head of the stack that of pages without a cover."""
        if not self.parts:
            waits = self._say("cover-orphans", page) if self._orphaned else None
            self.parts.append(_Open(None if self._orphaned else self._stack.case_file, None, waits))
        return self.parts[-1]

    def _patch(self, page: FedPage) -> None:
        before = self._current(page)
        if before.pages:
            self.parts.append(_Open(before.case_file, before.cover, before.waits))
        self._place(page)

    def _place(self, page: FedPage) -> None:
        """Add a separating side, and the blank front of its sheet, to the part in hand."""
        self.parts[-1].separators += [*self._front, page]
        self._front = []

    def _cover(self, page: FedPage) -> None:
        self._look_at_sides(page)
        cover = page.reading.payload
        last = self.parts[-1] if self.parts else None
        opener = _opening_side(last.separators) if last is not None and not last.pages else None
        if cover is not None and opener is not None and opener.reading.payload == cover:
            self._say("cover-repeated", page)
            self._place(page)
            return
        back_to_back = last is not None and any(_is_cover(side) for side in _on_sheet(last.separators, page.sheet))
        if not back_to_back:
            self._leave(cover)
        waits = self._two_on_one(page) if back_to_back else None
        self.parts.append(self._unread(page) if cover is None else self._opened(page, cover, waits))
        self._place(page)

    def _look_at_sides(self, page: FedPage) -> None:
        if page.reading.found is Found.COVER and page.reading.turn == 180:
            self._say("cover-upside-down", page)
        if page.back and self._front:
            self._say("cover-face-down", page)
        elif page.back and self.parts and _on_sheet(self.parts[-1].pages, page.sheet):
            self._say("cover-on-back", page)

    def _two_on_one(self, page: FedPage) -> str:
        waits = self._say("cover-back-to-back", page)
        self.parts[-1].waits = waits
        return waits

    def _unread(self, page: FedPage) -> _Open:
        newer = page.reading.fault == Fault.VERSION
        return _Open(None, None, self._say("cover-newer" if newer else "cover-unreadable", page))

    def _opened(self, page: FedPage, cover: CoverPayload, waits: str | None) -> _Open:
        named = None if cover.document is None else (cover.case_file, cover.document)
        if cover.print_id in self._prints or cover.print_id in self._stack.used:
            waits = self._say("cover-used", page, print=cover.print_id)
        elif named is not None and named in self._documents:
            waits = self._say("cover-document-again", page, case_file=cover.case_file, document=cover.document)
        expected = self._stack
        if (expected.court or cover.court) != cover.court or (expected.fonds or cover.fonds) != cover.fonds:
            waits = self._say("cover-elsewhere", page, found=cover.fonds, expected=expected.fonds or expected.court)
        self._prints.add(cover.print_id)
        if named is not None:
            self._documents.add(named)
        return _Open(cover.case_file, cover, waits, cover.document, cover.kind)

    def _leave(self, following: CoverPayload | None) -> None:
        """A new cover comes, or the end: was there anything under the last one?"""
        last = self.parts[-1] if self.parts else None
        if last is None or last.pages or last.cover is None:
            return
        opener = _opening_side(last.separators)
        if opener is None:  # a patch sheet behind a document's pages
            return
        if following is None or not (last.cover.whole and following.case_file == last.case_file):
            self._say("cover-empty", opener, case_file=last.cover.case_file)


def _opening_side(separators: Iterable[FedPage]) -> FedPage | None:
    """The side with the readable cover that opens a part; none where a patch sheet or an unreadable cover does."""
    return next((side for side in separators if side.reading.payload is not None), None)


def _is_cover(page: FedPage) -> bool:
    return page.reading.found in (Found.COVER, Found.UNREADABLE)


def _on_sheet(pages: Iterable[FedPage], sheet: int) -> list[FedPage]:
    return [page for page in pages if page.sheet == sheet]


def _miscounted(parts: Sequence[Part]) -> Iterator[CoverProblem]:
    """Covers that declare another number of sheets than follow."""
    for index, part in enumerate(parts):
        opener = _opening_side(part.separators)
        cover = part.cover
        if opener is None or cover is None or cover.sheets is None or part.waits:
            continue
        found = _count(parts[index : _end_of_whole(parts, index) if cover.whole else index + 1])
        if found != cover.sheets:
            params = {"case_file": cover.case_file, "declared": cover.sheets, "found": found}
            yield CoverProblem("scanner.cover-declared", opener.page, opener.sheet, params)


def _end_of_whole(parts: Sequence[Part], start: int) -> int:
    """Behind the last part of the case file whose cover opens the part at ``start``."""
    first = parts[start]
    end = start + 1
    while end < len(parts) and parts[end].case_file == first.case_file:
        cover = parts[end].cover
        if cover is not None and cover.whole and cover != first.cover:
            break
        end += 1
    return end


def _count(parts: Iterable[Part]) -> int:
    sheets, separating = set[int](), set[int]()
    for part in parts:
        sheets.update(page.sheet for page in part.pages)
        separating.update(side.sheet for side in part.separators)
    return len(sheets - separating)
