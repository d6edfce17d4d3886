"""What readers of pages are, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.model import Line, Polygon, Region
from ocr import geometry
from ocr.geometry import Matrix
from ocr.preprocess.paper import Grey


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine read on a page."""

    lines: tuple[Line, ...]
    """In reading order, in pixels of the page as given."""
    rotation: int
    """Clockwise quarter turns in degrees that make the page upright."""
    angle: float
    """Skew of the upright page in degrees, positive where the text falls to the right."""
    language: str
    """BCP 47."""
    quality: float
    """0–1, the share of the characters read that are likely to be right (see :func:`ocr.quality.page_quality`)."""
    engine: str
    """Name and version of what read the lines."""
    recipe: Mapping[str, str | float | int]
    """Names and settings of what was done to the picture, enough to do it again."""
    sureness: float = 0.0
    """0–1: how much surer the lines read at ``rotation`` than in any other direction; 0.0 where nothing tells."""
    regions: tuple[Region, ...] = ()
    """Blocks of text and tables that the lines stand in (see :func:`ocr.blocks.find_blocks`)."""
    unread: tuple[Polygon, ...] = ()
    """Outlines of lines that were found but are no text that could be read: handwriting, or nothing."""

    def moved(self, matrix: Matrix, width: int, height: int) -> Reading:
        """What was read on a picture of a page, on the page, ``width`` × ``height``."""
        return replace(
            self,
            lines=tuple(geometry.map_line(matrix, line, width, height) for line in self.lines),
            regions=tuple(geometry.map_region(matrix, region, width, height) for region in self.regions),
            unread=tuple(geometry.map_polygon(matrix, outline, width, height) for outline in self.unread),
        )


class Engine(Protocol):
    """Reads whole pages as they were scanned: finds how they lie, their lines, words and language.

    Called by :func:`ocr.reader.read_page`, in whichever process reads the page (a worker of the pipeline or the
    command itself), one call at a time per engine object; engines are made in the process that uses them.
    """

    @property
    def name_version(self) -> str:
        """Name and version as the recipe records them: ``tesseract 5.3.0``. May raise MissingToolError."""

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        """What stands on a grey page, H×W.

        Args:
            page: as scanned: uneven, skewed, lying on its side.
            languages: Tesseract's codes, the most likely first; empty where the page shall tell.

        Raises:
            MissingToolError: a program or the data of a language is not installed.
            ButlucError: the engine failed or took too long on this page; other pages are not concerned.
        """


class PictureEngine(Protocol):
    """Reads the lines of a prepared picture (see :class:`ocr.prepared.PreparedPages`)."""

    @property
    def name_version(self) -> str:
        """As :attr:`Engine.name_version`."""

    def read(self, image: Grey, languages: Sequence[str]) -> list[Line]:
        """The lines in reading order, in pixels of ``image``.

        Args:
            image: grey, H×W, even paper near 255, lines level.
            languages: Tesseract's codes, the most likely first; never empty.

        Raises:
            MissingToolError: the program or the data of a language is not installed.
            ButlucError: the engine failed or took too long on this page; other pages are not concerned.
        """
