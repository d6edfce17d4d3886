"""A file of several pages as the backs of as many sheets, in the order of its pages.

It is kept once and journalled in one go. A power cut may keep some of its pages out of the journal; then the whole file
is taken again, as one of fronts is (:mod:`scanner.multipage`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import ids
from core.errors import BadInputError
from core.model import Flag, PageImage
from imaging.inspect import inspect
from imaging.raster import load_page
from scanner.backs.passes import BackPass, fronts_of, reached
from scanner.batch import BatchState
from scanner.covers.reading import Found, read_cover
from scanner.driver import FedSheet
from scanner.intake import Intake, Kept, notes_of, page_fields
from scanner.masters import hash_source, keep_master
from scanner.measure import MeasuredPage, measure
from scanner.names import readable
from scanner.options import ScanOptions


def of_several_pages(fed: FedSheet, options: ScanOptions) -> Path | None:
    """The file, where its pages are the backs of several sheets."""
    (side,) = fed.sides
    if not isinstance(side, Path):
        return None
    try:
        return side if len(inspect(side, options.limits, decode=False).frames) > 1 else None
    except BadInputError:
        return None  # taking it in tells what is wrong with it


def take_file(intake: Intake, held: BackPass, path: Path) -> list[PageImage]:
    """Take each page of ``path`` as the next back of the pass; those beyond the last front as sheets of their own.

    Raises:
        BadInputError: a page cannot be decoded, and nothing was taken.
        MissingToolError: the disk is full; what was journalled stays.
    """
    state = intake.state
    sha256 = hash_source(path)
    info, measured = measure(path, intake.options, None, intake.sensors[1])
    kept = Kept(keep_master(path, intake.folder, sha256, info.extension), sha256, info.kind, readable(path.absolute()))
    before = len(state.pages)
    intake.note(_Entries(state, held, kept).of(measured))
    intake.findings.pages += state.pages[before:]
    return state.pages[before:]


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries for a file, and what the journal held before them."""

    state: BatchState
    held: BackPass
    kept: Kept

    def of(self, measured: list[MeasuredPage]) -> list[tuple[str, dict[str, Any]]]:
        """One for each page."""
        state, plan = self.state, self.held.plan()
        fronts, last, beyond = fronts_of(state, self.held.sheets), dict(state.last_pages), state.last_sheet
        items = []
        for count, page in enumerate(measured):
            place = next(iter(plan[reached(state, self.held) + count :]), None)
            front = fronts[place if place is not None else self.held.sheets[-1]]
            document = ids.split_page(front.id)[0]
            last[document] += 1
            about: dict[str, Any] = {"document": document, "source_key": state.documents[document].source_key}
            flags = page.flags
            if place is None:
                beyond += 1
                about |= {"sheet": beyond, "sides": 1, "back_of": None}
            else:
                about |= {"sheet": place, "sides": 2, "back_of": front.id, "after": front.id}
                flags |= {Flag.COVER} if Flag.COVER in front.flags else set()
            name, sequence = ids.page_id(document, last[document]), len(state.pages) + count + 1
            fields = page_fields(replace(page, flags=flags), self.kept, name, state.batch, sequence)
            items.append(("page", {**about, "frames": len(measured), **notes_of(page), "page": fields}))
        return items


def shows_cover(pages: list[PageImage]) -> bool:
    """Whether a cover or patch sheet is among them."""
    return any(read_cover(load_page(page), page.dpi).found is not Found.NOTHING for page in pages)


def torn_backs(state: BatchState) -> list[PageImage]:
    """Pages of files of which only some pages are in the journal: they must be taken again."""
    frames: dict[tuple[str, str], int] = {}
    for (_, origin, sha256), file in state.files.items():
        frames[origin, sha256] = max(file.frames, frames.get((origin, sha256), 0))
    taken: dict[tuple[str, str], list[PageImage]] = defaultdict(list)
    for page in state.pages:
        if page.id in state.back_of:
            taken[page.origin, page.sha256].append(page)
    torn = (pages for file, pages in taken.items() if len({page.frame for page in pages}) < frames.get(file, 0))
    return [page for pages in torn for page in pages]
