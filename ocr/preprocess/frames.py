"""Circles, ellipses and rectangles that ink is drawn along."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""n×2: x, y."""

_ON = 0.045
"""How far from a frame ink counts as drawn along it, in shares of the radius."""
_BINS = 72
_TRIES = 250
_SAMPLE = 250
_JUDGED = 5
_LEAST_POINTS = 8
_ROUND = 0.88
"""An ellipse whose axes differ by less is a circle that was drawn or measured badly."""
_LEAST_ARC = 0.2
"""Share of a circle that must lie on the page for it to be known as one."""
_OUTSIDE_COSTS, _AROUND = 1.5, 1.4
"""What ink close around a frame, up to so many radii, costs: the inner rings of a seal have much of it."""
_RULE, _GAP, _RULED = (1.1, 0.9), (0.85, 0.65), 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame with ink along it, in pixels of the mask."""

    shape: str
    """``round``, ``oval`` or ``rectangular``."""
    centre: tuple[float, float]
    axes: tuple[float, float]
    """Half of the width and of the height."""
    angle: float
    """Degrees by which the first axis is turned clockwise from level."""
    confidence: float
    filled: float
    """Share of the area within that bears ink."""

    @property
    def radius(self) -> float:
        """The longer half axis."""
        return max(self.axes)

    def normal(self, points: Points) -> Points:
        """The points where the frame is the unit circle or the square from −1 to 1."""
        turn = np.radians(self.angle)
        x, y = (points - self.centre).T
        along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        return np.stack([along / self.axes[0], across / self.axes[1]], axis=1)

    def distance(self, points: Points) -> NDArray[np.float64]:
        """1 on the frame, less within."""
        unit = self.normal(points)
        return np.asarray(np.abs(unit).max(axis=1) if self.shape == "rectangular" else np.hypot(*unit.T))

    def holds(self, points: Points) -> NDArray[np.bool_]:
        """Which points lie within the frame or on it."""
        return np.asarray(self.distance(points) <= 1 + 2 * _ON)

    def outline(self) -> Points:
        """The corners, or 32 points along the curve."""
        if self.shape == "rectangular":
            unit = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
        else:
            around = np.linspace(0, 2 * np.pi, 32, endpoint=False)
            unit = np.stack([np.cos(around), np.sin(around)], axis=1)
        turn = np.radians(self.angle)
        along, across = (unit * self.axes).T
        x, y = along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)
        return np.stack([x, y], axis=1) + self.centre


def circle(ink: Points, least: float, greatest: float, page: tuple[int, int]) -> Frame | None:
    """The circle, of a radius from ``least`` to ``greatest``, that is drawn best on a ``page`` of width and height."""
    if greatest < least:
        return None
    outer, sample = _outermost(ink), _thinned(ink)
    centres, radii = _circles_through(outer, least, greatest)
    if not radii.size:
        return None
    distance = _distances(sample, centres) / radii
    around = (distance > 1 + 2 * _ON) & (distance < _AROUND)
    on = (np.abs(distance - 1) < _ON).sum(axis=0) - _OUTSIDE_COSTS * around.sum(axis=0)
    found = []
    # Judged in full are the few that most ink lies on and least outside.
    for i in np.argsort(-on)[:_JUDGED]:
        centre, radius = _fitted(outer, centres[i], float(radii[i]))
        if least <= radius <= greatest:
            found.append(_judged("round", centre, (radius, radius), 0.0, ink, page))
    return max((frame for frame in found if frame), key=lambda frame: frame.confidence, default=None)


def ellipse(ink: Points, least: float, greatest: float, page: tuple[int, int]) -> Frame | None:
    """The ellipse through the outermost ink, if it is no circle."""
    hull = cv2.convexHull(ink.astype(np.float32))
    if len(hull) < 5:
        return None
    centre, (first, second), angle = cv2.fitEllipse(hull)
    shorter, longer = sorted((first / 2, second / 2))
    if shorter >= _ROUND * longer or shorter < least / 2 or longer > greatest:
        return None
    return _judged("oval", (centre[0], centre[1]), (first / 2, second / 2), angle, ink, page)


def rectangle(ink: Points, least: float, greatest: float, page: tuple[int, int]) -> Frame | None:
    """The rectangle around the ink, if it is ruled on all four sides."""
    centre, (first, second), angle = cv2.minAreaRect(ink.astype(np.float32))
    shorter, longer = sorted((first / 2, second / 2))
    if shorter < least / 4 or not least <= longer <= greatest:
        return None
    return _judged("rectangular", (centre[0], centre[1]), (first / 2, second / 2), angle, ink, page)


def _thinned(ink: Points) -> Points:
    step = max(1, len(ink) // _SAMPLE)
    return ink[::step]


def _outermost(ink: Points) -> Points:
    """The farthest ink in each direction from the middle: mostly points of the outer ring."""
    x, y = (ink - ink.mean(axis=0)).T
    bins = ((np.arctan2(y, x) + np.pi) / (2 * np.pi) * 2 * _BINS).astype(np.int64)
    order = np.lexsort((np.hypot(x, y), bins))
    last = np.flatnonzero(np.diff(bins[order], append=-1))
    return np.asarray(ink[order[last]])


def _distances(points: Points, centres: Points) -> NDArray[np.float64]:
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _fitted(outer: Points, centre: Points, radius: float) -> tuple[tuple[float, float], float]:
    """The circle through the points near the one given, by least squares (Kåsa, 1976)."""
    x, y = outer[np.abs(np.hypot(*(outer - centre).T) / radius - 1) < _ON].T
    if x.size < _LEAST_POINTS:
        return (float(centre[0]), float(centre[1])), radius
    design = np.stack([2 * x, 2 * y, np.ones_like(x)], axis=1)
    (a, b, c), *_ = np.linalg.lstsq(design, x * x + y * y, rcond=None)
    return (float(a), float(b)), float(np.sqrt(max(c + a * a + b * b, 0.0)))


def _circles_through(sample: Points, least: float, greatest: float) -> tuple[Points, NDArray[np.float64]]:
    """Circles through three points chosen at random, always the same ones: centres (n×2) and radii."""
    chosen = np.random.default_rng(0).integers(0, len(sample), (_TRIES, 3))
    a, b, c = (sample[chosen[:, i]] for i in range(3))
    first, second = b - a, c - a
    twice = 2 * (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    good = np.abs(twice) > 1.0
    one, two, twice = (first**2).sum(axis=1)[good], (second**2).sum(axis=1)[good], twice[good]
    first, second = first[good], second[good]
    x = (second[:, 1] * one - first[:, 1] * two) / twice
    y = (first[:, 0] * two - second[:, 0] * one) / twice
    radii = np.hypot(x, y)
    fit = (radii >= least) & (radii <= greatest)
    return (np.stack([x, y], axis=1) + a[good])[fit], radii[fit]


def _judged(
    shape: str, centre: tuple[float, float], axes: tuple[float, float], angle: float, ink: Points, page: tuple[int, int]
) -> Frame | None:
    frame = Frame(shape, (float(centre[0]), float(centre[1])), (float(axes[0]), float(axes[1])), angle, 0.0, 0.0)
    distance = frame.distance(ink)
    inside = distance <= 1 + 2 * _ON
    near = np.abs(distance - 1) < (2.5 / min(axes) + _ON if shape != "round" else _ON)
    drawn, on_page = _around(frame, ink[near], page)
    if on_page < _LEAST_ARC or not inside.any():
        return None
    outside = ((distance > 1 + 2 * _ON) & (distance < _AROUND)).sum() / max(1, inside.sum())
    confidence = max(0.0, drawn - _OUTSIDE_COSTS * outside) * min(1.0, 0.7 + on_page)
    if shape == "rectangular" and not _is_ruled(distance):
        return None
    area = np.prod(axes) * (4 if shape == "rectangular" else np.pi) * on_page
    return replace(frame, confidence=float(confidence), filled=float(inside.sum() / area))


def _is_ruled(distance: NDArray[np.float64]) -> bool:
    """Whether ink is far denser along a rectangle than a little inside it, as it is not in a block of type."""
    (outer, inner), (upper, lower) = _RULE, _GAP
    rule = np.count_nonzero((distance <= outer) & (distance > inner)) / (outer**2 - inner**2)
    gap = np.count_nonzero((distance <= upper) & (distance > lower)) / (upper**2 - lower**2)
    return bool(rule > _RULED * gap)


def _around(frame: Frame, near: Points, page: tuple[int, int]) -> tuple[float, float]:
    """The share of the frame on the page that bears ink, and the share that lies on the page."""
    around = (np.arange(_BINS) + 0.5) * 2 * np.pi / _BINS
    unit = np.stack([np.cos(around), np.sin(around)], axis=1)
    if frame.shape == "rectangular":
        unit /= np.abs(unit).max(axis=1, keepdims=True)
    turn = np.radians(frame.angle)
    along, across = (unit * frame.axes).T
    x = along * np.cos(turn) - across * np.sin(turn) + frame.centre[0]
    y = along * np.sin(turn) + across * np.cos(turn) + frame.centre[1]
    on_page = (x > 0) & (y > 0) & (x < page[0]) & (y < page[1])
    if not on_page.any():
        return 0.0, 0.0
    seen = frame.normal(near)
    bins = (np.arctan2(seen[:, 1], seen[:, 0]) % (2 * np.pi) / (2 * np.pi) * _BINS).astype(np.int64) % _BINS
    drawn = np.zeros(_BINS, np.bool_)
    drawn[bins] = True
    return float((drawn & on_page).sum() / on_page.sum()), float(on_page.mean())
