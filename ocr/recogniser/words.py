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
    darkness = cv2.reduce(ink.view(np.uint8), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F)
    smooth = cv2.blur(darkness, (_SMOOTH, 1), borderType=cv2.BORDER_REPLICATE)[0].tolist()
    groups = _groups(transcript.text)
    if not groups:
        return []
    edges = [0]
    for (_, last), (first, _) in pairwise(groups):
        edges.append(_whitest(smooth, transcript.places[last - 1] * STEP, transcript.places[first] * STEP))
    edges.append(picture.shape[1])
    bounds = _bounds(ink, np.flatnonzero(darkness), np.array(edges))
    return [_span(transcript, group, box) for group, box in zip(groups, bounds, strict=True)]


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


def _bounds(ink: Mask, inked: NDArray[np.intp], edges: NDArray[np.intp]) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of the ink between each edge and the next, with a margin; the whole part if it has none.

    ``inked`` are the columns that have ink.
    """
    left, right = edges[:-1], np.maximum(edges[:-1] + 1, edges[1:])
    start, end = np.searchsorted(inked, left), np.searchsorted(inked, right)
    some = start < end
    bounds = np.stack([left, np.zeros_like(left), right, np.full_like(left, ink.shape[0])], axis=1).astype(np.float64)
    if some.any():
        x0, x1 = inked[start[some]], inked[end[some] - 1] + 1
        columns = zip(x0.tolist(), x1.tolist(), strict=True)
        rows = np.stack([ink[:, first:last].any(axis=1) for first, last in columns], axis=1)
        y0, y1 = rows.argmax(axis=0), ink.shape[0] - rows[::-1].argmax(axis=0)
        bounds[some] = np.stack([x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN], axis=1)
    return [(x, y, z, w) for x, y, z, w in bounds.tolist()]


def _span(transcript: Transcript, group: tuple[int, int], bounds: tuple[float, float, float, float]) -> WordSpan:
    first, last = group
    return WordSpan(transcript.text[first:last], *bounds, transcript.confidences[first:last])
