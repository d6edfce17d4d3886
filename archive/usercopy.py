"""User copies of archived PDFs (TT 05/2025/TT-BNV, Điều 13–16, 37, 40–42), and a whole case file as one PDF.

A copy is a new file: the pages of the archived files with what their signatures show, but without the signatures
themselves, which hold for the archived bytes only. The archived files are only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from pikepdf import AccessMode, Array, Job, Name, Pdf, PdfError, StreamDecodeLevel

from archive.about import DocumentAbout
from archive.assembly import describe, save
from archive.marks import Stamper, fitting_lines, plan_after_text, plan_bottom
from archive.options import Flavour
from archive.packages.choices import choices
from archive.pdfwriting import save_pdf
from archive.stamp import PageGeometry, Placement, geometry_of, grow_page, plan_words
from core.errors import BadInputError
from core.files import disk_errors
from imaging.ink import ink_mask
from imaging.limits import DEFAULT_LIMITS
from imaging.pdf import render_thumbnails

_LONGEST = 1200
"""Pixels of a page's longer side, to look for ink: 100 dpi of an A4 page."""


class CopyKind(StrEnum):
    """Kinds of copies; ``WHOLE`` bears no mark."""

    READING = "reading"
    PLAIN = "plain"
    CERTIFIED = "certified"
    CONVERTED = "converted"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class CopySource:
    """An archived PDF, the archive code of its document and what its bookmark says."""

    path: Path
    code: str
    title: str


Marked = tuple[int, Placement]
Planner = Callable[[NDArray[np.bool_], PageGeometry], Placement]


def write_copy(
    target: Path, sources: Sequence[CopySource], about: DocumentAbout, flavour: Flavour, kind: CopyKind
) -> Placement | None:
    """A copy of ``sources``, one after the other with a bookmark for each, at ``target``.

    Memory does not grow with the number of pages.

    Returns:
        Where the signature of a certified copy is to stand; the page has been extended for it already.

    Raises:
        BadInputError: an archived file that is no readable PDF, or a mark with letters that the face lacks.
        MissingToolError: the disk is full, or poppler is not installed.
    """
    with TemporaryDirectory(prefix="butluc-copy-", dir=target.parent) as name, disk_errors(target):
        work = Path(name)
        firsts, count = _join(work, sources)
        joined = work / "joined.pdf"
        marks = list(_planned(joined, sources, firsts, count, about.organisation, kind))
        with Pdf.open(joined, access_mode=AccessMode.stream) as pdf:
            stamper, signed = Stamper(pdf), None
            for page, placement in marks:
                if kind is CopyKind.CERTIFIED:
                    signed = placement
                    grow_page(pdf.pages[page], placement)
                else:
                    stamper.draw(pdf.pages[page], placement)
            titles = [source.title for source in sources]
            describe(pdf, about, flavour, [], list(zip(titles, firsts, strict=True)))
            save(pdf, target, flavour)
        return signed


def _join(work: Path, sources: Sequence[CopySource]) -> tuple[list[int], int]:
    """``joined.pdf``; the first page of each source in it, and how many pages it has."""
    firsts, pages, parts = [], 0, []
    for number, source in enumerate(sources):
        part = work / f"{number}.pdf"
        parts.append(str(part))
        firsts.append(pages)
        with _opened(source.path) as pdf:
            pages += len(pdf.pages)
            _flatten(pdf)
            save_pdf(pdf, part, static_id=True, stream_decode_level=StreamDecodeLevel.none)
    joined = work / "joined.pdf"
    # Written by us, not by the job: that one takes a file cut off by a full disk for a finished one.
    with Job(["qpdf", "--empty", "--pages", *parts, "--", str(joined)]).create_pdf() as pdf:
        save_pdf(pdf, joined, static_id=True, stream_decode_level=StreamDecodeLevel.none)
    for name in parts:
        Path(name).unlink()
    return firsts, pages


@contextmanager
def _opened(path: Path) -> Iterator[Pdf]:
    try:
        with Pdf.open(path, access_mode=AccessMode.stream) as pdf:
            yield pdf
    except PdfError as err:
        raise BadInputError("archive.unreadable-pdf", file=path) from err


def _flatten(pdf: Pdf) -> None:
    """Keep what signatures show as part of the page, and take the fields and their evidence away."""
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        # A document time stamp shows nothing, so it is left over.
        left = [note for note in page.obj.get(Name.Annots, ()) if note.get(Name.Subtype) != Name.Widget]
        page.obj.Annots = Array(left)
    for key in (Name.AcroForm, Name.DSS, Name.Perms):
        if key in pdf.Root:
            del pdf.Root[key]


def _planned(
    joined: Path, sources: Sequence[CopySource], firsts: Sequence[int], count: int, organisation: str, kind: CopyKind
) -> Iterator[Marked]:
    """The marks: page (from 0) and place of each."""
    words = choices().copies
    match kind:
        case CopyKind.READING:
            yield from _placed(joined, range(count), lambda ink, page: _at_bottom(ink, page, organisation))
        case CopyKind.PLAIN:
            yield from _placed(joined, firsts, lambda ink, page: plan_words(ink, page, words.plain))
        case CopyKind.CERTIFIED:
            yield from _placed(joined, firsts[:1], lambda ink, page: plan_words(ink, page, words.certified))
        case CopyKind.CONVERTED:
            lasts = [first - 1 for first in (*firsts[1:], count)]
            for source, last in zip(sources, lasts, strict=True):
                yield from _placed(joined, [last], _converted(source, organisation))


def _placed(joined: Path, pages: Sequence[int], plan: Planner) -> Iterator[Marked]:
    geometry = {}
    with Pdf.open(joined, access_mode=AccessMode.stream) as pdf:
        geometry = {page: geometry_of(pdf.pages[page]) for page in pages}
    for first, last in _runs(pages):
        rendered = render_thumbnails(joined, first, last, _LONGEST, DEFAULT_LIMITS)
        for page, raster in enumerate(rendered, first):
            yield page, plan(ink_mask(raster), geometry[page])


def _runs(pages: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as first and last of each unbroken run."""
    start = None
    for place, page in enumerate(pages):
        start = page if start is None else start
        if place + 1 == len(pages) or pages[place + 1] != page + 1:
            yield start, page
            start = None


def _at_bottom(ink: NDArray[np.bool_], page: PageGeometry, organisation: str) -> Placement:
    return plan_bottom(ink, page, fitting_lines(organisation, page.displayed[0]))


def _converted(source: CopySource, organisation: str) -> Planner:
    words = choices().copies

    def plan(ink: NDArray[np.bool_], page: PageGeometry) -> Placement:
        told = (line.format(code=source.code, organisation=organisation) for line in words.converted)
        lines = [part for line in told for part in fitting_lines(line, page.displayed[0])]
        return plan_after_text(ink, page, lines, words.seal_room)

    return plan
