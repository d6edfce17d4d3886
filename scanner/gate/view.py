"""A page at the size at which it is judged, with the paper under its ink."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model import Box

Grey = NDArray[np.uint8]
Picture = NDArray[np.uint8]
"""H×W or H×W×3, RGB."""

VIEW_DPI = 100.0
"""Enough for strokes of 0.25 mm; a ninth of the pixels of a page at 300 dpi."""
_MM = 25.4
_INK_WIDTH_MM = 4.0
"""Dark structures thinner than this are ink on the paper, broader ones are the paper's own shade or the ground."""


@dataclass(frozen=True)
class PageView:
    """A page of H×W(×3) pixels at ``dpi``, and its reduced copy ``small`` (h×w×3 RGB, at most 100 dpi)."""

    full: Picture
    dpi: float
    small: Picture

    @cached_property
    def grey(self) -> Grey:
        """The reduced copy in grey, h×w."""
        return np.asarray(cv2.cvtColor(self.small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)

    @cached_property
    def ground(self) -> Grey:
        """The paper, and what lies around it, without ink: h/2 × w/2."""
        half = cv2.resize(self.grey, _at_least_one(self.grey, 0.5), interpolation=cv2.INTER_AREA)
        reach = max(1, round(self.px(_INK_WIDTH_MM) / 4))
        padded = cv2.copyMakeBorder(half, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
        closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        return np.asarray(closed[reach:-reach, reach:-reach], dtype=np.uint8)

    @cached_property
    def light(self) -> Grey:
        """Light that comes back against the paper around, 0–255, h×w: strokes are dark whatever the paper's shade."""
        height, width = self.grey.shape
        paper = cv2.resize(self.ground, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.divide(self.grey, np.maximum(paper, 1), scale=255), dtype=np.uint8)

    def px(self, millimetres: float) -> float:
        """Millimetres in pixels of the reduced copy."""
        return millimetres / _MM * self.dpi / self.scale

    def mm(self, pixels: float) -> float:
        """Pixels of the reduced copy in millimetres."""
        return pixels * _MM * self.scale / self.dpi

    @property
    def scale(self) -> float:
        """Pixels of the page to one of the reduced copy."""
        return float(max(self.full.shape[:2]) / max(self.small.shape[:2]))

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box of the reduced copy in pixels of the page: inside it, and never empty."""
        (left, right), (top, bottom) = (
            _span(low * self.scale, high * self.scale, size)
            for low, high, size in ((x0, x1, self.full.shape[1]), (y0, y1, self.full.shape[0]))
        )
        return left, top, right, bottom


def view(raster: Picture, dpi: float) -> PageView:
    """The page ready to be judged.

    Args:
        raster: H×W or H×W×3 RGB, ``uint8``.
        dpi: its resolution.

    Raises:
        ValueError: an empty raster, another shape or type, or no resolution.
    """
    channels = raster.shape[2:] in ((), (3,))
    if raster.dtype != np.uint8 or raster.ndim not in (2, 3) or not channels or not raster.size:
        raise ValueError(f"a page must be uint8 (height, width) or (height, width, 3), not {raster.shape}")
    if not 0 < dpi < float("inf"):
        raise ValueError(f"a resolution must be positive, not {dpi}")
    small, left = raster, dpi
    while left >= 2 * VIEW_DPI and min(small.shape[:2]) >= 2:  # halving is far faster than a free scale
        half = small.shape[1] // 2, small.shape[0] // 2
        small, left = np.asarray(cv2.resize(small, half, interpolation=cv2.INTER_AREA), dtype=np.uint8), left / 2
    if left > VIEW_DPI:
        size = _at_least_one(small, VIEW_DPI / left)
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if small.ndim == 2:
        small = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    return PageView(raster, dpi, small)


def _at_least_one(picture: Picture, scale: float) -> tuple[int, int]:
    height, width = picture.shape[:2]
    return max(1, round(width * scale)), max(1, round(height * scale))


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    start = min(max(0, int(low)), size - 1)
    return start, min(max(start + 1, round(high)), size)
