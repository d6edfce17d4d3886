"""Pages for engines that read even, level pictures: prepare, read, find the language, map back, judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.model import Line
from ocr import language, orientation, preprocess
from ocr.blocks import find_blocks
from ocr.options import OcrOptions
from ocr.preprocess import Prepared, Sheet
from ocr.preprocess.paper import Grey
from ocr.quality import page_quality
from ocr.reading import PictureEngine, Reading

Arrange = Callable[[Sequence[Line]], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Lines in pixels of the prepared picture, and what they tell."""

    prepared: Prepared
    lines: Sequence[Line]
    language: str
    quality: float


class PreparedPages:
    """Reads pages with an engine of pictures.

    Args:
        engine: reads the prepared picture.
        options: of the profile.
        arrange: puts the engine's lines, in pixels of the level picture, into reading order.
    """

    def __init__(self, engine: PictureEngine, options: OcrOptions, arrange: Arrange = tuple) -> None:
        self._engine = engine
        self._options = options
        self._arrange = arrange

    @property
    def name_version(self) -> str:
        """The engine's."""
        return self._engine.name_version

    def read(self, page: Grey, languages: Sequence[str]) -> Reading:
        """See :class:`ocr.reading.Engine`."""
        options, sheet = self._options, preprocess.examine(page)
        rotation = orientation.find_rotation(sheet, options, self._engine) if options.orientation else 0
        attempt = self._attempt(sheet, rotation, languages)
        if options.orientation and attempt.lines and attempt.quality < options.min_quality:
            better = orientation.is_upside_down(sheet, rotation, options, self._engine)
            attempt = self._attempt(sheet, (rotation + 180) % 360, languages) if better else attempt
        found = Reading(
            lines=tuple(attempt.lines),
            rotation=attempt.prepared.rotation,
            angle=attempt.prepared.angle,
            language=attempt.language,
            quality=attempt.quality,
            engine=self.name_version,
            recipe=attempt.prepared.recipe,
            regions=find_blocks(attempt.lines),
        )
        return found.moved(attempt.prepared.to_page, page.shape[1], page.shape[0])

    def _attempt(self, sheet: Sheet, rotation: int, languages: Sequence[str]) -> _Attempt:
        prepared = preprocess.prepare(sheet, rotation, self._options)
        first = self._judge(prepared, self._engine.read(prepared.image, languages or language.FIRST_READING))
        if languages or first.language not in language.MODELS:
            return first
        again = self._engine.read(prepared.image, language.MODELS[first.language])
        second = self._judge(prepared, again, first.language)
        return max(first, second, key=lambda attempt: attempt.quality)

    def _judge(self, prepared: Prepared, lines: Sequence[Line], code: str = "") -> _Attempt:
        code = code or language.find_language(lines)
        named = [replace(line, language=code) for line in self._arrange(lines)]
        return _Attempt(prepared, named, code, page_quality(named, french=code == "fr"))
