"""The product's own engines, as a profile with nothing set would use them: language and orientation are found."""

from __future__ import annotations

from pathlib import Path

from bench.reading.exchange import Reading, ReadLine, ReadWord
from core.model import Line
from imaging.raster import Raster, load_image
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.reader import read_page


class OurEngine:
    """See :class:`bench.reading.worker.Engine`."""

    def __init__(self, name: str) -> None:
        self._options = OcrOptions(engine=name)
        self._engine = make_engine(self._options)
        self.name = self._engine.name_version

    def open(self, image: Path) -> Raster:
        """The pixels."""
        return load_image(image)

    def read(self, page: Raster, language: str) -> Reading:
        """The language is not told: finding it is part of the task."""
        found = read_page(page, self._options, self._engine)
        return Reading(found.text, found.quality, tuple(map(_line, found.lines)))


def _line(line: Line) -> ReadLine:
    return ReadLine(tuple(ReadWord(word.text, word.confidence) for word in line.words), line.box)


def butluc() -> OurEngine:
    """Line finder and recogniser."""
    return OurEngine("butluc")


def tesseract() -> OurEngine:
    """Tesseract on the page that we prepare for it."""
    return OurEngine("tesseract")
