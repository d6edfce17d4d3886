"""Strokes of the pen among the ink that no word accounts for, gathered into groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box
from ocr.regions.inkpicture import InkPicture, Mask

# All in units (heights of a line) but the shares.
_RULE = 5.0
"""No stroke of a pen runs straight along the page so far."""
_SPECK = 0.3
_LETTER_TAIL = 0.6
"""What touches a word that was read and is no larger belongs to its letters."""
_THIN, _STRAIGHT, _ASLANT = 2.0, 0.25, 0.06
"""A part so long and no thicker, but for so much of its length where the page lies askew, is a rule or a fold."""
_BLOB = 0.35
"""Strokes of a pen are thinner: what is not is a hole, a stain or a blot."""
_JOIN_ACROSS, _JOIN_DOWN = 1.2, 0.7
"""How far apart strokes of one group may stand."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A connected piece of ink; lengths in units."""

    width: float
    """Of its box."""
    height: float
    thickness: float
    """Mean width of its strokes."""
    points: NDArray[np.int32]
    """n×2: x and y of its ink, in pixels of the reduced picture."""


@dataclass(frozen=True, eq=False)
class Group:
    """Strokes that stand together."""

    strokes: tuple[Stroke, ...]
    points: NDArray[np.int32]
    """n×2: x and y of its ink, in pixels of the reduced picture."""

    @cached_property
    def box(self) -> Box:
        """Around all of them, in pixels of the reduced picture."""
        return bounding_box(self.points)


def bounding_box(points: NDArray[np.int32]) -> Box:
    """The smallest box around pixels (n×2: x, y)."""
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return x0, y0, x1 + 1, y1 + 1


def find_groups(picture: InkPicture, read: Mask) -> list[Group]:
    """The groups of pen-like strokes.

    Args:
        picture: of the page.
        read: h×w, where words stand that account for their ink.
    """
    left = picture.ink & ~read & ~find_rules(picture)
    count, labels, stats = _components(left)
    touching = np.zeros(count, np.bool_)
    touching[labels[left & cv2.dilate(read.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)]] = True
    likely = _pen_like(stats, touching, left.shape, picture.unit)
    strokes = [_stroke(labels, stats[number], number, picture.unit) for number in np.flatnonzero(likely).tolist()]
    return _gathered([stroke for stroke in strokes if stroke.thickness <= _BLOB], left.shape, picture.unit)


def _components(mask: Mask) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """Count of connected parts, background included; their numbers, h×w; for each its x, y, width, height, area."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    return count, np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32)


def find_rules(picture: InkPicture) -> Mask:
    """Long straight lines along the page, also where they cross or touch other ink."""
    length = round(_RULE * picture.unit)
    ink = picture.ink.astype(np.uint8)
    rules = np.zeros(ink.shape, np.uint8)
    for along, across in (((1, length), (3, 1)), ((length, 1), (1, 3))):
        thick = cv2.dilate(ink, np.ones(across, np.uint8))
        rules |= np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones(along, np.uint8)), dtype=np.uint8)
    return cv2.dilate(rules, np.ones((3, 3), np.uint8)).astype(np.bool_)


def _pen_like(stats: NDArray[np.int32], touching: Mask, shape: tuple[int, ...], unit: float) -> Mask:
    x, y, width, height, area = stats.T
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    inside = (x > 0) & (y > 0) & (x + width < shape[1]) & (y + height < shape[0])
    rule = (longer >= _THIN * unit) & (shorter <= _STRAIGHT * unit + _ASLANT * longer)
    tail = touching & (longer <= _LETTER_TAIL * unit)
    likely = inside & (longer >= _SPECK * unit) & (area > _SPECK * unit) & ~rule & ~tail
    likely[0] = False
    return np.asarray(likely)


def _stroke(labels: NDArray[np.int32], stat: NDArray[np.int32], number: int, unit: float) -> Stroke:
    x, y, width, height, area = (int(value) for value in stat)
    part = (labels[y : y + height, x : x + width] == number).astype(np.uint8)
    edges, _ = cv2.findContours(part, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    # Half the length of its edges is about the length of a stroke.
    length = max(1.0, sum(len(edge) for edge in edges) / 2)
    ys, xs = np.nonzero(part)
    points = np.stack([xs + x, ys + y], axis=1).astype(np.int32)
    return Stroke(width / unit, height / unit, area / length / unit, points)


def _gathered(strokes: Sequence[Stroke], shape: tuple[int, ...], unit: float) -> list[Group]:
    ink = np.zeros(shape, np.uint8)
    for stroke in strokes:
        ink[stroke.points[:, 1], stroke.points[:, 0]] = 1
    reach = round(_JOIN_DOWN * unit) | 1, round(_JOIN_ACROSS * unit) | 1
    _, places = cv2.connectedComponents(cv2.dilate(ink, np.ones(reach, np.uint8)), connectivity=8, ltype=cv2.CV_32S)
    members: dict[int, list[Stroke]] = {}
    for stroke in strokes:
        x, y = stroke.points[0]
        members.setdefault(int(places[y, x]), []).append(stroke)
    return [Group(tuple(group), np.concatenate([stroke.points for stroke in group])) for group in members.values()]
