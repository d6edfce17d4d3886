"""AsterOCR (MIT): reads single lines, so it is given the lines that TrueOCR finds; its model lies in its package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asterocr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.reading.engines.trueocr import TrueOcr
from bench.reading.exchange import Reading, ReadLine, ReadWord

HEIGHT = 32
"""Pixels to which the model scales every line."""
WIDEST = 1000
"""Pixels at that height; the model has places for 256 steps of four pixels and fails beyond."""


class AsterOcr:
    """See :class:`bench.reading.worker.Engine`."""

    def __init__(self) -> None:
        self._lines = TrueOcr()
        self._model = asterocr.AsterOCR(enable_telemetry=False)
        self.name = f"asterocr {asterocr.__version__} on the lines of {self._lines.name}"

    def open(self, image: Path) -> Image.Image:
        """The picture, decoded."""
        return self._lines.open(image)

    def read(self, page: Image.Image, language: str) -> Reading:
        """Both programs' work, lines too long for the model in parts."""
        found = self._lines.find(page)
        grey = np.asarray(found.image.convert("L"))
        lines = tuple(ReadLine(self._words(grey, line)) for line in found.lines)
        return Reading("\n".join(line.text for line in lines), lines=lines)

    def _words(self, grey: NDArray[np.uint8], line: dict[str, Any]) -> tuple[ReadWord, ...]:
        x0, y0, x1, y1 = line["bbox"]
        texts = (self._model.predict(part) for part in in_parts(grey[y0:y1, x0:x1]))
        return tuple(ReadWord(word) for text in texts for word in text.split())


def in_parts(line: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """A grey line, cut in its widest gaps near the middle until every part is short enough for the model."""
    height, width = line.shape
    if width * HEIGHT <= WIDEST * height:
        yield np.ascontiguousarray(line)
        return
    ink = (line < (int(line.min()) + int(line.max())) / 2).sum(axis=0).astype(np.float64)
    gaps = np.convolve(ink, np.ones(max(1, height // 4)), mode="same")
    place = width // 3 + int(np.argmin(gaps[width // 3 : 2 * width // 3 + 1]))
    yield from in_parts(line[:, :place])
    yield from in_parts(line[:, place:])


def make() -> AsterOcr:
    """The model that the package holds."""
    return AsterOcr()
