"""A reduced picture of a page in which all lengths are heights of its lines: paper divided out, ink told from paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box, Line, Polygon
from ocr.preprocess import find_paper
from ocr.preprocess.paper import Grey, halved

Mask = NDArray[np.bool_]
Rgb = NDArray[np.uint8]
Floats = NDArray[np.float32]

_UNIT = 12
"""Pixels of the reduced picture to the height of a line of the page's text, about: at 300 dpi a quarter."""
_LINES_OF_A4 = 70
"""Line heights to the longer side of a page whose own lines are too few to tell."""
_TELLING = 3
_LEAST_SIDE, _GREATEST_SIDE = 480, 1300
_CORE, _RIM = 200, 222
"""Of a stroke's light, paper at 255, the darkest and what belongs to it. Show-through and stains seldom reach the
first: on the aged samples they stay above 205, a pencilled folio number below 190."""
_OVER_SEAL = 170
"""What is left of a faded seal is lighter, black ink over it darker."""
_AIR = 0.12
"""How far around its box, in units, a word's ink may reach."""
_COARSE, _PAPER_AROUND = 4, (19, 19)
"""The paper's own tint is measured on every fourth pixel of the picture, in squares of so many of these."""
_SAMPLE = 16
"""One pixel of so many, either way, tells whether a page has any colour."""
_LOGARITHM = np.log(np.maximum(np.arange(256), 1)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class InkPicture:
    """A reduced page; all arrays are h×w."""

    scale: int
    """Pixels of the page to one of the picture."""
    unit: float
    """Pixels of the picture to the height of a line of text."""
    light: Grey
    """The page reduced."""
    even: Grey
    """Divided by its paper: 255 where there is no ink."""
    ink: Mask
    """Where strokes are darker than the paper around them."""
    seals: Mask
    """Within seals."""
    blue: Floats | None
    """How much less blue light than red is taken, against the paper around, in natural optical density: above 0 for
    blue ink, below for red; nothing where the page is grey."""

    def within(self, boxes: Iterable[Box]) -> Mask:
        """The insides of words' boxes (pixels of the page), and what of their ink may reach beyond."""
        mask = np.zeros(self.light.shape, np.bool_)
        air = _AIR * self.unit
        for x0, y0, x1, y1 in boxes:
            rows = slice(max(0, round(y0 / self.scale - air)), round(y1 / self.scale + air) + 1)
            mask[rows, max(0, round(x0 / self.scale - air)) : round(x1 / self.scale + air) + 1] = True
        return mask

    def filled(self, polygons: Iterable[Polygon]) -> Mask:
        """The insides of polygons (pixels of the page)."""
        return _filled(polygons, self.scale, self.light.shape)


def picture_ink(page: Grey, lines: Sequence[Line], seals: Sequence[Polygon], rgb: Rgb | None) -> InkPicture:
    """The ink of an upright page.

    Args:
        page: grey, H×W, seals faded.
        lines: those read, in pixels of ``page``.
        seals: their outlines, in pixels of ``page``.
        rgb: the page in colour, H×W×3, if it has any.
    """
    height = _line_height(page, lines)
    scale = _scale(height, max(page.shape))
    light = _reduced(page, scale)
    even = np.asarray(cv2.divide(light, _paper(light), scale=255), dtype=np.uint8)
    inside = _filled(seals, scale, light.shape)
    core = even < np.where(inside, np.uint8(_OVER_SEAL), np.uint8(_CORE))
    rim = even < np.where(inside, np.uint8(_OVER_SEAL), np.uint8(_RIM))
    tint = None if rgb is None or not _has_colour(rgb) else _blue(_reduced(rgb, scale), (even < _RIM) | inside)
    return InkPicture(scale, height / scale, light, even, _reached(core, rim), inside, tint)


def _line_height(page: Grey, lines: Sequence[Line]) -> float:
    heights = [line.words[0].box[3] - line.words[0].box[1] for line in lines if line.words]
    return float(np.median(heights)) if len(heights) >= _TELLING else max(page.shape) / _LINES_OF_A4


def _scale(height: float, longer: int) -> int:
    """A whole number, for reducing by one is several times faster."""
    return max(1, -(-longer // _GREATEST_SIDE), min(round(height / _UNIT), longer // _LEAST_SIDE))


def _reduced(picture: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    # Halving is by far the fastest way to reduce.
    while scale % 2 == 0 and min(picture.shape[:2]) > 1:
        scale //= 2
        picture = halved(picture)
    height, width = (max(1, side // scale) for side in picture.shape[:2])
    part = picture[: height * scale, : width * scale]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _paper(light: Grey) -> Grey:
    """The paper of the reduced page; it is seen as well at half its size, in a quarter of the time."""
    height, width = light.shape
    half = cv2.resize(light, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    paper = find_paper(np.asarray(half, dtype=np.uint8))
    return np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _filled(polygons: Iterable[Polygon], scale: int, shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(np.array(polygon) / scale).astype(np.int32)], 1)
    return mask.astype(np.bool_)


def _reached(core: Mask, rim: Mask) -> Mask:
    """The connected parts of ``rim`` that hold some of ``core``."""
    count, labels = cv2.connectedComponents(rim.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    held = np.zeros(count, np.bool_)
    held[labels[core]] = True
    held[0] = False
    return np.asarray(held[labels])


def _has_colour(rgb: Rgb) -> bool:
    """Whether red and blue differ anywhere; grey pages are often kept as RGB."""
    part = rgb[::_SAMPLE, ::_SAMPLE]
    return bool((part[:, :, 0] != part[:, :, 2]).any())


def _blue(rgb: Rgb, covered: Mask) -> Floats:
    tint = cv2.subtract(cv2.LUT(rgb[:, :, 2], _LOGARITHM), cv2.LUT(rgb[:, :, 0], _LOGARITHM))
    height, width = covered.shape
    small = max(1, width // _COARSE), max(1, height // _COARSE)
    bare = cv2.resize((~covered).astype(np.float32), small, interpolation=cv2.INTER_NEAREST)
    around = cv2.resize(tint, small, interpolation=cv2.INTER_NEAREST) * bare
    paper = cv2.blur(around, _PAPER_AROUND) / np.maximum(cv2.blur(bare, _PAPER_AROUND), 0.01)
    return np.asarray(cv2.subtract(tint, cv2.resize(paper, (width, height))), dtype=np.float32)
