"""Coloured inks told apart from black ones and from old paper by the light that they take.

A page is divided by its own paper, channel by channel, so that yellowing falls away. What an ink then takes of red,
green and blue light is measured in optical density (Beer and Lambert), in which inks that lie over one another add up:
red ink takes little red, blue and violet ink little blue, black ink the same of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.paper import Rgb, shrunk

SIDE = 880
"""The longer side, in pixels, of the picture in which inks are looked for: enough for the ring of a seal, and so coarse
that the colour fringes of scanners and of JPEG's coarser chroma cancel out."""
_PER_DENSITY = 40.0
"""Steps of a byte to a natural optical density of 1."""
_LIGHT_TO_DENSITY = np.minimum(255, np.round(-_PER_DENSITY * np.log(np.maximum(np.arange(256), 1) / 255))).astype(
    np.uint8
)
_RED_SHARE, _BLUE_SHARE = 0.22, 0.35
"""Least difference of density between channels, as a share of the strongest's: many black inks are bluish."""
_TOO_DARK = 60
"""Where even the channel that an ink leaves alone is so dense, black ink or no paper at all lies under it."""
_COLOUR = 5
"""Least difference of density, in steps: a faded red seal on yellowed paper shows 8 or more."""
_EVEN = 0.5
"""Red ink takes about as much green as blue; rust and brown paper take far more blue."""
_PAPER_REDUCTION = 4
_PAPER_REACH = 0.03
"""How far, in shares of the longer side, paper is looked for beside ink."""

_DARKEST = 3
"""Paper in the shade is no darker than this part of the page's."""


@dataclass(frozen=True, slots=True, eq=False)
class Inks:
    """Where coloured ink stands on a page, in a reduced picture of it."""

    red: NDArray[np.bool_]
    """h×w: red ink, seals above all; also red type, rules and pictures."""
    blue: NDArray[np.bool_]
    """h×w: blue and violet ink of pens, ribbons and stamps."""
    scale: float
    """Pixels of the page to one of the masks."""


def separate_inks(rgb: Rgb) -> Inks:
    """The coloured inks of a page, H×W×3, on paper of any tint.

    The masks' longer side is 880 pixels, or the page's where that is shorter.
    """
    small = shrunk(rgb, SIDE)
    scale = max(rgb.shape[:2]) / max(small.shape[:2])
    if not _has_colour(small):
        nothing = np.zeros(small.shape[:2], np.bool_)
        return Inks(nothing, nothing, scale)
    density = np.asarray(cv2.LUT(light_share(small), _LIGHT_TO_DENSITY), dtype=np.uint8)
    red, green, blue = (np.ascontiguousarray(density[:, :, channel]) for channel in range(3))
    return Inks(_is_red(red, green, blue), _is_blue(red, green, blue), scale)


def light_share(small: Rgb) -> Rgb:
    """h×w×3: what comes back of the light that the paper around sends back, 255 for all of it."""
    height, width = small.shape[:2]
    paper = paper_light(small, 1 / _PAPER_REDUCTION, max(height, width))
    ground = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(small, np.maximum(ground, 1), scale=255), dtype=np.uint8)


def paper_light(part: Rgb, scale: float, longer: int) -> Rgb:
    """The paper behind the ink of a part of a page, reduced by ``scale``; ``longer`` is the longer side of the page."""
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    reach = max(3, round(longer * scale * _PAPER_REACH) | 1)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), 2 * reach + 1)
    # A broad patch of ink would else be taken for paper, and only its rim for ink.
    return np.asarray(np.maximum(paper, np.percentile(paper, 90, axis=(0, 1)) / _DARKEST), dtype=np.uint8)


def _has_colour(small: Rgb) -> bool:
    """Whether the channels differ anywhere by more than a tint that all of the picture has."""
    red, green, blue = cv2.split(small[::3, ::3])
    return any(
        float(np.ptp(cv2.subtract(one, two))) > _COLOUR for one, two in ((red, green), (blue, red), (blue, green))
    )


def _is_red(red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8]) -> NDArray[np.bool_]:
    # Unsigned bytes are subtracted with saturation: what is negative counts as nothing.
    over_green, over_blue = cv2.subtract(green, red), cv2.subtract(blue, red)
    strong = (over_green > np.maximum(_COLOUR, _RED_SHARE * green)) & (red < _TOO_DARK)
    return np.asarray(strong & (over_blue > _COLOUR) & (over_green >= _EVEN * over_blue), dtype=np.bool_)


def _is_blue(red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8]) -> NDArray[np.bool_]:
    over_red, over_green = cv2.subtract(red, blue), cv2.subtract(green, blue)
    most = np.maximum(over_red, over_green)
    strong = (most > np.maximum(_COLOUR, _BLUE_SHARE * np.maximum(red, green))) & (blue < _TOO_DARK)
    # Green ink takes little green; violet takes most of it.
    return np.asarray(strong & (over_green >= over_red // 3), dtype=np.bool_)
