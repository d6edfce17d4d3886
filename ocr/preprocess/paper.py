"""Pixels made grey, turned by quarters, and told apart into paper and ink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""H×W."""
Rgb = NDArray[np.uint8]
"""H×W×3."""
Recipe = Mapping[str, str | float | int]
"""Name of a step → its settings, enough to do it again."""

REDUCTION = 4
"""How many pixels of a page go into one of the picture of its paper."""
_QUARTERS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A grey page after a step, of the same size, and what the step did."""

    image: Grey
    recipe: Recipe
    """Empty where the page was left as it was."""


def to_grey(image: NDArray[np.uint8]) -> Grey:
    """H×W from H×W×3 RGB (ITU-R BT.601 luma), H×W×1 or H×W.

    Raises:
        ValueError: another shape, another type than uint8, or no pixel at all.
    """
    if image.dtype != np.uint8 or image.size == 0:
        raise ValueError(f"uint8 pixels expected, not {image.dtype} of shape {image.shape}")
    if image.ndim == 3 and image.shape[2] == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 1):
        return np.ascontiguousarray(image.reshape(image.shape[:2]))
    raise ValueError(f"H×W×3 or H×W expected, not {image.shape}")


def halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half of the size, grey or in colours; an odd last row or column is left out, for even sides are halved fast."""
    width, height = max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2)
    even = picture[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def reduce(grey: Grey) -> Grey:
    """A quarter of the size, enough to tell paper from ink."""
    return halved(halved(grey))


def shrunk(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture with a longer side of ``side`` pixels at most; halving first is faster than a free scale alone."""
    while max(picture.shape[:2]) >= 2 * side and min(picture.shape[:2]) >= 2:
        picture = halved(picture)
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def find_paper(small: Grey) -> Grey:
    """The paper behind the ink of a reduced page (see :func:`reduce`): the local maximum, smoothed by a median.

    Where it is darker than a third of the page's paper (photographs, scanner edges) it is taken for ink and left dark,
    not blown up to noise.
    """
    lightest = np.asarray(cv2.dilate(small, np.ones((7, 7), np.uint8)), dtype=np.uint8)
    paper = cv2.medianBlur(halved(lightest), 11)
    paper = np.maximum(paper, np.uint8(np.percentile(paper, 90) / 3))
    size = small.shape[1], small.shape[0]
    return np.asarray(cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def flatten_background(grey: Grey) -> Grey:
    """The page divided by its own paper: uneven light, stains and yellowing go, ink keeps its greys."""
    paper = find_paper(reduce(grey))
    full = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, full, scale=255), dtype=np.uint8)


def turn(picture: Grey, rotation: int) -> Grey:
    """Turned clockwise by ``rotation`` degrees (0, 90, 180, 270)."""
    code = _QUARTERS[rotation]
    return picture if code is None else np.asarray(cv2.rotate(picture, code), dtype=np.uint8)
