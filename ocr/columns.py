"""Heads and signature blocks that stand side by side: read the left one, then the right one.

Engines that read a page as one column join what stands at the same height: the court's name with the nation's motto,
the list of recipients with the signer's title. Where two lines or more are parted by a common gutter, each side is
made lines of its own. Rows with more than one gap are tables and stay rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from core.model import Line, Word
from ocr.geometry import bounds

_GAP = 1.25
"""Least gap between words that may be a gutter, in heights of words; justified lines stay below it."""
_GUTTER = 0.4
_FEWEST = 2
_APART = 3.0
"""Greatest distance between lines of one block, in heights of words."""


@dataclass(frozen=True, slots=True)
class _Gutter:
    left: int
    right: int

    def within(self, other: _Gutter) -> _Gutter:
        return _Gutter(max(self.left, other.left), min(self.right, other.right))


def part_columns(lines: Sequence[Line]) -> list[Line]:
    """The lines of a level page in reading order, blocks that stand side by side taken apart."""
    ordered: list[Line] = []
    start = 0
    while start < len(lines):
        end, gutter = _block(lines, start)
        if gutter is None:
            ordered.append(lines[start])
        else:
            sides = [_split(line, gutter) for line in lines[start:end]]
            ordered += [left for left, _ in sides if left] + [right for _, right in sides if right]
        start = end
    return ordered


def _block(lines: Sequence[Line], start: int) -> tuple[int, _Gutter | None]:
    """Where the block that begins at ``start`` ends, and its gutter; the next line and ``None`` where there is none."""
    gaps = _gaps(lines[start])
    if len(gaps) != 1:
        return start + 1, None
    gutter, height = gaps[0], _height(lines[start])
    parted, end = 1, start + 1
    while end < len(lines) and _near(lines[end - 1], lines[end], height):
        gaps = _gaps(lines[end])
        common = gutter.within(gaps[0]) if len(gaps) == 1 else None
        if common is not None and common.right - common.left >= _GUTTER * height:
            gutter, parted = common, parted + 1
        elif gaps or not _one_sided(lines[end], gutter):
            break
        end += 1
    return (end, gutter) if parted >= _FEWEST else (start + 1, None)


def _gaps(line: Line) -> list[_Gutter]:
    words = sorted(line.words, key=lambda word: word.box[0])
    least = _GAP * _height(line)
    pairs = zip(words, words[1:], strict=False)
    return [_Gutter(a.box[2], b.box[0]) for a, b in pairs if b.box[0] - a.box[2] >= least]


def _height(line: Line) -> float:
    return median(word.box[3] - word.box[1] for word in line.words)


def _near(above: Line, below: Line, height: float) -> bool:
    return below.box[3] - above.box[1] >= 0 and below.box[1] - above.box[3] <= _APART * height


def _one_sided(line: Line, gutter: _Gutter) -> bool:
    return line.box[2] <= gutter.right or line.box[0] >= gutter.left


def _split(line: Line, gutter: _Gutter) -> tuple[Line | None, Line | None]:
    middle = (gutter.left + gutter.right) / 2
    left = [word for word in line.words if (word.box[0] + word.box[2]) / 2 < middle]
    right = [word for word in line.words if (word.box[0] + word.box[2]) / 2 >= middle]
    return _part(line, left), _part(line, right)


def _part(line: Line, words: Sequence[Word]) -> Line | None:
    if not words or len(words) == len(line.words):
        return line if words else None
    box = bounds([word.box for word in words])
    x0, y0, x1, y1 = line.baseline
    slope = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    start, end = (y0 + slope * (x - x0) for x in (box[0], box[2]))
    return replace(line, words=tuple(words), box=box, baseline=(float(box[0]), start, float(box[2]), end))
