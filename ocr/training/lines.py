"""A stream of training lines: picture and text, in batches of like width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.normalise import HEIGHT, normalise
from ocr.recogniser.words import STEP
from ocr.training.ageing import aged
from ocr.training.chance import Chance
from ocr.training.charset import classes
from ocr.training.fonts import FaceBook
from ocr.training.line_images import draw_line
from ocr.training.text import LineText

_BUCKET = 96


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the recogniser gets it, and what it says."""

    picture: NDArray[np.uint8]
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines side by side: pictures ``(n, 1, 48, width)`` ``uint8`` padded with white, and their class numbers.

    Attributes:
        pictures: padded pictures.
        columns: number of output columns of each line.
        targets: class numbers of all lines, one after the other.
        lengths: number of classes of each line.
    """

    pictures: NDArray[np.uint8]
    columns: NDArray[np.int64]
    targets: NDArray[np.int64]
    lengths: NDArray[np.int64]


class LineMaker:
    """Draws lines: text, face, ink, ageing, the reader's own normalisation."""

    def __init__(self, text: LineText, faces: FaceBook) -> None:
        self._text, self._faces = text, faces

    def lines(self, seed: int) -> Iterator[Line]:
        """Lines without end; the same seed gives the same lines."""
        cv2.setNumThreads(0)
        chance = Chance(seed)
        while True:
            face, text = self._faces.draw(self._text.line(chance), chance)
            ink = draw_line(text, face, chance) if text else None
            if ink is None:
                continue
            picture = normalise(aged(ink, chance))
            if picture.shape[1] // STEP >= len(text) * 1.05:
                yield Line(picture, text)

    def batches(self, seed: int, columns: int) -> Iterator[Batch]:
        """Batches of lines of like width, about ``columns`` pixel columns each."""
        buckets: dict[int, list[Line]] = {}
        for line in self.lines(seed):
            width = -(-line.picture.shape[1] // _BUCKET) * _BUCKET
            bucket = buckets.setdefault(width, [])
            bucket.append(line)
            if len(bucket) * width >= columns:
                yield batch_of(buckets.pop(width), width)


def batch_of(lines: list[Line], width: int) -> Batch:
    """Lines padded to a width in pixels."""
    pictures = np.full((len(lines), 1, HEIGHT, width), 255, np.uint8)
    for place, line in enumerate(lines):
        pictures[place, 0, :, : line.picture.shape[1]] = line.picture
    targets = [classes(line.text) for line in lines]
    return Batch(
        pictures,
        np.array([-(-line.picture.shape[1] // STEP) for line in lines]),
        np.concatenate([np.array(target) for target in targets]),
        np.array([len(target) for target in targets]),
    )
