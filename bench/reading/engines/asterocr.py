"""AsterOCR (MIT): reads single lines, so it is given the lines that TrueOCR finds; its model lies in its package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asterocr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.reading.engines.parts import in_parts
from bench.reading.engines.trueocr import TrueOcr
from bench.reading.exchange import Reading, ReadLine, ReadWord


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


def make() -> AsterOcr:
    """The model that the package holds."""
    return AsterOcr()
