"""TrueOCR (Apache-2.0): finds and reads lines; its models lie in its package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import trueocr
from PIL import Image

from bench.reading.exchange import Reading, ReadLine, ReadWord


class TrueOcr:
    """See :class:`bench.reading.worker.Engine`."""

    def __init__(self) -> None:
        self.name = f"trueocr {trueocr.__version__}"
        self._model = trueocr.load_model(threads=1)

    def open(self, image: Path) -> Image.Image:
        """The picture, decoded."""
        return Image.open(image).convert("RGB")

    def read(self, page: Image.Image, language: str) -> Reading:
        """The whole page; there is one model, whatever the language."""
        found = self.find(page)
        lines = tuple(_line(line, found.data) for line in found.lines)
        return Reading(found.text, lines=lines)

    def find(self, page: Image.Image) -> Any:
        """The package's own result: lines in reading order, and the page turned and levelled as it was read."""
        return self._model.predict(page)


def _line(line: dict[str, Any], page: dict[str, Any]) -> ReadLine:
    """A word is as sure as its line; the box is given where it is in pixels of the picture as it was."""
    moved = page["rotation_clockwise_degrees"] or page["skew_degrees"]
    words = tuple(ReadWord(word, line["confidence"]) for word in line["text"].split())
    return ReadLine(words, None if moved else tuple(line["bbox"]))


def make() -> TrueOcr:
    """The model that the package holds."""
    return TrueOcr()
