"""A page in layers: the shapes of its ink sharp, its colours and its paper soft (mixed raster content, ITU-T T.44).

What people read is the edge of the ink, so that alone is kept at full resolution, as a bitonal mask that is coded
without loss (no shape ever takes another's place). The colours of ink and of paper change slowly and are kept at a
lower resolution, as JPEG. What is too faint to be called ink stays in the paper's layer, which is fine enough to be
read. A page on which that does not hold, because its picture would come back other than it was, is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
"""H×W or H×W×3, 8 bits."""

_PAPER_DPI, _INK_DPI = 150, 75
"""Least resolutions. What is printed faintly is still read at the first; at the second a pen under a seal still shows
its own colour. Sizes are halved until another time would go below."""
_PAPER_REACH_MM = 1.5
"""Half of the broadest stroke beside which paper is looked for."""
_NEAR_MM = 0.7
"""How far around a pixel the darkest ink decides where the edge of a stroke lies."""
_EDGE = 0.55
"""The edge of a stroke lies so far from the light of its ink to that of the paper."""
_PALEST = 0.86
"""Share of the paper's light: what takes less is grain or shows through from the back."""
_GRAINS = 4.5
"""Deviations of the paper's grain, below which is ink."""
_DARK = 0.4
"""Share of the page's light: where the paper around is darker, there is no ink on paper but a picture or a border."""
_CROWD = 4
"""Least number of ink pixels in a square of nine; fewer are grain."""
_SPARSE = 48
"""Weight (of 255) below which the colour of a place is taken from around it."""
_FULL = 0.5
"""Share of ink: a tile with more is no writing but a picture, whose shades the paper's layer shows better."""
_TILE_MM = 12.0
"""Side of what is judged as one."""
_LEAST_CONTRAST = 14.0
"""Grey levels of deviation below which a tile holds nothing to compare."""
_LIKENESS, _STRENGTH = 0.90, 0.75
"""Least correlation with the page as it was, and least share of its contrast, in a tile."""
_SHADE = 12.0
"""Grey levels by which a tile as a whole may become lighter or darker."""


@dataclass(frozen=True, slots=True)
class Layers:
    """``mask`` is true where the page is drawn in the colours of ``ink`` and not in those of ``paper``.

    Both are the page halved some times, H'×W' or H'×W'×3. All three cover the page and, so that halving leaves no
    rest, up to a few pixels more on the right and below.
    """

    mask: NDArray[np.bool_]
    ink: Plane
    paper: Plane


def part(page: Plane, dpi: float) -> Layers | None:
    """The layers of a page of ``dpi`` dots per inch; ``None`` where they would not show the page as it is."""
    fine, coarse = (max(0, int(math.log2(max(dpi, least) / least))) for least in (_PAPER_DPI, _INK_DPI))
    page = _widened(page, 1 << coarse)
    mask = _ink(page, dpi)
    bare = np.asarray(cv2.bitwise_not(cv2.dilate(mask, _square(1))), np.uint8)  # without the rims of strokes
    layers = Layers(mask > 0, _colours(page, mask, coarse), _colours(page, bare, fine))
    return layers if faithful(page, layers, dpi) else None


def _widened(page: Plane, step: int) -> Plane:
    """The page with its last row and column repeated until its sides are multiples of ``step``."""
    height, width = page.shape[:2]
    return np.asarray(cv2.copyMakeBorder(page, 0, -height % step, 0, -width % step, cv2.BORDER_REPLICATE), np.uint8)


def _ink(page: Plane, dpi: float) -> Plane:
    """255 where there is ink: darker than halfway from the paper around to the darkest ink nearby."""
    dark = np.asarray(cv2.GaussianBlur(_darkest_channel(page), (3, 3), 0), np.uint8)
    light = _paper_light(dark, dpi)
    share = np.asarray(cv2.divide(dark, _enlarged(np.maximum(light, 1), dark), scale=255), np.uint8)
    reach = max(1, round(_NEAR_MM * dpi / 25.4 / 4))
    darkest = cv2.erode(cv2.erode(share, _square(2))[::4, ::4], _square(reach))
    darkest = cv2.blur(darkest, (2 * reach + 1, 2 * reach + 1))
    edge = np.minimum(255 - (255 - darkest) * (1 - _EDGE), _palest(share)).astype(np.uint8)
    edge[_enlarged(light, edge) < _DARK * np.percentile(light, 90)] = 0
    ink = np.asarray(cv2.compare(share, _enlarged(edge, share), cv2.CMP_LT), np.uint8)
    crowd = cv2.blur(ink, (3, 3), borderType=cv2.BORDER_CONSTANT)
    ink = np.asarray(cv2.copyTo(ink, np.asarray(crowd > 255 * (_CROWD - 0.5) / 9, np.uint8)), np.uint8)
    around = max(2, _tile(dpi) // 4)
    full = np.asarray(cv2.blur(ink[::4, ::4], (around, around), borderType=cv2.BORDER_CONSTANT), np.uint8)
    return np.asarray(cv2.copyTo(ink, np.asarray(_enlarged(full, ink) <= _FULL * 255, np.uint8)), np.uint8)


def _tile(dpi: float) -> int:
    """Side in pixels of what is judged as one."""
    return max(8, round(_TILE_MM * dpi / 25.4))


def _enlarged(small: Plane, pattern: Plane) -> Plane:
    """``small`` at the size of ``pattern``."""
    return np.asarray(cv2.resize(small, pattern.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _palest(share: Plane) -> float:
    """Grey level of a share above which all may be grain."""
    levels = np.bincount(share[::4, ::4].ravel(), minlength=256)
    middle = _median(levels)
    around = np.abs(np.arange(256) - middle)
    grain = 1.4826 * _median(np.bincount(around, weights=levels))
    return min(_PALEST * 255, middle - _GRAINS * grain)


def _median(levels: NDArray[np.int_] | NDArray[np.float64]) -> int:
    """The middle of so many values of 0, 1, 2 …"""
    return int(np.searchsorted(np.cumsum(levels), levels.sum() / 2))


def _darkest_channel(page: Plane) -> Plane:
    """A pale red seal or blue ink counts as much as black."""
    if page.ndim == 2:
        return page
    darkest = cv2.extractChannel(page, 0)
    for channel in (1, 2):
        darkest = cv2.min(darkest, cv2.extractChannel(page, channel))
    return np.asarray(darkest, np.uint8)


def _paper_light(plane: Plane, dpi: float) -> Plane:
    """Light of the paper around, at a quarter of the size."""
    height, width = plane.shape
    reach = max(1, round(_PAPER_REACH_MM * dpi / 25.4 / 4))
    small = cv2.resize(plane, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.medianBlur(cv2.dilate(small, _square(reach)), min(4 * reach + 1, 255)), np.uint8)


def _square(reach: int) -> Plane:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def _colours(page: Plane, where: Plane, halvings: int) -> Plane:
    """The page halved so many times, of the pixels alone that ``where`` (0 or 255) names; between them their colours
    go on."""
    chosen = np.asarray(cv2.copyTo(page, where), np.uint8)
    return _spread(_halved(chosen, halvings), _halved(where, halvings))


def _halved(plane: Plane, times: int) -> Plane:
    # An order of magnitude faster than a free scale.
    for _ in range(times):
        size = max(1, plane.shape[1] // 2), max(1, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)
    return plane


def _spread(total: Plane, weight: Plane) -> Plane:
    """``total`` / ``weight``, and where there is no weight the same of a coarser copy."""
    weights = cv2.merge([weight] * 3) if total.ndim == 3 else weight
    colours = np.asarray(cv2.divide(total, weights, scale=255), np.uint8)
    holes = np.asarray(weight < _SPARSE, np.uint8)
    height, width = weight.shape
    if not holes.any() or min(height, width) < 2:
        return colours
    half = (width + 1) // 2, (height + 1) // 2
    coarse = _spread(
        np.asarray(cv2.resize(total, half, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.uint8),
    )
    return np.asarray(cv2.copyTo(_enlarged(coarse, weight), holes, colours), np.uint8)


def faithful(page: Plane, layers: Layers, dpi: float) -> bool:
    """Whether every tile of the page, which has the mask's size, comes back as it was at the resolution of the ink's
    layer, where grain is averaged away and a stroke that was lost, or took another shade, is not."""
    was, now = _grey(_halved(page, _halvings(page, layers.ink))), _composed(layers)
    tile = _tile(dpi * layers.ink.shape[1] / page.shape[1])
    middle, other = _mean(was, tile), _mean(now, tile)
    contrast = np.sqrt(np.maximum(_mean(was * was, tile) - middle * middle, 1e-3))
    left = np.sqrt(np.maximum(_mean(now * now, tile) - other * other, 1e-3))
    alike = (_mean(was * now, tile) - middle * other) / (contrast * left)
    busy = contrast > _LEAST_CONTRAST
    kept = (alike[busy] >= _LIKENESS).all() and (left[busy] / contrast[busy] >= _STRENGTH).all()
    return bool(kept and (np.abs(middle - other) <= _SHADE).all())


def _composed(layers: Layers) -> NDArray[np.float32]:
    """What the layers show, in grey, at the size of the ink's layer."""
    mask = layers.mask.astype(np.uint8) * 255
    share = _halved(mask, _halvings(mask, layers.ink)).astype(np.float32) / 255
    paper = _grey(_halved(layers.paper, _halvings(layers.paper, layers.ink)))
    return np.asarray(paper + share * (_grey(layers.ink) - paper), np.float32)


def _halvings(large: Plane, small: Plane) -> int:
    return round(math.log2(large.shape[1] / small.shape[1]))


def _mean(values: NDArray[np.float32], tile: int) -> NDArray[np.float32]:
    """Of tiles that overlap by half."""
    whole = cv2.blur(values, (tile, tile), borderType=cv2.BORDER_REFLECT)
    return np.asarray(whole[:: tile // 2, :: tile // 2], np.float32)


def _grey(picture: Plane) -> NDArray[np.float32]:
    plane = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return plane.astype(np.float32)
