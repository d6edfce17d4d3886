"""From the page image to the picture that an engine reads best: even grey paper, level lines, letters of good size.

Pure functions on arrays. Every change of geometry is one resampling, and its way back is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import geometry
from ocr.geometry import Matrix
from ocr.options import OcrOptions
from ocr.preprocess import skew
from ocr.preprocess.paper import Grey, Recipe, flatten_background, to_grey, turn

_GOOD_HEIGHT = (17.0, 48.0)
_TARGET_HEIGHT = 24.0
_MAX_SCALE = 3.0
_MAX_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What the engine gets, and how it came about."""

    image: Grey
    """Grey, H×W."""
    to_page: Matrix
    """From continuous coordinates of ``image`` to those of the page image as given."""
    rotation: int
    """Clockwise quarter turns that were applied, in degrees."""
    angle: float
    """Skew found on the upright page, degrees, positive where the text falls to the right."""
    recipe: Recipe
    """Names and settings of what was applied, enough to do it again."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page made even, with what its letters say about its direction; nothing is turned yet."""

    flat: Grey
    mask: Grey
    mask_scale: float
    letter_height: float


def examine(image: NDArray[np.uint8]) -> Sheet:
    """The page made even and its letters found. Raises ValueError as :func:`to_grey`."""
    flat = flatten_background(to_grey(image))
    mask, scale, height = skew.letters(flat)
    return Sheet(flat, mask, scale, height)


def prepare(sheet: Sheet, rotation: int, options: OcrOptions) -> Prepared:
    """The sheet turned by ``rotation``, levelled, its letters brought to a size that engines read well."""
    found = skew.find_direction(turn(sheet.mask, rotation), options.max_skew if options.deskew else 0.0)
    angle = found.angle if found.sharpness >= skew.SURE else 0.0
    applied = angle if abs(angle) >= options.min_skew else 0.0
    upright = turn(sheet.flat, rotation)
    height, width = upright.shape
    scale = _scale(sheet.letter_height, width * height)
    matrix = geometry.identity()
    picture = upright
    if applied or scale != 1.0:
        matrix = geometry.turn_and_scale(applied, scale, width, height)
        size = geometry.turned_size(applied, scale, width, height)
        picture = _warp(upright, matrix, size, shrink=scale < 1)
    blurred = np.asarray(cv2.GaussianBlur(picture, (3, 3), 0.6), dtype=np.uint8)
    to_upright = geometry.inverse(matrix)
    back = geometry.inverse(geometry.quarter_turn(rotation, sheet.flat.shape[1], sheet.flat.shape[0]))
    recipe: Recipe = {
        "background": "dilate 7, median 21 at 1/4, divide",
        "rotation": rotation,
        "deskew": applied,
        "scale": scale,
        "blur": 0.6,
    }
    return Prepared(blurred, np.asarray(back @ to_upright), rotation, angle, recipe)


def _scale(letter_height: float, pixels: int) -> float:
    """What brings letters to a good height; 1 where they have it or where nothing is known of them."""
    if not letter_height or _GOOD_HEIGHT[0] <= letter_height <= _GOOD_HEIGHT[1]:
        return 1.0
    wanted = min(_MAX_SCALE, _TARGET_HEIGHT / letter_height)
    allowed = (_MAX_PIXELS / pixels) ** 0.5
    return round(min(wanted, max(allowed, 1.0)) if wanted > 1 else wanted, 3)


def _warp(picture: Grey, matrix: Matrix, size: tuple[int, int], *, shrink: bool) -> Grey:
    # Shrinking by interpolation alone skips pixels; a blur of the step's size first keeps thin strokes.
    source = cv2.blur(picture, (2, 2)) if shrink else picture
    centred = geometry.for_opencv(matrix)
    # The default border is black; paper must go on as paper.
    warped = cv2.warpAffine(source, centred, size, flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(warped, dtype=np.uint8)
