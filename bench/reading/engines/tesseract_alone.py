"""Tesseract on the scan as it is."""

from __future__ import annotations

from pathlib import Path

import pytesseract

from bench.reading.exchange import Reading


class TesseractAlone:
    """See :class:`bench.reading.worker.Engine`; decoding the picture is part of the program's time."""

    def __init__(self) -> None:
        self.name = f"tesseract {pytesseract.get_tesseract_version()}"

    def open(self, image: Path) -> Path:
        """The program opens the picture itself."""
        return image

    def read(self, page: Path, language: str) -> Reading:
        """Page segmentation and everything else as the program does it by default."""
        return Reading(pytesseract.image_to_string(str(page), lang=language))


def make() -> TesseractAlone:
    """The program that is installed."""
    return TesseractAlone()
