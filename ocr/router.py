"""Hands pages to the engine that knows their letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from core.errors import MissingToolError
from ocr.language import MODELS
from ocr.preprocess.paper import Grey
from ocr.reading import Engine, Reading


class LimitedEngine(Engine, Protocol):
    """An engine that knows the letters of some languages only."""

    def knows(self, languages: Sequence[str]) -> bool:
        """Whether it reads all of these (Tesseract's codes)."""


class LanguageRouter:
    """Reads with ``main``; pages in languages that it does not know go to ``other`` where that is installed."""

    def __init__(self, main: LimitedEngine, other: Engine) -> None:
        self._main = main
        self._other = other

    @cached_property
    def name_version(self) -> str:
        """Both engines, for either may read a page; :attr:`Reading.engine` tells which of them did."""
        try:
            return f"{self._main.name_version} + {self._other.name_version}"
        except MissingToolError:
            return self._main.name_version

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        """See :class:`ocr.reading.Engine`."""
        if not self._main.knows(languages):
            return self._other.read(page, languages)
        reading = self._main.read(page, languages)
        wanted = () if languages else MODELS.get(reading.language, ())
        if self._main.knows(wanted):
            return reading
        try:
            return self._other.read(page, wanted)
        except MissingToolError:
            return reading
