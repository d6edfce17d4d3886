"""OCRmyPDF plugin: an engine that reads nothing and replays the pages that were read before.

The option ``butluc_replay`` names a JSON file: a list with ``{"read": RecognizedPage, "dpi": float}`` for each page.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ocrmypdf import hookimpl
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from pikepdf import Dictionary, Pdf, Stream
from PIL import Image

from archive.glyphless import CodeTable
from archive.textlayer import FONT_NAME, text_layer
from core.config import fill
from core.model import RecognizedPage


@lru_cache(maxsize=1)
def _replay(path: str) -> list[tuple[RecognizedPage, float]]:
    pages = json.loads(Path(path).read_text(encoding="utf-8"))
    return [(fill(RecognizedPage, page["read"], file=path), float(page["dpi"])) for page in pages]


def _page(options: Any, number: int) -> tuple[RecognizedPage, float]:
    """The page with this ``number`` from 1."""
    return _replay(options.extra_attrs["butluc_replay"])[number - 1]


class ReplayEngine(OcrEngine):
    """Gives each page the text layer of its ``RecognizedPage``."""

    @staticmethod
    def version() -> str:
        return "1"

    @staticmethod
    def creator_tag(options: Any) -> str:
        return "Bút Lục"

    def __str__(self) -> str:
        return "Bút Lục replay"

    @staticmethod
    def languages(options: Any) -> set[str]:
        return set(options.languages)

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        return OrientationConfidence(angle=0, confidence=0.0)

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        raise NotImplementedError("the replay engine makes PDF pages only")

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        """The text layer as a page of its own; OCRmyPDF numbers its files by page."""
        read, dpi = _page(options, int(input_file.name[:6]))
        output_text.write_text(read.text, encoding="utf-8")
        codes = CodeTable()
        with Pdf.new() as pdf:
            pdf.add_blank_page(page_size=(read.width * 72 / dpi, read.height * 72 / dpi))
            page = pdf.pages[0].obj
            page.Contents = Stream(pdf, text_layer(read, dpi, codes))
            page.Resources = Dictionary(Font=Dictionary({FONT_NAME: codes.font(pdf)}))
            pdf.save(output_pdf, static_id=True)


@hookimpl
def get_ocr_engine(options: Any) -> OcrEngine:
    """Replay, whatever engine is asked for."""
    return ReplayEngine()


@hookimpl
def rasterize_pdf_page(output_file: Path, pageno: int, options: Any) -> Path:
    """A blank picture of the right size: nothing looks at it, and rendering would take most of the time."""
    read, dpi = _page(options, pageno)
    Image.new("1", (read.width, read.height), 1).save(output_file, "PNG", dpi=(dpi, dpi))
    return output_file
