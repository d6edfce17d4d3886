"""Our own engine: finds the lines of a page as it was scanned, reads each, turns the page where it lies wrong."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from core import __version__
from core.model import Box, Line, Word
from ocr import geometry, language, preprocess
from ocr.blocks import find_blocks
from ocr.confidence import word_confidence
from ocr.evenpage import EvenPage
from ocr.lines.finder import Layout, find_lines
from ocr.lines.strip import Strip
from ocr.network import Network, load_network
from ocr.noise import is_faint, is_text
from ocr.options import OcrOptions
from ocr.preprocess.paper import Grey
from ocr.quality import page_quality
from ocr.reading import Reading
from ocr.recogniser.charset import load_charset
from ocr.recogniser.french import in_french
from ocr.recogniser.prior import SyllablePrior, load_prior
from ocr.recogniser.reading import LineReading, SecondLook, look_again, read_line
from ocr.recogniser.rerank import rerank
from ocr.second import Doubt, LineEngine, second_opinions

_LATIN = ("vie", "eng", "lat")
"""Languages whose letters are all among the Vietnamese ones."""
_LETTERS = {"fra": "àâæçèéêëîïôùûœ"}
"""Letters of other languages that the recogniser may have been taught."""
_DARK_GROUND = 150
"""A line whose median grey, paper at 255, is below it may have light letters on a dark ground."""
_SIDE = 270
_SURE = 0.97
"""A page whose surest lines are so sure lies the right way: 36 upright pages showed 0.985 or more (one 0.90),
turned ones up to 0.94."""
_LINES_OF_PROOF, _SUREST = 8, 3
"""How many of the longest lines that are not faint are read in every direction, and how many of them, the surest, speak
for it."""
_LETTERS_OF_PROOF = 6
"""Any scrawl may look like a letter or two."""
_READABLE, _CLEARLY = 0.6, 0.05
"""A page is turned only if its lines are then so sure, and by so much surer."""
_NOWHERE: Box = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _ReadLine:
    strip: Strip
    table: int | None
    reading: LineReading
    is_text: bool
    crop: Grey

    @property
    def crop_scale(self) -> float:
        """Pixels of the page to one of the crop."""
        height: int = self.crop.shape[0]
        return self.strip.size[1] / height


class ButlucEngine:
    """The line finder and the recogniser.

    Args:
        finder: the network of :mod:`ocr.lines`.
        recogniser: the network of :mod:`ocr.recogniser`.
        charset: its letters by class less one.
        prior: how likely Vietnamese syllables are.
        orientation: whether pages lying on their side or upside down are turned.
        second: reads lines that are doubtful once more.
    """

    def __init__(
        self,
        finder: Network,
        recogniser: Network,
        charset: Sequence[str],
        prior: SyllablePrior,
        *,
        orientation: bool = True,
        second: LineEngine | None = None,
    ) -> None:
        self._finder = finder
        self._recogniser = recogniser
        self._charset = charset
        self._looks: Mapping[str, SecondLook] = {"vi": partial(rerank, prior), "fr": in_french}
        self._digests = finder.digest + recogniser.digest + "".join(charset) + prior.digest
        self._orientation = orientation
        self._second = second

    @cached_property
    def name_version(self) -> str:
        """``butluc 0.1.0-1a2b3c4d``: the version, and a digest of the weights."""
        return f"butluc {__version__}-{hashlib.sha256(self._digests.encode()).hexdigest()[:8]}"

    def knows(self, languages: Sequence[str]) -> bool:
        """Whether the letters of all these languages (Tesseract's codes) are known."""
        return all(code in _LATIN or self._has_letters(code) for code in languages)

    def _has_letters(self, code: str) -> bool:
        return code in _LETTERS and set(_LETTERS[code]) <= set(self._charset)

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        """See :class:`ocr.reading.Engine`."""
        with _one_thread():
            rotation, sureness, layout, found = self._read_upright(page)
        upright = preprocess.turn(page, rotation)
        height, width = upright.shape
        kept = [read for read in found if read.is_text]
        code = language.language_of(word.text for read in kept for word in read.reading.words)
        kept = [self._look_again(read, code) for read in kept]
        lines, second = self._second_look(kept, width, height, code)
        strips = [read.strip for read in found if not read.is_text]
        reading = Reading(
            lines=tuple(lines),
            rotation=rotation,
            angle=round(math.degrees(math.atan(layout.slope)), 2),
            language=code,
            quality=page_quality(lines, french=code == "fr"),
            engine=self.name_version,
            recipe={
                "rotation": rotation,
                "lines": "found on the raw page, straightened, divided by their paper",
                **second,
            },
            sureness=round(sureness, 4),
            regions=find_blocks(lines, [read.table for read in kept]),
            unread=tuple(geometry.polygon_within(strip.outline(0, strip.size[0]), width, height) for strip in strips),
        )
        return _turned_back(reading, page) if rotation else reading

    def _look_again(self, read: _ReadLine, code: str) -> _ReadLine:
        """The line as it reads now that the page's language is known; the same object where nothing changes."""
        if code not in self._looks:
            return read
        again = look_again(read.reading, self._looks[code], self._charset)
        return read if again is read.reading or not again.words else replace(read, reading=again)

    def _second_look(
        self, kept: Sequence[_ReadLine], width: int, height: int, code: str
    ) -> tuple[list[Line], Mapping[str, str | int]]:
        """The lines on the upright page, those that the second engine read better in its words, and what it did."""
        lines = [_line(read, width, height, code) for read in kept]
        doubts = [Doubt(line.words, read.crop) for line, read in zip(lines, kept, strict=True)]
        opinions = second_opinions(doubts, code, self._second)
        for number, words in opinions.better.items():
            rectangles = np.array([word.box for word in words]) * kept[number].crop_scale
            line = _placed(kept[number], words, rectangles, width, height, code)
            lines[number] = replace(line, engine=opinions.engine)
        return lines, opinions.recipe

    def _read_upright(self, page: Grey) -> tuple[int, float, Layout, list[_ReadLine]]:
        """Clockwise degrees by which the page was turned, how sure they are, and what was found on it then."""
        layout = find_lines(page, self._finder)
        if not self._orientation:
            return 0, 0.0, layout, self._read_lines(page, layout)
        lines = [] if layout.sideways else self._read_lines(page, layout)
        if _surest(line.reading for line in lines) >= _SURE:
            return 0, 1.0, layout, lines
        rotation, sureness = self._best_rotation(page, layout)
        if rotation:
            page = preprocess.turn(page, rotation)
            layout = find_lines(page, self._finder)
        return rotation, sureness, layout, self._read_lines(page, layout) if rotation or not lines else lines

    def _best_rotation(self, page: Grey, layout: Layout) -> tuple[int, float]:
        """The direction in which the page reads clearly best, 0 where nothing is clear, and by how much."""
        side = preprocess.turn(page, _SIDE)
        scores = self._proofs(page, layout, 0) | self._proofs(side, find_lines(side, self._finder), _SIDE)
        best = max(scores, key=scores.__getitem__)
        rotation = best if scores[best] >= max(_READABLE, scores[0] + _CLEARLY) else 0
        others = max(score for turned, score in scores.items() if turned != rotation)
        return rotation, max(0.0, scores[rotation] - others)

    def _proofs(self, page: Grey, layout: Layout, rotation: int) -> dict[int, float]:
        """How sure the lines of a page turned by ``rotation`` are, as they are and upside down."""
        even = EvenPage(page)
        longest = sorted(layout.lines, key=lambda line: -line.length)
        cuts = (even.cut(Strip(line, layout.scale)) for line in longest)
        crops = list(islice((cut for cut in cuts if cut is not None and not is_faint(cut)), _LINES_OF_PROOF))
        turned = [preprocess.turn(crop, 180) for crop in crops]
        return {rotation: self._confidence(crops), (rotation + 180) % 360: self._confidence(turned)}

    def _confidence(self, crops: Sequence[Grey]) -> float:
        return _surest(read_line(crop, self._recogniser, self._charset) for crop in crops)

    def _read_lines(self, upright: Grey, layout: Layout) -> list[_ReadLine]:
        page = EvenPage(upright)
        numbered = zip(layout.lines, layout.tables, strict=True)
        return [self._read_line(page, Strip(line, layout.scale), table) for line, table in numbered]

    def _read_line(self, page: EvenPage, strip: Strip, table: int | None) -> _ReadLine:
        crop = page.cut(strip)
        if crop is None:
            return _ReadLine(strip, table, LineReading(()), is_text=False, crop=np.empty((1, 0), np.uint8))
        reading = read_line(crop, self._recogniser, self._charset)
        negative = page.cut(strip, light_letters=True) if np.median(crop[::3, ::3]) <= _DARK_GROUND else None
        if negative is not None:
            again = read_line(negative, self._recogniser, self._charset)
            if again.confidence > reading.confidence:
                crop, reading = negative, again
        return _ReadLine(strip, table, reading, is_text(reading, crop), crop)


def _surest(readings: Iterable[LineReading]) -> float:
    """Mean confidence of the surest few readings that are more than a scrawl."""
    proofs = [reading for reading in readings if len(reading.text) >= _LETTERS_OF_PROOF]
    return _mean(sorted(proofs, key=lambda reading: -reading.confidence)[:_SUREST])


def _mean(readings: Iterable[LineReading]) -> float:
    """Mean confidence, weighted by letters."""
    pairs = [(reading.confidence, len(reading.text)) for reading in readings]
    letters = sum(length for _, length in pairs)
    return sum(confidence * length for confidence, length in pairs) / letters if letters else 0.0


def _line(read: _ReadLine, width: int, height: int, code: str) -> Line:
    """The line on the upright page, as our own recogniser has it."""
    spans = read.reading.words
    rectangles = np.array([(span.left, span.top, span.right, span.bottom) for span in spans])
    words = [
        Word(span.text, _NOWHERE, round(word_confidence(span.text, span.letters, code), 4), _tenths(span.letters))
        for span in spans
    ]
    return _placed(read, words, rectangles * read.crop_scale, width, height, code)


def _placed(
    read: _ReadLine, words: Sequence[Word], rectangles: NDArray[np.float64], width: int, height: int, code: str
) -> Line:
    """A line of words whose rectangles (n×4) are given in pixels of its strip."""
    boxes = [geometry.within(box, width, height) for box in read.strip.boxes(rectangles)]
    left, right = rectangles[0, 0], rectangles[-1, 2]
    outline = geometry.polygon_within(read.strip.outline(left, right), width, height)
    (x0, y0), (x1, y1) = read.strip.baseline(left), read.strip.baseline(right)
    baseline = round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2)
    placed = tuple(replace(word, box=box) for word, box in zip(words, boxes, strict=True))
    return Line(placed, geometry.bounds(boxes), baseline, code, outline)


def _tenths(letters: Sequence[float]) -> tuple[float, ...]:
    return tuple(max(1, round(10 * letter)) / 10 for letter in letters)


def _turned_back(reading: Reading, page: Grey) -> Reading:
    """What was read on the upright page, on the page as it lay."""
    height, width = page.shape
    return reading.moved(geometry.inverse(geometry.quarter_turn(reading.rotation, width, height)), width, height)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Pages are read in parallel by processes; OpenCV's own threads only get in one another's way."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def make_butluc(options: OcrOptions, second: LineEngine | None = None) -> ButlucEngine:
    """The engine with the shipped weights; ``second`` reads its doubtful lines once more.

    Raises:
        MissingToolError: the weights are missing.
    """
    finder, recogniser = load_network("linefinder.onnx"), load_network("recogniser.onnx")
    turned = options.orientation
    return ButlucEngine(finder, recogniser, load_charset(), load_prior(), orientation=turned, second=second)
