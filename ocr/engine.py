"""Which engines there are."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from ocr.butluc import make_butluc
from ocr.columns import part_columns
from ocr.levelled import LevelledPages
from ocr.null import NullEngine
from ocr.options import OcrOptions
from ocr.prepared import PreparedPages
from ocr.reading import Engine
from ocr.router import LanguageRouter
from ocr.tesseract import TesseractEngine


def _tesseract(options: OcrOptions) -> TesseractEngine:
    return TesseractEngine(timeout=options.timeout_seconds, multi_column=options.multi_column)


def _tesseract_pages(options: OcrOptions) -> Engine:
    return PreparedPages(_tesseract(options), options, part_columns)


def _butluc(options: OcrOptions) -> Engine:
    second = _tesseract(options) if options.second_engine == "tesseract" else None
    ours = LevelledPages(make_butluc(options, second), options)
    return LanguageRouter(ours, _tesseract_pages(options))


ENGINES: MappingProxyType[str, Callable[[OcrOptions], Engine]] = MappingProxyType(
    {
        "butluc": _butluc,
        "tesseract": _tesseract_pages,
        "none": lambda options: PreparedPages(NullEngine(), options),
    }
)
"""Name in a profile or on the command line → how the engine is made."""


def make_engine(options: OcrOptions) -> Engine:
    """The engine that ``options`` name.

    Raises:
        MissingToolError: the engine's own files are missing.
    """
    return ENGINES[options.engine](options)
