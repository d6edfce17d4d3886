"""What a group of strokes is: a signature, handwriting, or nothing that anybody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.model import Box, RegionKind
from ocr.regions.inkpicture import InkPicture, Mask
from ocr.regions.strokes import Group, Stroke

_EDGE, _MARGIN = 0.02, 0.05
"""What lies wholly so near an edge of the page, in shares of its sides, is the edge of a sheet; staples, holes and
shadows have their middle within the second."""
_HEAD = 0.2
"""Share of the page's height in which nobody signs."""
_RED = -0.6
"""Blueness, as a share of all the light that the ink takes, below which it is a seal's."""
_DARK = 50
"""Least mean darkness of 255 of what somebody wrote: edges of sheets and folds have up to 45."""
_RING = 0.75
"""Least share of a ring's ink in the outer three tenths of its radius; a disc has 0.51."""
_RING_SIZE = 3.0

# Sizes in units: heights of a line.
_FLOURISH_WIDTH, _FLOURISH_HEIGHT = 2.5, 1.4
"""Least size of the largest stroke of a signature."""
_HIGH = 2.4
"""Its least height where a line of text was seen away from seals: joined words may be as large otherwise."""
_TOUCHING = 1.5
"""What is no farther from a signature belongs to it."""
_SIGNATURE_HEIGHT, _SIGNATURE_WIDTH = 14.0, 24.0
_FILLED = 0.4
"""Share of its box that the ink of a signature fills, at most."""
_SIGNERS_TEXT = 5.0
"""How far above or below a signature its signer's title or name stands, at most."""
_LETTER_WIDTH, _LETTER_HEIGHT = 0.25, 0.5
_TALL = 2.8
"""Letters of handwriting are no smaller and no higher."""
_SOMETHING = 1.5
"""Least width of handwriting that is not a page's folio number."""
_CORNER_X, _CORNER_Y = 0.2, 0.1
"""The right-hand corner, in shares of the page's sides, in which folio numbers are pencilled."""
_FOLIO, _FIGURES, _CRUMBS = 4.0, 4, 2
"""Greatest width of a folio number, how many strokes of the size of a figure it has, and how many smaller ones."""
_PALE = 44
"""Least mean darkness of a folio number."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What the page shows beside a group; all in pixels of the reduced picture."""

    picture: InkPicture
    words: Sequence[Box]
    """Words that were read, those of the pen left out."""
    doubtful: Mask
    """Lines and words that were found but could not be read."""
    pen: Mask
    """Words of the pen."""


def classify(group: Group, around: Surroundings) -> RegionKind | None:
    """What a group is; nothing if it is not surely handwriting or a signature."""
    picture = around.picture
    xs, ys = group.points.T
    of_pen = float(around.pen[ys, xs].mean()) > 0.5
    darkness = 255.0 - float(picture.even[ys, xs].mean())
    if not of_pen and (_is_red(group, picture) or _at_edge(group.box, picture) or _is_ring(group, picture.unit)):
        return None
    if of_pen or (darkness >= _PALE and _is_folio(group, picture)):
        return RegionKind.SIGNATURE if of_pen and _is_signature(group, around) else RegionKind.HANDWRITING
    if darkness < _DARK or _in_margin(group.box, picture):
        return None
    if _is_signature(group, around):
        return RegionKind.SIGNATURE
    return RegionKind.HANDWRITING if _is_written(group, around) else None


def _is_signature(group: Group, around: Surroundings) -> bool:
    xs, ys = group.points.T
    line_seen = (around.doubtful | around.pen)[ys, xs].mean() > 0.5 and not _at_seal(group.box, around.picture)
    least = _HIGH if line_seen else _FLOURISH_HEIGHT
    return any(_is_flourish(stroke, least) for stroke in group.strokes) and _is_signed(group, around)


def touching_distance(box: Box, unit: float) -> Box:
    """A box grown by the distance within which things touch."""
    reach = round(_TOUCHING * unit)
    return box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach


def _is_red(group: Group, picture: InkPicture) -> bool:
    if picture.blue is None:
        return False
    xs, ys = group.points.T
    density = -np.log(np.maximum(picture.even[ys, xs], 1) / 255)
    return bool(picture.blue[ys, xs].sum() < _RED * density.sum())


def _at_seal(box: Box, picture: InkPicture) -> bool:
    """Whether a seal reaches to within a line's height."""
    x0, y0, x1, y1 = touching_distance(box, picture.unit)
    return bool(picture.seals[max(0, y0) : y1, max(0, x0) : x1].any())


def _at_edge(box: Box, picture: InkPicture) -> bool:
    height, width = picture.light.shape
    x, y = _EDGE * width, _EDGE * height
    return bool(box[2] < x or box[3] < y or box[0] > width - x or box[1] > height - y)


def _in_margin(box: Box, picture: InkPicture) -> bool:
    height, width = picture.light.shape
    x, y = (box[0] + box[2]) / 2 / width, (box[1] + box[3]) / 2 / height
    return bool(min(x, y, 1 - x, 1 - y) < _MARGIN)


def _is_ring(group: Group, unit: float) -> bool:
    """Whether the group is a round stamp: as high as wide, with most of its ink near the rim."""
    x0, y0, x1, y1 = group.box
    longer, shorter = max(x1 - x0, y1 - y0), min(x1 - x0, y1 - y0)
    if longer < _RING_SIZE * unit or shorter < 0.7 * longer:
        return False
    xs, ys = group.points.T
    distance = np.hypot((xs - (x0 + x1) / 2) / (x1 - x0), (ys - (y0 + y1) / 2) / (y1 - y0)) * 2
    return bool((distance > 0.7).mean() >= _RING)


def _is_folio(group: Group, picture: InkPicture) -> bool:
    x0, y0, x1, y1 = group.box
    height, width = picture.light.shape
    unit, middle = picture.unit, (x0 + x1) / 2 / width
    in_corner = 1 - middle < _CORNER_X and y1 < _CORNER_Y * height
    size = x1 - x0 <= _FOLIO * unit and 0.6 * unit <= y1 - y0 <= _TALL * unit
    figures = sum(_is_letter(stroke) for stroke in group.strokes)
    return in_corner and size and 1 <= figures <= _FIGURES and len(group.strokes) <= figures + _CRUMBS


def _is_letter(stroke: Stroke) -> bool:
    return stroke.width >= _LETTER_WIDTH and _LETTER_HEIGHT <= stroke.height <= _TALL


def _is_flourish(stroke: Stroke, least: float) -> bool:
    return stroke.width >= _FLOURISH_WIDTH and stroke.height >= least


def _is_signed(group: Group, around: Surroundings) -> bool:
    """Whether the group has the size of a signature and text of its signer above or below it."""
    x0, y0, x1, y1 = group.box
    unit = around.picture.unit
    if y0 < _HEAD * around.picture.light.shape[0]:
        return False
    if not (y1 - y0 <= _SIGNATURE_HEIGHT * unit and x1 - x0 <= _SIGNATURE_WIDTH * unit):
        return False
    if group.points.shape[0] > _FILLED * (x1 - x0) * (y1 - y0):
        return False
    near = _SIGNERS_TEXT * unit
    return any(
        left < x1 and right > x0 and top < y1 + near and bottom > y0 - near for left, top, right, bottom in around.words
    )


def _is_written(group: Group, around: Surroundings) -> bool:
    """Whether the group is a line, a word or initials in handwriting."""
    xs, ys = group.points.T
    letters = [stroke for stroke in group.strokes if _is_letter(stroke)]
    width = (group.box[2] - group.box[0]) / around.picture.unit
    found_as_line = float(around.doubtful[ys, xs].mean()) > 0.5
    return (
        bool(letters) and width >= _SOMETHING and (found_as_line or len(letters) > 1 or letters[0].width >= _SOMETHING)
    )
