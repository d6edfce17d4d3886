"""Words of a line with their places: cut where the paper is whitest between letters, drawn together to their ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.decode import Transcript
from ocr.recogniser.normalise import Grey

STEP = 4
"""Pixels of the normalised line to a step of the network."""
_INK = 140
"""Greys of a normalised line below it are ink."""
_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word of a line; its rectangle in pixels of the line's picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    """Mean posterior of its letters."""


def part_words(transcript: Transcript, picture: Grey) -> list[WordSpan]:
    """The words of a normalised line."""
    darkness = np.where(picture < _INK, 1.0, 0.0).sum(axis=0)
    light = cv2.blur(darkness[None], (5, 1), borderType=cv2.BORDER_REPLICATE)[0]
    groups = _groups(transcript.text)
    edges = [0.0]
    for (_, last), (first, _) in zip(groups, groups[1:], strict=False):
        edges.append(_whitest(light, transcript.places[last - 1] * STEP, transcript.places[first] * STEP))
    edges.append(float(picture.shape[1]))
    return [
        _span(transcript, picture, group, left, right)
        for group, left, right in zip(groups, edges, edges[1:], strict=False)
    ]


def _groups(text: str) -> list[tuple[int, int]]:
    """First and last-but-one index of every run of letters."""
    inked = np.array([letter != " " for letter in text], dtype=np.int8)
    steps = np.diff(inked, prepend=0, append=0)
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _whitest(light: NDArray[np.float64], left: float, right: float) -> float:
    """Middle of the longest stretch of least ink between two letters."""
    first, last = int(left), max(int(left) + 1, int(np.ceil(right)))
    between = light[first:last]
    if not between.size:
        return left
    least = np.diff((between <= between.min() + 1e-6).astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(least == 1), np.flatnonzero(least == -1)
    longest = int((ends - starts).argmax())
    return first + float(starts[longest] + ends[longest]) / 2


def _span(transcript: Transcript, picture: Grey, group: tuple[int, int], left: float, right: float) -> WordSpan:
    first, last = group
    ink = picture[:, int(left) : int(np.ceil(right))] < _INK
    # The outer words have all the line's margin; what lies far outside their letters is not theirs.
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    text = transcript.text[first:last]
    confidence = sum(transcript.confidences[first:last]) / (last - first)
    if not columns.size:
        return WordSpan(text, left, 0.0, max(right, left + 1), float(picture.shape[0]), confidence)
    x0, x1 = left + columns[0] - _MARGIN, left + columns[-1] + 1 + _MARGIN
    return WordSpan(text, x0, rows[0] - _MARGIN, x1, rows[-1] + 1 + _MARGIN, confidence)
