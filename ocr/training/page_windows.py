"""Aged windows of synthetic pages: what the line finder is trained on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.chance import Chance, Plane
from ocr.training.fonts import FaceBook
from ocr.training.page_ageing import aged_page
from ocr.training.pages import Page, make_page, targets
from ocr.training.text import LineText

SIDE = 1024
_QUARTER = SIDE // 4
_KNOTS = 65


@dataclass(frozen=True, slots=True)
class Window:
    """A training example.

    Attributes:
        picture: grey ``(1024, 1024)`` ``uint8``.
        maps: the four targets at a quarter, ``(4, 256, 256)`` ``uint8``; see :func:`ocr.training.pages.targets`.
    """

    picture: NDArray[np.uint8]
    maps: NDArray[np.uint8]


class _Bend:
    """Where a window's pixels lie on the page: turned, scaled, in perspective, waving, curled at the gutter."""

    def __init__(self, page: Page, share: float, chance: Chance) -> None:
        height, width = page.picture.shape
        self.scale = chance.uniform(0.88, 1.15)
        free = (width * self.scale - SIDE, height * self.scale - SIDE)
        left = chance.random() * free[0]
        top = share * max(0.0, free[1]) + chance.uniform(-25, 25)
        knots = np.linspace(0, SIDE, _KNOTS, dtype=np.float32)
        x, y = np.meshgrid(knots + left - width * self.scale / 2, knots + top - height * self.scale / 2)
        angle = math.radians(chance.choice((chance.gauss(0, 0.6), chance.gauss(0, 2.2), chance.uniform(-6, 6))))
        tilt = (chance.gauss(0, 3e-5), chance.gauss(0, 3e-5)) if chance.hit(0.4) else (0.0, 0.0)
        depth = self.scale * (1 + tilt[0] * x + tilt[1] * y)
        self._columns = (math.cos(angle) * x + math.sin(angle) * y) / depth + width / 2
        self._rows = (math.cos(angle) * y - math.sin(angle) * x) / depth + height / 2
        if chance.hit(0.5):
            swing = abs(chance.gauss(0, 5))
            self._rows += chance.field((_KNOTS, _KNOTS), (chance.randint(2, 4), chance.randint(2, 5)), -swing, swing)
        if chance.hit(0.25):
            far = np.clip(self._columns / width if chance.hit(0.5) else 1 - self._columns / width, 0, None)
            self._rows += chance.gauss(0, 14) * np.exp(-far / chance.uniform(0.06, 0.2))

    def maps(self, side: int) -> tuple[Plane, Plane]:
        """Columns and rows of the page for every pixel of a window of that side."""
        at = ((np.arange(side, dtype=np.float32) + 0.5) * SIDE / side - 0.5) * (_KNOTS - 1) / SIDE
        x, y = np.meshgrid(at, at)
        # cv2.remap reads float64 maps as garbage without an error.
        return tuple(  # type: ignore[return-value]
            np.asarray(cv2.remap(knots.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
            for knots in (self._columns, self._rows)
        )


def window_of(page: Page, maps: NDArray[np.uint8], share: float, chance: Chance) -> Window:
    """A window of the page, ``share`` of the way from its top to its bottom, bent and aged."""
    bend = _Bend(page, share, chance)
    columns, rows = bend.maps(SIDE)
    clean = cv2.remap(page.picture, columns, rows, cv2.INTER_LINEAR, borderValue=255)
    height, width = page.picture.shape
    outside = (columns < 0) | (rows < 0) | (columns > width - 1) | (rows > height - 1)
    columns, rows = bend.maps(_QUARTER)
    scalings = (cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_NEAREST, cv2.INTER_NEAREST)
    seen = np.stack([cv2.remap(maps[place], columns, rows, scaling) for place, scaling in enumerate(scalings)])
    seen[2:] = np.clip(seen[2:] * bend.scale, 0, 255)
    return Window(aged_page(np.asarray(clean, np.float32), outside, chance), seen.astype(np.uint8))


def windows(text: LineText, faces: FaceBook, seed: int, each: int = 2) -> Iterator[Window]:
    """Windows without end, ``each`` of every page; the same seed gives the same windows."""
    cv2.setNumThreads(0)
    chance = Chance(seed)
    while True:
        page = make_page(text, faces.family(chance), chance)
        maps = targets(page)
        for _ in range(each):
            yield window_of(page, maps, chance.choice((0.0, 1.0, chance.random())), chance)
