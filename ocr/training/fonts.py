"""Type faces of the training data: every font of the machine that has the letters, found by its character map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from ocr.training.chance import Chance
from ocr.training.charset import CHARACTERS, FRENCH, VIETNAMESE

FONT_ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))
_TIMES_LIKE = re.compile(r"termes|freeserif|tinos|liberationserif|linlibertine_r")
_SLANTED, _BOLD = re.compile("Italic|Oblique|Slanted"), re.compile("Bold|Black|Heavy")
_UNFIT = re.compile(
    r"math|symbol|emoji|music|condensed|-thin|hairline|display|narrow|dingbat|comic"
    r"|caps|dunh|unsl|quot|cmunui|cmunci"  # small capitals for small letters, bars, upright italics
)
_SHARES = {"times": 0.36, "typewriter": 0.34, "other": 0.30}
_WANTED = frozenset(CHARACTERS) - {" "}


@dataclass(frozen=True, slots=True)
class Face:
    """One style of a type face.

    Attributes:
        path: the font file.
        family: name of the family in the font file.
        bold: whether the style is a bold one.
        slanted: whether the style is italic or oblique.
        letters: the characters of the set that it has glyphs for.
        kind: ``times``, ``typewriter`` or ``other``.
    """

    path: Path
    family: str
    bold: bool
    slanted: bool
    letters: frozenset[str]
    kind: str

    def font(self, em: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels per em."""
        return _loaded(str(self.path), em)


@lru_cache(maxsize=600)
def _loaded(path: str, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, em, layout_engine=ImageFont.Layout.BASIC)


def _face(path: Path) -> Face | None:
    name = path.name.lower()
    if _UNFIT.search(name):
        return None
    try:
        with TTFont(path, lazy=True) as font:
            letters = frozenset(map(chr, font.getBestCmap() or {})) & _WANTED
    except TTLibError:
        return None
    if not letters >= VIETNAMESE and not letters >= FRENCH:
        return None
    probe = ImageFont.truetype(path, 100, layout_engine=ImageFont.Layout.BASIC)
    equal = probe.getlength("i") == probe.getlength("m")
    family, style = (part or "" for part in probe.getname())
    slanted = bool(_SLANTED.search(style))
    kind = "times" if _TIMES_LIKE.search(name) else "typewriter" if equal else "other"
    return Face(path, family, bool(_BOLD.search(style)), slanted, letters, kind)


@dataclass(frozen=True, slots=True)
class Family:
    """The four styles of a page's type; a style that the family lacks is replaced by its nearest."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face

    @classmethod
    def of(cls, faces: Sequence[Face]) -> Family:
        """Picks the styles from the faces of one family."""

        def nearest(bold: bool, slanted: bool) -> Face:
            return min(faces, key=lambda face: 2 * (face.bold != bold) + (face.slanted != slanted))

        return cls(nearest(False, False), nearest(True, False), nearest(False, True), nearest(True, True))


def _weights(faces: Sequence[Face]) -> list[float]:
    """Each kind of face its share, whatever the number of fonts; slanted styles a third of the upright ones."""
    single = [1 / 3 if face.slanted else 1.0 for face in faces]
    totals = dict.fromkeys(_SHARES, 0.0)
    for face, weight in zip(faces, single, strict=True):
        totals[face.kind] += weight
    return [_SHARES[face.kind] * weight / totals[face.kind] for face, weight in zip(faces, single, strict=True)]


class FaceBook:
    """The faces of this machine, drawn by weight among those that have all the letters of a text.

    Raises:
        FileNotFoundError: no font with all Vietnamese letters is installed.
    """

    def __init__(self, roots: Iterable[Path] = FONT_ROOTS) -> None:
        paths = sorted({path.name: path for root in roots for path in sorted(root.rglob("*.[ot]tf"))}.values())
        self.faces: Sequence[Face] = [face for face in map(_face, paths) if face]
        if not any(face.letters >= VIETNAMESE for face in self.faces):
            raise FileNotFoundError("no font with all Vietnamese letters: apt-get install fonts-texgyre")
        self._weights = _weights(self.faces)

    def family(self, chance: Chance) -> Family:
        """The family of a face with all Vietnamese letters."""
        fit = [face for face in chance.choices(self.faces, self._weights, k=20) if face.letters >= VIETNAMESE]
        name = (fit or [face for face in self.faces if face.letters >= VIETNAMESE])[0].family
        return Family.of([face for face in self.faces if face.family == name and face.letters >= VIETNAMESE])

    def draw(self, text: str, chance: Chance) -> tuple[Face, str]:
        """A face for a text, and the text less what no face tried has a glyph for."""
        needed = frozenset(text) - {" "}
        for face in chance.choices(self.faces, self._weights, k=12):
            if face.letters >= needed:
                return face, text
        fit = [face for face in self.faces if face.letters >= needed]
        if fit:
            return chance.choice(fit), text
        face = max(chance.choices(self.faces, self._weights, k=12), key=lambda face: len(face.letters & needed))
        return face, " ".join("".join(char for char in text if char == " " or char in face.letters).split())
