"""Words of a line with their places: cut where the paper is whitest between letters, drawn together to their ink."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.decode import Transcript
from ocr.recogniser.normalise import Grey

Mask = NDArray[np.bool_]

STEP = 4
"""Pixels of the normalised line to a step of the network."""
_INK = 140
"""Greys of a normalised line below it are ink."""
_MARGIN = 1.0
_SMOOTH = 5
"""Columns over which ink is averaged before the whitest is looked for."""


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word of a line; its rectangle in pixels of the line's picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    letters: tuple[float, ...]
    """Posterior of each letter."""

    @property
    def confidence(self) -> float:
        """Mean posterior of the letters."""
        return sum(self.letters) / len(self.letters)


def part_words(transcript: Transcript, picture: Grey) -> list[WordSpan]:
    """The words of a normalised line."""
    ink = picture < _INK
    darkness = ink.sum(axis=0, dtype=np.float32)
    smooth = cv2.blur(darkness[None], (_SMOOTH, 1), borderType=cv2.BORDER_REPLICATE)[0].tolist()
    groups = _groups(transcript.text)
    if not groups:
        return []
    edges = [0]
    for (_, last), (first, _) in pairwise(groups):
        edges.append(_whitest(smooth, transcript.places[last - 1] * STEP, transcript.places[first] * STEP))
    edges.append(picture.shape[1])
    inked = np.flatnonzero(darkness)
    return [
        _span(transcript, ink, inked, group, left, max(left + 1, right))
        for group, (left, right) in zip(groups, pairwise(edges), strict=True)
    ]


def _groups(text: str) -> list[tuple[int, int]]:
    """Start and end of every run of letters."""
    return [found.span() for found in re.finditer("[^ ]+", text)]


def _whitest(darkness: list[float], left: float, right: float) -> int:
    """Middle of the longest stretch of least ink between two letters."""
    first = min(int(left), len(darkness) - 1)
    between = darkness[first : max(first + 1, math.ceil(right))]
    least = min(between) + 0.01
    best = longest = run = 0
    for place, dark in enumerate(between):
        run = run + 1 if dark <= least else 0
        if run > longest:
            best, longest = place, run
    return first + best - longest // 2


def _span(
    transcript: Transcript, ink: Mask, inked: NDArray[np.intp], group: tuple[int, int], left: int, right: int
) -> WordSpan:
    """A word between two edges, drawn together to its ink; ``inked`` are the columns that have any."""
    first, last = group
    text = transcript.text[first:last]
    letters = transcript.confidences[first:last]
    start, end = np.searchsorted(inked, (left, right))
    if start == end:
        return WordSpan(text, left, 0, right, ink.shape[0], letters)
    x0, x1 = int(inked[start]), int(inked[end - 1]) + 1
    rows = np.flatnonzero(ink[:, x0:x1].any(axis=1))
    y0, y1 = int(rows[0]), int(rows[-1]) + 1
    return WordSpan(text, x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN, letters)
