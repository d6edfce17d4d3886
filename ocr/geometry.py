"""Affine maps between the picture that an engine reads and the page image as given.

Coordinates are continuous: ``(0, 0)`` is the outer corner of the top left pixel, ``(width, height)`` the opposite
corner, so box edges map exactly. OpenCV counts from pixel centres; :func:`for_opencv` converts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.model import Box, Line, Polygon, Region

Matrix = NDArray[np.float64]
"""3×3, acting on column vectors ``(x, y, 1)``."""
Point = tuple[float, float]


def bounds(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of ``boxes``, of which there is at least one."""
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def identity() -> Matrix:
    """The map that changes nothing."""
    return np.eye(3)


def inverse(matrix: Matrix) -> Matrix:
    """The way back."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def quarter_turn(rotation: int, width: int, height: int) -> Matrix:
    """Where the points of a ``width`` × ``height`` picture go when it is turned clockwise by ``rotation`` degrees.

    Raises:
        ValueError: ``rotation`` is not 0, 90, 180 or 270.
    """
    rows = {
        0: ((1, 0, 0), (0, 1, 0)),
        90: ((0, -1, height), (1, 0, 0)),
        180: ((-1, 0, width), (0, -1, height)),
        270: ((0, 1, 0), (-1, 0, width)),
    }
    if rotation not in rows:
        raise ValueError(f"not a quarter turn: {rotation}")
    return np.array((*rows[rotation], (0, 0, 1)), dtype=np.float64)


def turned_size(angle: float, scale: float, width: int, height: int) -> tuple[int, int]:
    """Width and height of the canvas that holds the whole picture after a turn by ``angle`` degrees and a scaling."""
    sine, cosine = abs(math.sin(math.radians(angle))), abs(math.cos(math.radians(angle)))
    return (
        max(1, round((width * cosine + height * sine) * scale)),
        max(1, round((width * sine + height * cosine) * scale)),
    )


def turn_and_scale(angle: float, scale: float, width: int, height: int) -> Matrix:
    """Turn counter-clockwise by ``angle`` degrees about the centre and scale, onto :func:`turned_size`'s canvas."""
    new_width, new_height = turned_size(angle, scale, width, height)
    sine, cosine = math.sin(math.radians(angle)) * scale, math.cos(math.radians(angle)) * scale
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    turn = np.array([[cosine, sine, new_width / 2], [-sine, cosine, new_height / 2], [0, 0, 1]])
    return np.asarray(turn @ centre, dtype=np.float64)


def for_opencv(matrix: Matrix) -> Matrix:
    """The same map between pixel centres, 2×3, as ``cv2.warpAffine`` takes it."""
    to_corner = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_centre = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    return np.asarray((to_centre @ matrix @ to_corner)[:2], dtype=np.float64)


def map_point(matrix: Matrix, x: float, y: float) -> Point:
    """Where ``(x, y)`` goes."""
    mapped = matrix @ (x, y, 1.0)
    return float(mapped[0]), float(mapped[1])


def map_box(matrix: Matrix, box: Box, width: int, height: int) -> Box:
    """Axis-aligned bounds of the mapped box, rounded outwards and kept within ``width`` × ``height``.

    A box outside the picture shrinks to one pixel on its edge: a word is never without a place.
    """
    x0, y0, x1, y1 = box
    corners = matrix @ np.array([[x0, x1, x1, x0], [y0, y0, y1, y1], [1, 1, 1, 1]], dtype=np.float64)
    # A thousandth of a pixel absorbs the rounding of sines, which would otherwise push an edge one pixel out.
    left, top = (math.floor(float(row.min()) + 1e-3) for row in corners[:2])
    right, bottom = (math.ceil(float(row.max()) - 1e-3) for row in corners[:2])
    return within((left, top, right, bottom), width, height)


def within(box: Box, width: int, height: int) -> Box:
    """The part of a box that lies on the picture; at least one pixel on its edge."""
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    return left, top, max(left + 1, min(box[2], width)), max(top + 1, min(box[3], height))


def map_line(matrix: Matrix, line: Line, width: int, height: int) -> Line:
    """The line with its words, of which there is at least one, moved onto a ``width`` × ``height`` picture."""
    words = tuple(replace(word, box=map_box(matrix, word.box, width, height)) for word in line.words)
    x0, y0, x1, y1 = line.baseline
    ends = (*map_point(matrix, x0, y0), *map_point(matrix, x1, y1))
    # A hundredth of a pixel is far below what an engine knows, and keeps the record short.
    baseline = (round(ends[0], 2), round(ends[1], 2), round(ends[2], 2), round(ends[3], 2))
    outline = map_polygon(matrix, line.polygon, width, height)
    return replace(line, words=words, box=bounds([word.box for word in words]), baseline=baseline, polygon=outline)


def map_polygon(matrix: Matrix, polygon: Polygon, width: int, height: int) -> Polygon:
    """The corners moved, kept within ``width`` × ``height``."""
    mapped = [map_point(matrix, x, y) for x, y in polygon]
    return polygon_within([(round(x), round(y)) for x, y in mapped], width, height)


def polygon_within(polygon: Iterable[tuple[int, int]], width: int, height: int) -> Polygon:
    """The corners, those outside a ``width`` × ``height`` picture moved to its edge."""
    return tuple((min(max(x, 0), width), min(max(y, 0), height)) for x, y in polygon)


def map_region(matrix: Matrix, region: Region, width: int, height: int) -> Region:
    """The region moved onto a ``width`` × ``height`` picture."""
    return replace(region, polygon=map_polygon(matrix, region.polygon, width, height))
