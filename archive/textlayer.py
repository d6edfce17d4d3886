"""Where the text layer is made: every recognised word, invisible, exactly on its picture.

Text showing operators of ISO 32000-1, 9.4, in rendering mode 3. The text matrix is turned to the baseline of the line,
so skewed lines and quarter turns need no special road. A line has one type size and one baseline, as viewers expect
when they gather words into lines; a word may stand off it by a quarter of the size, as warped paper asks. Horizontal
scaling makes each word as long as its box, and a space as wide as the gap stands between words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from archive.glyphless import ADVANCE, DESCENT, CodeTable, printable
from core.model import Box, Line, RecognizedPage

FONT_NAME = "/F1"
"""One of the names by which OCRmyPDF looks for the font of a text layer."""

_DRIFT = 0.25
_NARROWEST_GAP = 0.2
"""Between words, in sizes. Viewers part words by the gap they see, not by the space that is written there: poppler's
``minWordSpacing`` is 0.15. Where boxes stand closer, both words give way by their lengths, a quarter at most."""
_GIVING_WAY = 0.25
_SCALING = (1.0, 32000.0)
"""Horizontal scaling in per cent: positive, and within the numbers that PDF/A-1 admits."""
_SMALLEST = 0.5
"""Pixels; boxes without extent still hold a word that somebody may search."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """Directions of a line in pixels, y down: ``(ux, uy)`` along the text, ``(nx, ny)`` up from it."""

    ux: float
    uy: float

    @property
    def nx(self) -> float:
        return self.uy

    @property
    def ny(self) -> float:
        return -self.ux


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word in the axes of its line, in pixels: from ``start`` to ``end`` along, ``bottom`` to ``top`` across."""

    text: str
    start: float
    end: float
    bottom: float
    top: float


def text_layer(page: RecognizedPage, dpi: float, codes: CodeTable) -> bytes:
    """The content stream that puts the words of ``page`` on a picture drawn from (0, 0) at ``dpi``.

    Args:
        page: words in pixels of the picture as drawn.
        dpi: pixels per inch; the stream is in pt (1/72 inch), y up.
        codes: takes in the characters used; its font must be the page's :data:`FONT_NAME`.
    """
    body = b"".join(_line(line, page, 72 / dpi, codes) for line in page.lines)
    return b"BT\n3 Tr\n" + body + b"ET\n" if body else b""


def _line(line: Line, page: RecognizedPage, scale: float, codes: CodeTable) -> bytes:
    axes = _axes(line, page.rotation)
    words = [_place(text, word.box, axes) for word in line.words if (text := printable(word.text))]
    if not words:
        return b""
    size = max(median(word.top for word in words) - median(word.bottom for word in words), _SMALLEST)
    shown = b"".join(_show(_parted(words, size), size, axes, page.height, scale, codes))
    body = f"{FONT_NAME} {_number(size * scale)} Tf\n".encode() + shown
    if line.language and line.language != page.language and line.language.replace("-", "").isalnum():
        return f"/Span <</Lang ({line.language})>> BDC\n".encode() + body + b"EMC\n"
    return body


def _axes(line: Line, rotation: int) -> _Axes:
    x0, y0, x1, y1 = line.baseline
    length = math.hypot(x1 - x0, y1 - y0)
    if length:
        return _Axes((x1 - x0) / length, (y1 - y0) / length)
    return {90: _Axes(0.0, -1.0), 180: _Axes(-1.0, 0.0), 270: _Axes(0.0, 1.0)}.get(rotation % 360, _Axes(1.0, 0.0))


def _place(text: str, box: Box, axes: _Axes) -> _Placed:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    along, across = x * axes.ux + y * axes.uy, x * axes.nx + y * axes.ny
    length, height = _turned_extent(box[2] - box[0], box[3] - box[1], axes)
    return _Placed(text, along - length / 2, along + length / 2, across - height / 2, across + height / 2)


def _turned_extent(width: float, height: float, axes: _Axes) -> tuple[float, float]:
    """Length and height of the turned word whose upright box is ``width`` × ``height``.

    The box of a rectangle l × h turned by t is (l·cos t + h·sin t) × (l·sin t + h·cos t); this is solved for l and h.
    Ink does not fill the corners of its rectangle, hence the bounds.
    """
    c, s = max(abs(axes.ux), abs(axes.uy)), min(abs(axes.ux), abs(axes.uy))
    if abs(axes.uy) > abs(axes.ux):
        width, height = height, width
    squeeze = max(c * c - s * s, 0.5)
    length = min(max((width * c - height * s) / squeeze, width / 2), width / c)
    rise = min(max((height * c - width * s) / squeeze, height / 3), height)
    return max(length, _SMALLEST), max(rise, _SMALLEST)


def _parted(words: Sequence[_Placed], size: float) -> list[_Placed]:
    """The words with room between them."""
    parted = [words[0]]
    for after in words[1:]:
        before = parted[-1]
        lack = size * _NARROWEST_GAP - (after.start - before.end)
        share = min(max(lack, 0.0) / (before.end - before.start + after.end - after.start), _GIVING_WAY)
        parted[-1] = replace(before, end=before.end - share * (before.end - before.start))
        parted.append(replace(after, start=after.start + share * (after.end - after.start)))
    return parted


def _show(
    words: Sequence[_Placed], size: float, axes: _Axes, height: int, scale: float, codes: CodeTable
) -> Iterator[bytes]:
    middle = (median(word.top for word in words) + median(word.bottom for word in words)) / 2
    gaps = [max(after.start - before.end, size * _NARROWEST_GAP) for before, after in pairwise(words)]
    turn = " ".join(_number(part) for part in (axes.ux, -axes.uy, axes.uy, axes.ux))
    for word, gap in zip(words, [*gaps, None], strict=True):
        own, drift = (word.top + word.bottom) / 2, size * _DRIFT
        base = min(max(middle, own - drift), own + drift) - size * (0.5 - DESCENT)
        x = word.start * axes.ux + base * axes.nx
        y = word.start * axes.uy + base * axes.ny
        yield f"{turn} {_number(x * scale)} {_number((height - y) * scale)} Tm\n".encode()
        yield _stretched(word.text, word.end - word.start, size, codes)
        if gap is not None:
            yield _stretched(" ", gap, size, codes)


def _stretched(text: str, length: float, size: float, codes: CodeTable) -> bytes:
    per_cent = 100 * length / (len(text) * ADVANCE * size)
    per_cent = min(max(per_cent, _SCALING[0]), _SCALING[1])
    return f"{_number(per_cent)} Tz <{codes.encode(text).hex()}> Tj\n".encode()


def _number(value: float) -> str:
    """Plain decimal: PDF knows no exponents."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
