"""What an engine is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Protocol

from core.errors import UsageError
from core.model import Line
from ocr.null import NullEngine
from ocr.options import OcrOptions
from ocr.skew import Grey
from ocr.tesseract import TesseractEngine


class Engine(Protocol):
    """Reads the lines of a prepared page.

    Called by :func:`ocr.reader.read_page`, in whichever process reads the page (a worker of the pipeline or the
    command itself), one call at a time per engine object; engines are made in the process that uses them.
    """

    @property
    def name_version(self) -> str:
        """Name and version as the recipe records them: ``tesseract 5.3.0``. May raise MissingToolError."""

    def read(self, image: Grey, languages: Sequence[str]) -> list[Line]:
        """The lines in reading order, in pixels of ``image``.

        Args:
            image: grey, H×W, even paper near 255, lines level.
            languages: Tesseract's codes, the most likely first; never empty.

        Raises:
            MissingToolError: the program or the data of a language is not installed.
            ButlucError: the engine failed or took too long on this page; other pages are not concerned.
        """


ENGINES: MappingProxyType[str, Callable[[OcrOptions], Engine]] = MappingProxyType(
    {
        "tesseract": lambda options: TesseractEngine(
            timeout=options.timeout_seconds, multi_column=options.multi_column
        ),
        "none": lambda options: NullEngine(),
    }
)
"""Name in a profile or on the command line → how the engine is made."""


def make_engine(options: OcrOptions) -> Engine:
    """The engine that ``options`` name.

    Raises:
        UsageError: there is no engine of that name.
    """
    if options.engine not in ENGINES:
        raise UsageError("ocr.unknown-engine", engine=options.engine, known=", ".join(ENGINES))
    return ENGINES[options.engine](options)
