"""Sets words into boxes of a synthetic page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ocr.training.canvas import PageCanvas, Type, type_of
from ocr.training.chance import Chance
from ocr.training.fonts import Face, Family
from ocr.training.text import LineText

_SMALLEST_EM = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the page, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    def below(self, top: float) -> Box:
        """What is left of it below a row."""
        return replace(self, top=top)

    def between(self, left: float, right: float) -> Box:
        """The same rows between other columns."""
        return replace(self, left=left, right=right)


@dataclass(frozen=True, slots=True)
class Setting:
    """How words are set: style 0 regular, 1 bold, 2 italic, 3 bold italic; size as a share of the page's.

    ``align`` is one of ``left right centre justify``; ``most`` is the greatest number of lines.
    """

    style: int = 0
    size: float = 1.0
    align: str = "justify"
    indent: float = 0.0
    leading: float = 0.0
    shade: int | None = None
    underlined: bool = False
    spacing: float = 0.0
    most: int = 99


_PLAIN = Setting()


class Composer:
    """A page being set: canvas, chance, words, type."""

    def __init__(self, canvas: PageCanvas, chance: Chance, text: LineText, family: Family) -> None:
        self.canvas, self.chance, self._text = canvas, chance, text
        self._faces: tuple[Face, ...] = (family.regular, family.bold, family.italic, family.bold_italic)
        self.shade = chance.choice((0, 0, 0, chance.randint(0, 90)))
        self.em = chance.choice((chance.triangular(17, 27, 22),) * 2 + (chance.uniform(12, 18), chance.uniform(22, 34)))
        self.leading = chance.choice((chance.uniform(1, 1.2), chance.uniform(1.1, 1.5), chance.uniform(1.3, 2)))
        self.seals: list[tuple[float, float]] = []

    def kind(self, style: int = 0, size: float = 1.0) -> Type:
        """The page's type in a style, at a share of its size."""
        return type_of(self._faces[style], max(_SMALLEST_EM, int(self.em * size)))

    def words(self, least: int, most: int) -> list[str]:
        """Some words of text."""
        return self._text.words(self.chance, self.chance.randint(least, most))

    def pitch(self, kind: Type, leading: float = 0.0) -> float:
        """Distance of two baselines; never so small that lines touch."""
        return max(float(kind.font.size) * (leading or self.leading), kind.x_height * 1.75)

    def set(self, box: Box, words: list[str], setting: Setting = _PLAIN) -> float:
        """Sets words from the top of a box on, as far as its bottom; gives the row below the last line."""
        kind = self.kind(setting.style, setting.size)
        pitch, row, first = self.pitch(kind, setting.leading), box.top, True
        for line in _broken(words, kind, box.width, setting)[: setting.most]:
            row += pitch
            if row - 0.2 * pitch > box.bottom:
                return row - pitch
            self._set_line(
                line,
                box.between(box.left + (setting.indent if first else 0), box.right),
                row - 0.2 * pitch,
                kind,
                setting,
            )
            first = False
        return row + self.chance.uniform(0, 0.5) * pitch

    def _set_line(self, line: tuple[list[str], bool], box: Box, baseline: float, kind: Type, setting: Setting) -> None:
        words, last = line
        shade = self.shade if setting.shade is None else setting.shade
        text = " ".join(words)
        natural = kind.font.getlength(text) + setting.spacing * len(text)
        left = box.left
        if setting.align == "right":
            left = max(box.left, box.right - natural)
        elif setting.align == "centre":
            left = max(box.left, (box.left + box.right - natural) / 2)
        if setting.align == "justify" and not last and len(words) > 1:
            gap = (box.width - sum(kind.font.getlength(word) for word in words)) / (len(words) - 1)
            end = self.canvas.write_words(left, baseline, words, max(gap, 1), kind, shade)
        else:
            end = self.canvas.write((left, baseline), text, kind, shade, setting.spacing)
        if setting.underlined:
            row = baseline + max(2, kind.x_height // 4)
            self.canvas.draw.line((left, row, end, row), fill=shade, width=max(1, int(kind.x_height / 8)))


def _broken(words: list[str], kind: Type, width: float, setting: Setting) -> list[tuple[list[str], bool]]:
    """Words broken into lines, each with whether it ends a paragraph; a word that is too long is cut off."""
    lines: list[tuple[list[str], bool]] = []
    current: list[str] = []
    room = width - setting.indent
    for word in words:
        word = _fitting(word, kind, width)
        size = kind.font.getlength(word) + setting.spacing * (len(word) + 1)
        if current and size > room:
            lines.append((current, False))
            current, room = [], width
        current.append(word)
        room -= size + kind.space
    return [*lines, (current, True)] if current else lines


def _fitting(word: str, kind: Type, width: float) -> str:
    length = kind.font.getlength(word)
    return word if length <= width else word[: max(1, int(len(word) * width / length))]
