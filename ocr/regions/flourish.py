"""Letters that were seen in the curls of a signature."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from core.model import Box, Line
from ocr.regions.inkpicture import InkPicture, Mask
from ocr.regions.pen import Place
from ocr.regions.strokes import find_rules

_FEW = 3
"""Letters of a line, at most, that a curl may look like."""
_AROUND = 4.0
"""How far about a word, in units, its strokes are followed."""
_WIDTH, _HEIGHT = 2.5, 1.4
"""Units; a stroke so large is no letter's."""
_MINE, _BEYOND = 0.7, 0.5
"""Share of the word's ink of such a stroke, and of the stroke's ink beyond the word, at least."""


def words_in_flourishes(picture: InkPicture, lines: Sequence[Line]) -> list[Place]:
    """Words of the shortest lines whose ink is part of far larger strokes."""
    short = [i for i, line in enumerate(lines) if sum(letter.isalnum() for letter in line.text) <= _FEW]
    if not short:
        return []
    ink = picture.ink & ~find_rules(picture)
    return [
        (i, j)
        for i in short
        for j, word in enumerate(lines[i].words)
        if _is_curl(ink, word.box, picture.scale, picture.unit)
    ]


def _is_curl(ink: Mask, box: Box, scale: int, unit: float) -> bool:
    x0, y0, x1, y1 = (round(edge / scale) for edge in box)
    left, top, reach = max(0, round(x0 - _AROUND * unit)), max(0, round(y0 - _AROUND * unit)), round(_AROUND * unit)
    near = ink[top : y1 + reach, left : x1 + reach].astype(np.uint8)
    word = np.zeros(near.shape, np.bool_)
    word[y0 - top : y1 - top + 1, x0 - left : x1 - left + 1] = True
    if not near.any():
        return False
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8, ltype=cv2.CV_32S)
    mine = np.bincount(labels[word], minlength=len(stats))
    mine[0] = 0
    stroke = int(mine.argmax())
    _, _, width, height, area = stats[stroke].tolist()
    large = width >= _WIDTH * unit and height >= _HEIGHT * unit
    return large and bool(mine[stroke] >= _MINE * mine.sum() and area - mine[stroke] >= _BEYOND * area)
