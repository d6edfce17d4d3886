"""Photographs, halftones and other areas that are grey or dark over more than the strokes of letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box
from ocr.preprocess.paper import Grey
from ocr.regions.inkpicture import InkPicture, Mask

_CELLS = 4
"""Cells of the coarse picture to a unit."""
_STROKE = 5
"""Cells; what is no wider is a stroke and is filled with the paper beside it."""
_REACH = 0.5
"""Share of the page's shorter side within which paper must lie around a picture."""
_DARK, _GREY = 0.72, 0.88
"""Share of the paper's light below which an area is surely no paper, as stains are that keep three quarters, and below
which what adjoins it may belong to it."""
_EDGE = 0.92
"""The same, just inside its edge against just outside: shadows have no edge."""
_LEAST = 2.5
"""Units, either side."""
_FULL = 0.55
"""Least share of its box that a picture fills."""
_WORDS = 0.1
"""Share of a dark area that words may cover: more is light print on a dark ground."""


def find_pictures(picture: InkPicture, words: Sequence[Box]) -> Mask:
    """Where the pictures of a page are, h×w.

    Args:
        picture: of the page.
        words: those read, in pixels of ``picture``.
    """
    light = picture.light
    coarse = max(1, round(picture.unit / _CELLS))
    height, width = (max(1, side // coarse) for side in light.shape)
    small = np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ground = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8)), dtype=np.uint8)
    dark, grey = _levels(ground)
    found = np.zeros(dark.shape, np.bool_)
    reading, seals = _scaled(_within(words, light.shape), dark), _scaled(picture.seals, dark)
    for part in (*_parts(grey, dark), *_parts(dark, dark)):
        sizeable = _has_size(part, _LEAST * picture.unit / coarse) and not found[part].any()
        if sizeable and reading[part].mean() < _WORDS and seals[part].mean() < 0.5 and _has_edge(ground, part):
            found |= part
    return _scaled(found, picture.seals)


def _levels(ground: Grey) -> tuple[Mask, Mask]:
    """Where there is no paper, surely and perhaps, the small gaps of high lights closed."""
    side = max(3, round(_REACH * min(ground.shape)))
    paper = cv2.morphologyEx(ground, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    stroke = np.ones((_STROKE, _STROKE), np.uint8)
    levels = []
    for share in (_DARK, _GREY):
        closed = cv2.morphologyEx((ground < share * paper).astype(np.uint8), cv2.MORPH_CLOSE, stroke)
        levels.append(cv2.morphologyEx(closed, cv2.MORPH_OPEN, stroke).astype(np.bool_))
    return levels[0], levels[1]


def _parts(areas: Mask, seeds: Mask) -> Iterator[Mask]:
    """The connected parts of ``areas`` that hold some of ``seeds``."""
    _, labels = cv2.connectedComponents(areas.astype(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    for number in np.unique(labels[seeds & areas]).tolist():
        if number:
            yield labels == number


def _has_size(part: Mask, least: float) -> bool:
    """Whether a part is large enough, compact, and clear of the edges of the page."""
    x, y, width, height = cv2.boundingRect(part.astype(np.uint8))
    inside = x > 0 and y > 0 and x + width < part.shape[1] and y + height < part.shape[0]
    return inside and min(width, height) >= least and int(part.sum()) >= _FULL * width * height


def _has_edge(ground: Grey, part: Mask) -> bool:
    """Whether the light falls off steeply along most of the outline."""
    area, near = part.astype(np.uint8), np.ones((3, 3), np.uint8)
    outer = cv2.dilate(area, near, iterations=3).astype(np.bool_) & ~cv2.dilate(area, near).astype(np.bool_)
    inner = part & ~cv2.erode(area, near, iterations=2).astype(np.bool_)
    return bool(np.median(ground[inner]) < _EDGE * np.percentile(ground[outer], 40))


def _within(boxes: Sequence[Box], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, np.bool_)
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = True
    return mask


def _scaled(mask: Mask, like: NDArray[np.generic]) -> Mask:
    size = like.shape[1], like.shape[0]
    return cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_)
