"""Pages that lie far from level, levelled for an engine that reads lines of little slope only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr import geometry
from ocr.options import OcrOptions
from ocr.preprocess import skew, turn
from ocr.preprocess.paper import Grey
from ocr.reading import Reading
from ocr.router import LimitedEngine

_SURE = 4.0
"""Least sharpness of a direction: typed and printed pages show 13 and more, notes of music 3."""
_STEEP = 3.0
"""Degrees. Lines are found as well on a slope of up to about 10, but tables' rows only up to 3."""


class LevelledPages:
    """Reads with ``engine``, which turns pages by quarters itself; says a page's skew to a tenth of a degree.

    Args:
        engine: reads pages near level.
        options: of the profile.
    """

    def __init__(self, engine: LimitedEngine, options: OcrOptions) -> None:
        self._engine = engine
        self._limit = options.max_skew if options.deskew else 0.0

    @property
    def name_version(self) -> str:
        """The engine's."""
        return self._engine.name_version

    def knows(self, languages: Sequence[str]) -> bool:
        """Whether the engine does."""
        return self._engine.knows(languages)

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        """See :class:`ocr.reading.Engine`."""
        reading = self._read_level(page, languages)
        if reading.rotation not in (90, 270):
            return reading
        # Lines on their side told nothing of the skew: the page is looked at again as it stands upright.
        upright = turn(page, reading.rotation)
        if abs(self._skew(upright)) < _STEEP:
            return reading
        again = self._read_level(upright, languages)
        height, width = page.shape
        back = geometry.inverse(geometry.quarter_turn(reading.rotation, width, height))
        rotation = (reading.rotation + again.rotation) % 360
        recipe = {**again.recipe, "rotation": rotation}
        return replace(again.moved(back, width, height), rotation=rotation, sureness=reading.sureness, recipe=recipe)

    def _read_level(self, page: Grey, languages: Sequence[str]) -> Reading:
        angle = self._skew(page)
        if abs(angle) < _STEEP:
            reading = self._engine.read(page, languages)
            return replace(reading, angle=angle) if angle and reading.rotation in (0, 180) else reading
        height, width = page.shape
        matrix = geometry.turn_and_scale(angle, 1.0, width, height)
        size = geometry.turned_size(angle, 1.0, width, height)
        paper = float(np.percentile(page[::8, ::8], 90))
        level = cv2.warpAffine(page, geometry.for_opencv(matrix), size, flags=cv2.INTER_LINEAR, borderValue=paper)
        reading = self._engine.read(np.asarray(level, dtype=np.uint8), languages)
        recipe = {"deskew": angle, **reading.recipe}
        return replace(reading.moved(geometry.inverse(matrix), width, height), angle=angle, recipe=recipe)

    def _skew(self, page: Grey) -> float:
        found = skew.page_direction(page, self._limit)
        return found.angle if found.sharpness >= _SURE else 0.0
