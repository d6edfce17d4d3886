"""Seals: found by their frame, which type, rules and pictures of the same colour do not have.

Coloured ink is joined into groups. In each the circle is sought that has ink nearly all along it and hardly any outside
(random sample consensus: Fischler and Bolles, 1981); failing that, the ellipse or the rectangle around the group, by
the same proof. A seal across the edge of the page is judged by the part that lies on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box, Polygon
from ocr.preprocess import frames
from ocr.preprocess.frames import Frame, Points
from ocr.preprocess.inks import Inks, separate_inks
from ocr.preprocess.paper import Rgb

_JOIN = 0.011
"""How far apart, in shares of the longer side, ink of one seal may stand: 3 mm of an A4 page."""
_LEAST, _GREATEST = 0.03, 0.35
"""Of a seal's longer side, in shares of the page's: from 9 mm (stamps of signing programs) to 10 cm."""
_FILLED = 0.82
"""A seal leaves more paper free than a disc or a picture of one colour does."""
_SURE = {"round": 0.55, "oval": 0.6, "rectangular": 0.85}
"""Least confidence: the edges of a block of type reach 0.75."""
_SURE_BLUE = 0.9
"""Round scrawls of the pen are common, of red ink rare."""
_SLACK = 1.1
_MOST_IN_A_GROUP = 3
_LEAST_INK = 60
"""Pixels of the mask."""


class Shape(StrEnum):
    """What a seal's frame looks like."""

    ROUND = "round"
    OVAL = "oval"
    RECTANGULAR = "rectangular"


@dataclass(frozen=True, slots=True)
class Seal:
    """An office's seal or stamp, in pixels of the page."""

    shape: Shape
    colour: str
    """``red`` or ``blue`` (violet too)."""
    centre: tuple[float, float]
    radius: float
    """Half of the longer axis or side."""
    polygon: Polygon
    """Around the frame; parts of it may lie beyond the edge of the page."""
    box: Box
    """The part on the page."""
    confidence: float
    """0–1: how much of the frame bears ink, and how little ink of the group lies outside."""


def find_seals(rgb: Rgb) -> tuple[Seal, ...]:
    """The seals of a page, H×W×3, the surest first."""
    return seals_of(separate_inks(rgb), rgb.shape[1], rgb.shape[0])


def seals_of(inks: Inks, width: int, height: int) -> tuple[Seal, ...]:
    """The seals of a page of ``width`` × ``height`` pixels whose inks are known, the surest first."""
    found = []
    for colour, mask in (("red", inks.red), ("blue", inks.blue)):
        for ink in _groups(mask):
            for frame in _frames(ink, colour, mask.shape[1], mask.shape[0]):
                found.append(_seal(frame, colour, inks.scale, width, height))
    return tuple(sorted(found, key=lambda seal: -seal.confidence))


def _groups(mask: NDArray[np.bool_]) -> Iterator[Points]:
    """The pixels (n×2: x, y) of each group of ink that is large enough for a seal."""
    longer = max(mask.shape)
    if not mask.any():
        return
    reach = max(3, round(longer * _JOIN / 2) * 2 + 1)
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    for number in range(1, count):
        left, top, wide, high = (int(value) for value in stats[number, :4])
        if max(wide, high) - reach < _LEAST * longer or min(wide, high) - reach < _LEAST * longer / 4:
            continue
        part = (slice(top, top + high), slice(left, left + wide))
        ys, xs = np.nonzero(mask[part] & (labels[part] == number))
        if xs.size >= _LEAST_INK:
            yield np.stack([xs + left, ys + top], axis=1).astype(np.float64) + 0.5


def _frames(ink: Points, colour: str, width: int, height: int) -> Iterator[Frame]:
    """The frames in a group: once one is found, what lies in it is put aside and the rest is looked at."""
    least, greatest = _LEAST * max(width, height) / 2, _GREATEST * max(width, height) / 2
    for _ in range(_MOST_IN_A_GROUP):
        if len(ink) < _LEAST_INK:
            return
        # Around two seals that touch there is an ellipse too: circles come first.
        tried = (
            frames.circle(ink, least, min(greatest, _greatest_in(ink, width, height)), (width, height)),
            frames.ellipse(ink, least, greatest, (width, height)),
            frames.rectangle(ink, least, greatest, (width, height)),
        )
        best = next((frame for frame in tried if frame and _is_sure(frame, colour)), None)
        if best is None:
            return
        if best.filled < _FILLED:
            yield best
        ink = ink[~best.holds(ink)]


def _greatest_in(ink: Points, width: int, height: int) -> float:
    """The radius of the greatest circle around which the ink can stand; any, where the page's edge may cut it."""
    low, high = ink.min(axis=0), ink.max(axis=0)
    edge = _JOIN * max(width, height)
    if min(low) < edge or width - high[0] < edge or height - high[1] < edge:
        return max(width, height)
    return float(_SLACK * min(high - low) / 2)


def _is_sure(frame: Frame, colour: str) -> bool:
    return frame.confidence >= (_SURE_BLUE if colour == "blue" else _SURE[frame.shape])


def _seal(frame: Frame, colour: str, scale: float, width: int, height: int) -> Seal:
    corners = frame.outline() * scale
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    box = (max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1])))
    centre = (round(frame.centre[0] * scale, 1), round(frame.centre[1] * scale, 1))
    polygon = tuple((round(float(x)), round(float(y))) for x, y in corners)
    return Seal(
        Shape(frame.shape), colour, centre, round(frame.radius * scale, 1), polygon, box, round(frame.confidence, 3)
    )
