"""Skew and quarter turns, found from the lower edges of letters.

Method: projection profiles (Postl, US patent 4 723 297; Bloomberg, Kopec and Dasari, "Measuring document image skew and
orientation", SPIE 2422, 1995). The lower edges of letter-sized components are projected along a direction; text lines
make the profile jagged when the direction is theirs. Searched coarse to fine, down to 0.02°.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.paper import Grey, flatten_background, shrunk

_LONG_SIDE = 1600
_QUICK_SIDE, _QUICK_POINTS = 1200, 8000
SURE = 2.0
"""Least sharpness of a direction that lines prove."""
_AROUND = 1.6
"""Steps of the pass before within which the next looks: sampled points may err by more than one."""
_BLACK, _LEAST_PAPER = 90, 0.25
_MIN_POINTS = 150
_STEPS = ((0.5, 4.0), (0.1, 2.0), (0.02, 1.0))
"""Angle step in degrees and bin height in pixels of each pass."""


@dataclass(frozen=True, slots=True)
class Direction:
    """The best direction of text lines.

    ``angle`` in degrees, positive where the text falls to the right, so that a counter-clockwise turn by ``angle``
    levels it. ``sharpness`` is the best profile's jaggedness over that of a typical direction: about 1 without lines.
    ``energy`` is that jaggedness for each point, which compares the directions of one page.
    """

    angle: float
    sharpness: float
    energy: float


def letters(flat: Grey) -> tuple[Grey, float, float]:
    """Letter-sized ink of a page whose background is even.

    Args:
        flat: grey page, H×W, paper near 255.

    Returns:
        A mask (255 ink) whose long side is at most 1600, the mask's scale against ``flat``, and the median height of
        the components in pixels of ``flat`` (0.0 without any). Rules, seals, pictures and specks are left out.
    """
    scale = min(1.0, _LONG_SIDE / max(flat.shape))
    _, labels, keep, height, plain = _components(_shrunk(flat, scale))
    mask = np.where(keep[labels], np.uint8(255), np.uint8(0))
    size = float(np.median(height[plain])) / scale if plain.any() else 0.0
    return mask, scale, size


def page_direction(grey: Grey, limit: float) -> Direction:
    """The direction of text lines of a page as it was scanned, H×W, within ``limit`` degrees of level."""
    small = flatten_background(shrunk(grey, _QUICK_SIDE))
    ink, labels, keep, _, _ = _components(small)
    ys, xs = np.nonzero(_lower_edges(ink))
    chosen = keep[labels[ys, xs]]
    return _search(xs[chosen] - small.shape[1] / 2, ys[chosen].astype(np.float64), limit, most=_QUICK_POINTS)


def _components(
    small: Grey,
) -> tuple[Grey, NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32], NDArray[np.bool_]]:
    """The ink, its components' labels, which are letter-sized, their heights, and which of them are no strokes."""
    ink = np.where(small < min(ink_threshold(small), 215.0), np.uint8(255), np.uint8(0))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    keep = (longest >= 5) & (longest <= 80) & (shortest >= 2) & (longest < 12 * shortest) & (area >= 10)
    keep[0] = False
    plain = keep & (longest <= 4 * shortest)
    return ink, np.asarray(labels, np.int32), keep, np.asarray(height, np.int32), np.asarray(plain, np.bool_)


def ink_threshold(small: Grey) -> float:
    """The grey between ink and paper of an even page (Otsu, 1979).

    Dark edges and pictures are left out, beside which faint ink would be paper.
    """
    seen = small[small > _BLACK]
    if seen.size < _LEAST_PAPER * small.size:
        seen = small
    return float(cv2.threshold(seen.reshape(1, -1), 0, 255, cv2.THRESH_OTSU)[0])


def _shrunk(picture: Grey, scale: float) -> Grey:
    """``picture`` at ``scale``; a side of a strip never shrinks to nothing."""
    if scale >= 1:
        return picture
    height, width = picture.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def find_direction(mask: Grey, limit: float, *, coarse: bool = False) -> Direction:
    """The direction of text lines within ``limit`` degrees of level, from a mask of letters (see :func:`letters`).

    ``coarse`` stops at half a degree, which is enough to compare directions.
    """
    ys, xs = np.nonzero(_lower_edges(mask))
    return _search(xs - mask.shape[1] / 2, ys.astype(np.float64), limit, coarse=coarse)


def _lower_edges(mask: Grey) -> NDArray[np.bool_]:
    below = np.zeros_like(mask)
    below[:-1] = mask[1:]
    return np.asarray((mask > 0) & (below == 0), dtype=np.bool_)


def _search(
    across: NDArray[np.float64], down: NDArray[np.float64], limit: float, *, coarse: bool = False, most: int = 0
) -> Direction:
    """Coarse to fine; the coarse pass looks at about ``most`` of the points, at all of them where it is 0."""
    if len(across) < _MIN_POINTS or limit <= 0:
        return Direction(0.0, 0.0, 0.0)
    thin = max(1, len(across) // most) if most else 1
    centre, span, sharpness, energy = 0.0, limit, 0.0, 0.0
    for step, bin_height in _STEPS[:1] if coarse else _STEPS:
        count = max(1, round(span / step))
        angles = np.clip(centre + np.arange(-count, count + 1) * step, -limit, limit)
        some = slice(None, None, 1 if sharpness else thin)
        energies = np.array([_jaggedness(across[some], down[some], angle, bin_height) for angle in angles])
        best = int(energies.argmax())
        if not sharpness:
            sharpness = float(energies[best] / max(np.median(energies), 1e-9))
            energy = float(energies[best]) / len(across[some])
        centre, span = float(angles[best]), _AROUND * step
    return Direction(round(centre, 2), sharpness, energy)


def _jaggedness(xs: NDArray[np.float64], ys: NDArray[np.float64], angle: float, bin_height: float) -> float:
    slope = np.radians(angle)
    rows = (ys * np.cos(slope) - xs * np.sin(slope)) / bin_height
    profile = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())


def count_upright_rules(level: Grey) -> int:
    """How many vertical rules stand on a level page: straight strokes of at least a twenty-fifth of its height.

    The scanner's dark edge is too thick to count.
    """
    scale = min(1.0, _LONG_SIDE / max(level.shape))
    small = _shrunk(level, scale)
    ink = np.where(small < 190, np.uint8(255), np.uint8(0))
    length = max(20, small.shape[0] // 25)
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8, ltype=cv2.CV_32S)
    return int((stats[1:, cv2.CC_STAT_WIDTH] <= 8).sum())
