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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.covers.counting import miscounted
from scanner.covers.parts import CoverProblem, FedPage, Part, Split, Stack, opening_side
from scanner.covers.payload import CoverPayload, Fault
from scanner.covers.reading import Found


def split(pages: Sequence[FedPage], stack: Stack) -> Split:
    """The documents of a stack by its covers; see the rules of this module."""
    work = _Work(stack, has_covers=any(_is_cover(page) for page in pages))
    for index, page in enumerate(pages):
        following = pages[index + 1] if index + 1 < len(pages) else None
        work.take(page, following)
    work.end()
    parts = tuple(_frozen(part) for part in work.parts)
    return Split(parts, (*work.problems, *miscounted(parts, stack)))


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

    def _say(self, slug: str, page: FedPage, **params: object) -> str | None:
        """The code of what is said; none where a person confirmed that all is right."""
        code = f"scanner.{slug}"
        if (page.page, code) in self._stack.confirmed:
            return None
        self.problems.append(CoverProblem(code, page.page, page.sheet, params))
        return code

    def _current(self, page: FedPage) -> _Open:
        """The part in hand; at the head of the stack that of pages without a cover."""
        if not self.parts:
            waits = self._say("cover-orphans", page) if self._orphaned else None
            self.parts.append(_Open(None if waits else self._stack.case_file, None, waits))
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
        opener = opening_side(last.separators) if last is not None and not last.pages else None
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

    def _two_on_one(self, page: FedPage) -> str | None:
        waits = self._say("cover-back-to-back", page)
        self.parts[-1].waits = waits or self.parts[-1].waits
        return waits

    def _unread(self, page: FedPage) -> _Open:
        newer = page.reading.fault == Fault.VERSION
        return _Open(None, None, self._say("cover-newer" if newer else "cover-unreadable", page))

    def _opened(self, page: FedPage, cover: CoverPayload, waits: str | None) -> _Open:
        named = None if cover.document is None else (cover.case_file, cover.document)
        if cover.print_id in self._prints or cover.print_id in self._stack.used:
            waits = self._say("cover-used", page, print=cover.print_id) or waits
        elif named is not None and named in self._documents:
            again = {"case_file": cover.case_file, "document": cover.document}
            waits = self._say("cover-document-again", page, **again) or waits
        expected = self._stack
        if (expected.court or cover.court) != cover.court or (expected.fonds or cover.fonds) != cover.fonds:
            of = {"found": cover.fonds, "expected": expected.fonds or expected.court}
            waits = self._say("cover-elsewhere", page, **of) or waits
        self._prints.add(cover.print_id)
        if named is not None:
            self._documents.add(named)
        return _Open(cover.case_file, cover, waits, cover.document, cover.kind)

    def _leave(self, following: CoverPayload | None) -> None:
        """A new cover comes, or the end: was there anything under the last one?"""
        last = self.parts[-1] if self.parts else None
        if last is None or last.pages or last.cover is None:
            return
        opener = opening_side(last.separators)
        if opener is None:  # a patch sheet behind a document's pages
            return
        if following is None or not (last.cover.whole and following.case_file == last.case_file):
            self._say("cover-empty", opener, case_file=last.cover.case_file)


def _is_cover(page: FedPage) -> bool:
    return page.reading.found in (Found.COVER, Found.UNREADABLE)


def _on_sheet(pages: Iterable[FedPage], sheet: int) -> list[FedPage]:
    return [page for page in pages if page.sheet == sheet]
