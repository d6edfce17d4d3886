"""Seals taken off the grey page, the text under them left.

Within a seal the light that black ink takes is told from the light that the seal's ink takes: their optical densities
add up, black takes the same of every channel, and the seal's own share of red to green light is measured where it
stands alone. The rest of the page is the plain grey one, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.inks import SIDE, paper_light
from ocr.preprocess.paper import Cleaned, Grey, Rgb, to_grey
from ocr.preprocess.seals import Seal

_RIM = 0.06
"""How far around a seal, in radii, the fading runs out."""
_CLEAR_MOST = 1.0
"""Bound for the seal's density in the channel it leaves alone, over how much denser the others are."""
_ALONE = 0.3
"""Least difference of density at which ink is surely the seal's."""
_FEWEST = 50
_DENSITY = -np.log(np.maximum(np.arange(256), 1) / 255).astype(np.float32)
_CHANNELS = {"red": (0, (1,)), "blue": (2, (0, 1))}
"""The channel of RGB that a seal's ink leaves alone, and those that it darkens."""

Floats = NDArray[np.float32]


def fade_seals(rgb: Rgb, grey: Grey, seals: Sequence[Seal]) -> Cleaned:
    """The grey page without the ink of its seals.

    Args:
        rgb: the page, H×W×3.
        grey: the same (see :func:`ocr.preprocess.paper.to_grey`); given back as it is where there are no seals.
        seals: of the page (see :func:`ocr.preprocess.seals.find_seals`).
    """
    if not seals:
        return Cleaned(grey, {})
    faded = grey.copy()
    for seal in seals:
        _fade(faded, rgb, seal)
    return Cleaned(faded, {"seals": f"{len(seals)} unmixed, rim {_RIM}"})


def _fade(grey: Grey, rgb: Rgb, seal: Seal) -> None:
    """Changes ``grey`` within the seal."""
    height, width = grey.shape
    rim = max(2, round(_RIM * seal.radius))
    x0, y0, x1, y1 = seal.box
    box = slice(max(0, y0 - rim), min(height, y1 + rim)), slice(max(0, x0 - rim), min(width, x1 + rim))
    paper = _paper(rgb, box, round(seal.radius))
    share = np.asarray(cv2.divide(rgb[box], np.maximum(paper, 1), scale=255), dtype=np.uint8)
    light = np.exp(-_black(share, seal.colour)) * to_grey(paper)
    # Only the seal's ink is taken away: nothing grows darker than it was.
    gain = np.maximum(np.minimum(light, 255) - grey[box], 0) * _weight(seal, box, rim)
    grey[box] += np.round(gain).astype(np.uint8)


def _paper(rgb: Rgb, box: tuple[slice, slice], around: int) -> Rgb:
    """The paper behind a part of the page, of the part's size; what lies ``around`` it tells of paper too."""
    rows, columns = box
    top, left = max(0, rows.start - around), max(0, columns.start - around)
    wide = rgb[top : rows.stop + around, left : columns.stop + around]
    longer = max(rgb.shape[:2])
    paper = paper_light(wide, min(1.0, SIDE / 4 / longer), longer)
    full = cv2.resize(paper, (wide.shape[1], wide.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left])


def _black(share: Rgb, colour: str) -> Floats:
    """The optical density of black ink alone, h×w."""
    clear_channel, strong_channels = _CHANNELS[colour]
    density = [cv2.LUT(channel, _DENSITY) for channel in cv2.split(share)]
    clear = density[clear_channel]
    over = np.maximum(np.maximum.reduce([density[channel] for channel in strong_channels]) - clear, 0)
    alone = over > _ALONE
    if np.count_nonzero(alone) < _FEWEST:
        return np.asarray(clear)
    # The median leans to what the seal leaves on plain paper, for most of a seal lies over no text.
    most = float(np.median(clear[alone]))
    ratio = min(float(np.median(clear[alone] / over[alone])), _CLEAR_MOST)
    # In the dark, densities are mostly noise: no more is taken away than the seal's ink alone has.
    return np.asarray(np.maximum(clear - np.minimum(ratio * over, most), 0), dtype=np.float32)


def _weight(seal: Seal, box: tuple[slice, slice], rim: int) -> Floats:
    """1 within the seal, falling to 0 at ``rim`` pixels outside it."""
    rows, columns = box
    outside = np.full((rows.stop - rows.start, columns.stop - columns.start), 255, np.uint8)
    corners = np.round(np.array(seal.polygon) - (columns.start, rows.start)).astype(np.int32)
    cv2.fillPoly(outside, [corners], 0)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, 3)
    return np.asarray(np.clip(1 - distance / rim, 0, 1), dtype=np.float32)
