"""The faces of the sample pages, found among Debian's font packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

FONT_ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))


@dataclass(frozen=True, slots=True)
class Face:
    """One type face: file names of its four styles, the Debian package that holds them, whether it is a typewriter's.

    ``stroke`` is what a typewriter's ribbon adds to the outline on every side, in ems.
    """

    regular: str
    bold: str
    italic: str
    bold_italic: str
    package: str
    typewriter: bool = False
    stroke: float = 0.0

    def file(self, bold: bool, italic: bool) -> str:
        """The file name of a style."""
        return ((self.regular, self.italic), (self.bold, self.bold_italic))[bold][italic]


def _single(file: str, package: str, typewriter: bool, stroke: float = 0.0) -> Face:
    return Face(file, file, file, file, package, typewriter, stroke)


FACES: Mapping[str, Face] = {
    "termes": Face(
        "texgyretermes-regular.otf",
        "texgyretermes-bold.otf",
        "texgyretermes-italic.otf",
        "texgyretermes-bolditalic.otf",
        "fonts-texgyre",
    ),
    "tinos": Face("Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf", "fonts-croscore"),
    "freeserif": Face(
        "FreeSerif.otf", "FreeSerifBold.otf", "FreeSerifItalic.otf", "FreeSerifBoldItalic.otf", "fonts-freefont-otf"
    ),
    "pica": _single("lmmono10-regular.otf", "fonts-lmodern", True),
    "courier": _single("texgyrecursor-regular.otf", "fonts-texgyre", True, stroke=0.022),
    "hand": _single("texgyrechorus-mediumitalic.otf", "fonts-texgyre", False),
}


class FontBook:
    """Finds font files once and keeps the loaded sizes."""

    def __init__(self, roots: Iterable[Path] = FONT_ROOTS) -> None:
        self._paths = {path.name: path for root in roots for path in sorted(root.rglob("*.[ot]tf"))}
        self._loaded: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}
        self._letters: dict[str, frozenset[int]] = {}

    def path(self, face: str, bold: bool = False, italic: bool = False) -> Path:
        """The font file of a style.

        Raises:
            FileNotFoundError: the face's Debian package is not installed.
        """
        wanted = FACES[face].file(bold, italic)
        if wanted not in self._paths:
            raise FileNotFoundError(f"{wanted} is missing: apt-get install {FACES[face].package}")
        return self._paths[wanted]

    def font(self, face: str, size: int, bold: bool = False, italic: bool = False) -> ImageFont.FreeTypeFont:
        """A style at a size in pixels per em."""
        path = self.path(face, bold, italic)
        key = (path.name, size)
        if key not in self._loaded:
            self._loaded[key] = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
        return self._loaded[key]

    def missing(self, text: str, face: str, bold: bool = False, italic: bool = False) -> set[str]:
        """The letters of a text for which a style has no glyph."""
        path = self.path(face, bold, italic)
        if path.name not in self._letters:
            with TTFont(path, lazy=True) as font:
                self._letters[path.name] = frozenset(font.getBestCmap())
        return {letter for letter in text if not letter.isspace() and ord(letter) not in self._letters[path.name]}
