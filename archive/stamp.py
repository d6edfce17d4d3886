"""Where the visible signature block goes: top right of page 1, upright, and never over ink.

TT 05/2025/TT-BNV Điều 8: organisation name and signing time, 10 pt, black, at the top right of the first page. A block
that hides writing would alter the record, so the free place nearest to the corner is searched within the top strip;
where the strip is full the page grows upward by a white strip, at a scale of 100 % and with its content untouched.

Lengths are points unless a name says otherwise. *Displayed* coordinates ``(u, v)`` run right and down from the top left
corner of the page as a viewer shows it; *user space* is that of the page's boxes (ISO 32000-1, 8.3.2.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path

import numpy as np
import pikepdf
from numpy.typing import NDArray

from archive.pdfwriting import save_pdf
from archive.typeface import text_width
from core.errors import BadInputError
from core.text import nfc

Rect = tuple[float, float, float, float]

MM = 72 / 25.4
FONT_SIZE = 10.0
LEADING = 12.0
STRIP = 30 * MM
EDGE = 5 * MM
CLEARANCE = 1 * MM
NAME_LINES = 3
HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """The displayed box of a page in user space, its clockwise /Rotate and the points of one user space unit."""

    box: Rect
    rotate: int = 0
    unit: float = 1.0

    @property
    def displayed(self) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        width, height = (self.box[2] - self.box[0]) * self.unit, (self.box[3] - self.box[1]) * self.unit
        return (width, height) if self.rotate % 180 == 0 else (height, width)

    def grown(self, top: float, left: float, bottom: float = 0.0) -> PageGeometry:
        """The page with room added at its displayed top, left and bottom edges."""
        x0, y0, x1, y1 = self.box
        up, aside, down = top / self.unit, left / self.unit, bottom / self.unit
        boxes = {
            0: (x0 - aside, y0 - down, x1, y1 + up),
            90: (x0 - up, y0 - aside, x1 + down, y1),
            180: (x0, y0 - up, x1 + aside, y1 + down),
            270: (x0 - down, y0, x1 + up, y1 + aside),
        }
        return PageGeometry(boxes[self.rotate], self.rotate, self.unit)

    def to_user_space(self, u: float, v: float, width: float, height: float) -> Rect:
        """The rectangle in user space of a displayed one."""
        corners = (self._point(u, v), self._point(u + width, v + height))
        (xa, ya), (xb, yb) = corners
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)

    def _point(self, u: float, v: float) -> tuple[float, float]:
        x0, y0, x1, y1 = self.box
        right, down = u / self.unit, v / self.unit
        points = {
            0: (x0 + right, y1 - down),
            90: (x0 + down, y0 + right),
            180: (x1 - right, y0 + down),
            270: (x1 - down, y1 - right),
        }
        return points[self.rotate]


@dataclass(frozen=True, slots=True)
class Placement:
    """A place for the block; ``rect`` is in user space of its page once the page has been extended.

    ``timed``: whether the signing time follows the lines.
    """

    rect: Rect
    rotate: int
    name_lines: tuple[str, ...]
    extend_top_pt: float = 0.0
    extend_left_pt: float = 0.0
    extend_bottom_pt: float = 0.0
    timed: bool = True

    @property
    def extends(self) -> bool:
        """Whether :func:`extend_page` has to run before signing."""
        return self.extend_top_pt > 0 or self.extend_left_pt > 0 or self.extend_bottom_pt > 0

    def lines_at(self, moment: datetime) -> tuple[str, ...]:
        """The lines of the block when it is signed."""
        return (*self.name_lines, time_line(moment)) if self.timed else self.name_lines


def plan_block(ink: NDArray[np.bool_], page: PageGeometry, organisation: str) -> Placement:
    """A place for the block of ``organisation`` on ``page``.

    Of the ways to break the name into up to three lines, the one that lies nearest to the corner wins. Where none is
    free, the page is to be extended upward; a page too narrow for the block is extended to its left as well.

    Args:
        ink: the upright page as displayed, H×W, true where there is ink.

    Raises:
        BadInputError: the name is empty or has letters that the face lacks.
    """
    return _plan_corner(ink, page, list(_layouts(organisation)), timed=True)


def plan_words(ink: NDArray[np.bool_], page: PageGeometry, words: str) -> Placement:
    """A place for one line of ``words`` and nothing else, found as :func:`plan_block` finds one.

    Raises:
        BadInputError: letters that the face lacks.
    """
    return _plan_corner(ink, page, [((words,), block_size((words,)))], timed=False)


def block_size(lines: Sequence[str]) -> tuple[float, float]:
    """Width and height in points of lines set in the block's size."""
    return max(text_width(line, FONT_SIZE) for line in lines), LEADING * len(lines)


_Way = tuple[tuple[str, ...], tuple[float, float]]


def _plan_corner(ink: NDArray[np.bool_], page: PageGeometry, ways: Sequence[_Way], *, timed: bool) -> Placement:
    width, _ = page.displayed
    dpi = ink.shape[1] * 72 / width
    found = [(place_block(ink, dpi, size), size, lines) for lines, size in ways]
    free = [(place, size, lines) for place, size, lines in found if place is not None]
    if free:
        place, size, lines = min(free, key=lambda entry: (_remoteness(entry[0], entry[1], width), len(entry[2])))
        return Placement(page.to_user_space(*place, *size), page.rotate, lines, timed=timed)
    fitting = [way for way in ways if way[1][0] + 2 * EDGE <= width]
    lines, size = fitting[0] if fitting else min(ways, key=lambda way: way[1][0])
    top, left = EDGE + size[1] + CLEARANCE, max(0.0, size[0] + 2 * EDGE - width)
    grown = page.grown(top, left)
    place = (grown.displayed[0] - EDGE - size[0], EDGE)
    return Placement(grown.to_user_space(*place, *size), page.rotate, lines, top, left, timed=timed)


def place_block(
    ink: NDArray[np.bool_], dpi: float, size: tuple[float, float], *, strip: float = STRIP
) -> tuple[float, float] | None:
    """The free displayed place ``(u, v)`` in points nearest to the top right corner, or ``None``.

    The block of ``size`` (width, height in points) stays within ``strip`` points of the top edge, keeps 5 mm from the
    edges of the page and 1 mm from ink, and its middle lies in the right half: further left it would no longer be
    "top right".
    """
    scale = dpi / 72
    wide, high = (math.ceil(length * scale) + 1 for length in size)
    edge, gap = math.ceil(EDGE * scale), math.ceil(CLEARANCE * scale)
    rows, columns = min(ink.shape[0], math.floor(strip * scale)), ink.shape[1]
    first = max(edge, math.ceil(columns / 2 - wide / 2))
    last_left, last_top = columns - edge - wide, rows - high
    if last_left < first or last_top < edge:
        return None
    looked_at = np.pad(ink[: rows + gap], gap)
    count = np.pad(looked_at.cumsum(axis=0, dtype=np.int64).cumsum(axis=1), ((1, 0), (1, 0)))
    tall, broad = high + 2 * gap, wide + 2 * gap
    tops = np.arange(edge, min(last_top, looked_at.shape[0] - tall) + 1)[:, None]
    lefts = np.arange(first, last_left + 1)[None, :]
    within = count[tops + tall, lefts + broad] - count[tops, lefts + broad]
    within = within - count[tops + tall, lefts] + count[tops, lefts]
    far = (tops - edge) ** 2 + (last_left - lefts) ** 2
    if not tops.size or within.min() > 0:
        return None
    top, left = np.unravel_index(np.where(within == 0, far, far.max() + 1).argmin(), far.shape)
    return float(lefts[0, left]) / scale, float(tops[top, 0]) / scale


def time_line(at: datetime) -> str:
    """The signing time as the block shows it: ``2026-11-23 10:15:42 +07:00``."""
    return at.astimezone(HANOI).isoformat(sep=" ", timespec="seconds").replace("+", " +")


def _remoteness(place: tuple[float, float], size: tuple[float, float], width: float) -> float:
    return math.hypot(width - place[0] - size[0], place[1])


def _layouts(organisation: str) -> Iterator[_Way]:
    """The name in one, two and three lines, each as even as words allow, with the size of the whole block."""
    words = nfc(organisation).split()
    if not words:
        raise BadInputError("archive.stamp-no-name")
    # Tinos has figures of one width, so any time is as wide as this one.
    time_width = text_width(time_line(datetime(2026, 11, 23, tzinfo=HANOI)), FONT_SIZE)
    for count in range(1, min(NAME_LINES, len(words)) + 1):
        lines = even_lines(words, count)
        width = max(time_width, *(text_width(line, FONT_SIZE) for line in lines))
        yield lines, (width, LEADING * (count + 1))


def even_lines(words: list[str], count: int) -> tuple[str, ...]:
    """``words`` in ``count`` lines, as even as they allow."""
    return min(_splits(words, count), key=lambda lines: max(text_width(line, FONT_SIZE) for line in lines))


def _splits(words: list[str], count: int) -> Iterator[tuple[str, ...]]:
    for cuts in combinations(range(1, len(words)), count - 1):
        bounds = (0, *cuts, len(words))
        yield tuple(" ".join(words[a:b]) for a, b in zip(bounds, bounds[1:], strict=False))


def read_geometry(path: Path) -> PageGeometry:
    """Box, rotation and unit of the first page of a PDF.

    Raises:
        BadInputError: not a readable PDF, or one without pages.
    """
    try:
        with pikepdf.open(path) as pdf:
            return geometry_of(pdf.pages[0])
    except (pikepdf.PdfError, IndexError, OSError, TypeError, ValueError) as err:
        raise BadInputError("archive.stamp-unreadable", file=path) from err


def geometry_of(page: pikepdf.Page) -> PageGeometry:
    """Box, rotation and unit of a page."""
    xs_ys = [float(number) for number in page.cropbox]
    (xa, ya, xb, yb) = xs_ys
    box = (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
    rotate = _inherited(page.obj, "/Rotate", 0) % 360
    # Anything but quarter turns is against the specification, and viewers take it for 0.
    return PageGeometry(box, rotate if rotate % 90 == 0 else 0, float(page.obj.get("/UserUnit", 1)))


def _inherited(node: pikepdf.Object, key: str, default: int) -> int:
    while key not in node:
        if "/Parent" not in node:
            return default
        node = node["/Parent"]
    return int(node[key])


def extend_page(path: Path, placement: Placement) -> None:
    """Grow the first page of the PDF by the white strips that ``placement`` asks for; the content is not touched.

    To be done before the PDF/A check and before signing. The file is replaced in one step.

    Raises:
        BadInputError: not a readable PDF.
    """
    temp = path.with_name(f".{path.name}.extended")
    try:
        with pikepdf.open(path) as pdf:
            grow_page(pdf.pages[0], placement)
            save_pdf(pdf, temp, deterministic_id=True)
        temp.replace(path)
    except (pikepdf.PdfError, IndexError) as err:
        raise BadInputError("archive.stamp-unreadable", file=path) from err
    finally:
        temp.unlink(missing_ok=True)


def grow_page(page: pikepdf.Page, placement: Placement) -> None:
    """Grow a page by the white strips that ``placement`` asks for."""
    strips = placement.extend_top_pt, placement.extend_left_pt, placement.extend_bottom_pt
    grown = geometry_of(page).grown(*strips).box
    page.mediabox = pikepdf.Array([_number(value) for value in _hull(grown, page.mediabox)])
    if "/CropBox" in page.obj:
        page.cropbox = pikepdf.Array([_number(value) for value in grown])


def _number(value: float) -> float:
    return round(value, 4)


def _hull(box: Rect, other: pikepdf.Array) -> Rect:
    xa, ya, xb, yb = (float(number) for number in other)
    return min(box[0], xa, xb), min(box[1], ya, yb), max(box[2], xa, xb), max(box[3], ya, yb)
