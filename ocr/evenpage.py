"""Lines cut out of a page and divided by the paper under them; no even copy of the whole page is made."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from ocr.lines.strip import Strip
from ocr.preprocess import REDUCTION, find_paper, halved
from ocr.preprocess.paper import Grey
from ocr.recogniser.normalise import HEIGHT


class EvenPage:
    """The lines of a grey page, paper near 255, ink dark."""

    def __init__(self, page: Grey) -> None:
        self._halves = [page]
        """The page, its half, the half of that ..."""

    @cached_property
    def _paper(self) -> Grey:
        return find_paper(self._reduced(REDUCTION))

    @cached_property
    def _dark_ground(self) -> Grey:
        return find_paper(np.asarray(255 - self._reduced(REDUCTION), dtype=np.uint8))

    def _reduced(self, reduction: int) -> Grey:
        """The page at one ``reduction``-th, a power of 2."""
        number = reduction.bit_length() - 1
        while len(self._halves) <= number:
            self._halves.append(halved(self._halves[-1]))
        return self._halves[number]

    def cut(self, strip: Strip, *, light_letters: bool = False) -> Grey | None:
        """The line in ``strip``, no higher than the recogniser needs it; ``None`` outside the page.

        ``light_letters`` takes the page as a negative.
        """
        step = max(1.0, strip.size[1] / HEIGHT)
        reduction = 1 << int(np.log2(step))
        crop = strip.cut(self._reduced(reduction), reduction, step)
        paper = strip.cut(self._dark_ground if light_letters else self._paper, REDUCTION, max(REDUCTION, step))
        if crop is None or paper is None:
            return None
        ink = np.asarray(255 - crop, dtype=np.uint8) if light_letters else crop
        ground = cv2.resize(paper, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.divide(ink, ground, scale=255), dtype=np.uint8)
