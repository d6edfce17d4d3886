"""A second engine for lines that the first is unsure of: of the two readings of a line the better is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import ButlucError
from core.model import Word
from ocr.preprocess.paper import Grey
from ocr.quality import plausible, wrong_characters

LANGUAGES = {"fr": ("fra",)}
"""Languages of pages whose doubtful lines are worth a second reading, with Tesseract's codes.

Measured: of 8,400 characters of French typewriting Tesseract's readings mend some lines and the choice below finds most
of them. Of 292 doubtful lines of aged Vietnamese it read hardly one better, and made four to five times as many errors.
"""
_DOUBTFUL = 0.03
"""Share of a line's characters expected wrong from which it is doubtful."""
_ABSENT = frozenset(("ocr.tesseract-missing", "ocr.language-missing"))
_FAILED = frozenset(("ocr.timeout", "ocr.engine-failed"))


class LineEngine(Protocol):
    """Reads single lines cut out of a page."""

    @property
    def name_version(self) -> str:
        """As :attr:`ocr.reading.Engine.name_version`."""

    def read_lines(self, crops: Sequence[Grey], languages: Sequence[str]) -> list[tuple[Word, ...]]:
        """The words of each crop, in its pixels.

        Args:
            crops: even lines, ink dark, H×W each.
            languages: Tesseract's codes; never empty.

        Raises:
            MissingToolError: the program or the data of a language is not installed.
            ButlucError: the engine failed.
        """


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that a first engine has read: the words, and the even crop that it read them from."""

    words: tuple[Word, ...]
    crop: Grey


@dataclass(frozen=True, slots=True)
class Opinions:
    """What a second engine made of some lines."""

    better: dict[int, tuple[Word, ...]]
    """Words by number of the line, in pixels of its crop, where they are the likelier reading."""
    engine: str
    """What read them; empty where nothing did."""
    recipe: dict[str, str | int]


def second_opinions(lines: Sequence[Doubt], language: str, engine: LineEngine | None) -> Opinions:
    """Reads the doubtful lines again, where the language of the page makes that worth while and the engine is there.

    Args:
        lines: of one page.
        language: of the page, BCP 47.
        engine: the second one; ``None`` if there shall be none.
    """
    doubtful = [number for number, line in enumerate(lines) if _wrong(line.words) > _DOUBTFUL]
    if engine is None or language not in LANGUAGES or not doubtful:
        return Opinions({}, "", {})
    try:
        readings = engine.read_lines([lines[number].crop for number in doubtful], LANGUAGES[language])
        name = engine.name_version
    except ButlucError as err:
        if err.code not in _ABSENT | _FAILED:
            raise
        return Opinions({}, "", {"second engine": "missing" if err.code in _ABSENT else "failed"})
    pairs = zip(doubtful, readings, strict=True)
    better = {number: words for number, words in pairs if _is_better(words, lines[number].words)}
    return Opinions(
        better, name, {"second engine": name, "lines read again": len(doubtful), "lines taken": len(better)}
    )


def _wrong(words: Sequence[Word]) -> float:
    """Share of the characters expected wrong; 1.0 where nothing was read."""
    characters = sum(len(word.text) for word in words)
    return sum(wrong_characters(word, french=True) for word in words) / characters if characters else 1.0


def _is_better(words: Sequence[Word], own: Sequence[Word]) -> bool:
    return _plausible(words) >= _plausible(own) and _wrong(words) < _wrong(own)


def _plausible(words: Sequence[Word]) -> float:
    characters = sum(len(word.text) for word in words)
    return sum(len(word.text) for word in words if plausible(word.text, french=True)) / max(1, characters)
