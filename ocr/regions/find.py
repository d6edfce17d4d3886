"""The regions of a page that hold no text: pictures, signatures, handwriting; seals are found elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box, Line, Polygon, Region, RegionKind
from ocr.preprocess.paper import Grey
from ocr.regions.classify import Surroundings, classify, touching_distance
from ocr.regions.flourish import words_in_flourishes
from ocr.regions.inkpicture import InkPicture, Mask, Rgb, picture_ink
from ocr.regions.pen import Place, hand_words, scrawled_words
from ocr.regions.pictures import find_pictures
from ocr.regions.strokes import bounding_box, find_groups

_AIR = 0.15
"""Units around the ink of a region."""

Area = tuple[NDArray[np.int32], RegionKind]
"""Pixels (n×2: x and y) of the reduced picture, and what they are."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found beside printed text."""

    regions: tuple[Region, ...]
    """From top to bottom; none holds lines."""
    no_text: tuple[Place, ...]
    """Words that were read although somebody wrote them by hand: index of the line, of the word in it."""
    handwritten: float
    """0–1: how much of the ink of words and of handwriting is handwriting's."""


def find_marks(
    page: Grey, lines: Sequence[Line], unread: Sequence[Polygon], seals: Sequence[Polygon], rgb: Rgb | None = None
) -> Marks:
    """The pictures, signatures and handwriting of an upright page.

    Args:
        page: grey, H×W, seals faded.
        lines: those read, in pixels of ``page``.
        unread: outlines of lines that were found but could not be read.
        seals: outlines of seals.
        rgb: the page in colour, H×W×3, if it has any.
    """
    picture = picture_ink(page, lines, seals, rgb)
    by_hand = hand_words(picture, lines)
    scrawls = [*scrawled_words(lines), *words_in_flourishes(picture, lines)]
    no_text = {*by_hand, *scrawls}
    printed = [word.box for i, line in enumerate(lines) for j, word in enumerate(line.words) if (i, j) not in no_text]
    words = [_reduced(box, picture.scale) for box in printed]
    pen = picture.within([lines[i].words[j].box for i, j in by_hand])
    doubtful = picture.within([lines[i].words[j].box for i, j in scrawls]) | picture.filled(unread)
    read = picture.within(printed) & ~pen
    pictures = find_pictures(picture, words)
    around = Surroundings(picture, words, doubtful, pen)
    classified = [(group.points, classify(group, around)) for group in find_groups(picture, read | pictures)]
    areas = [(points, kind) for points, kind in classified if kind is not None]
    written = sum(len(points) for points, kind in areas if kind is RegionKind.HANDWRITING)
    areas += [(points, RegionKind.HANDWRITING) for points in _parts(_unmarked(pen, areas))]
    areas = _joined(areas, picture.unit)
    areas += [(points, RegionKind.PICTURE) for points in _parts(pictures)]
    regions = [_region(points, kind, picture, page) for points, kind in areas]
    ordered = tuple(sorted(regions, key=lambda region: (region.box[1], region.box[0])))
    return Marks(ordered, tuple(sorted(no_text)), written / max(1, written + int((picture.ink & read).sum())))


def _joined(areas: Sequence[Area], unit: float) -> list[Area]:
    """The same where what is written in the curls of a signature belongs to it."""
    signatures = [[points] for points, kind in areas if kind is RegionKind.SIGNATURE]
    reach = [touching_distance(bounding_box(points[0]), unit) for points in signatures]
    others = []
    for points, kind in areas:
        near = [i for i, box in enumerate(reach) if _touch(box, bounding_box(points))]
        if kind is RegionKind.HANDWRITING and near:
            signatures[near[0]].append(points)
        elif kind is not RegionKind.SIGNATURE:
            others.append((points, kind))
    return others + [(np.concatenate(points), RegionKind.SIGNATURE) for points in signatures]


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _unmarked(pen: Mask, areas: Sequence[Area]) -> Mask:
    """The words of the pen whose strokes are too pale to be seen as such."""
    _, labels = cv2.connectedComponents(pen.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    marked = np.unique(np.concatenate([labels[points[:, 1], points[:, 0]] for points, _ in areas])) if areas else [0]
    return pen & ~np.isin(labels, marked)


def _reduced(box: Box, scale: int) -> Box:
    x0, y0, x1, y1 = box
    return x0 // scale, y0 // scale, -(-x1 // scale), -(-y1 // scale)


def _parts(mask: Mask) -> list[NDArray[np.int32]]:
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    parts = (np.nonzero(labels == number) for number in range(1, count))
    return [np.stack([xs, ys], axis=1).astype(np.int32) for ys, xs in parts]


def _region(points: NDArray[np.int32], kind: RegionKind, picture: InkPicture, page: Grey) -> Region:
    """The convex outline around pixels of the reduced picture, on the page."""
    corners = cv2.convexHull(points)[:, 0].astype(np.float64)
    # A pixel is a square: its far corners belong to the outline.
    squares = np.concatenate([corners + offset for offset in ((0, 0), (1, 0), (0, 1), (1, 1))])
    air = _AIR * picture.unit
    grown = np.concatenate([squares + (dx, dy) for dx in (-air, air) for dy in (-air, air)]) * picture.scale
    inside = np.clip(np.round(grown), 0, (page.shape[1], page.shape[0])).astype(np.int32)
    outline = cv2.convexHull(inside)[:, 0]
    return Region(kind, tuple((int(x), int(y)) for x, y in outline))
