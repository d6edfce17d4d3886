"""The face of the signature block: Tinos, which has the metrics of Times New Roman and every Vietnamese letter."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont

from core.errors import BadInputError

NAME = "Tinos-Regular"


# Cutting a face is no news, wherever another library has turned logging on.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class FontSubset:
    """A TrueType program with the glyphs of some letters only, and what a PDF font dictionary tells of it."""

    program: bytes
    glyphs: Mapping[str, int]
    """Glyph number of each letter within the program."""
    widths: Mapping[str, float]
    """Advance widths in thousandths of the font size."""
    bbox: tuple[float, float, float, float]
    ascent: float
    descent: float
    name: str
    """PostScript name with the six-letter tag of the subset."""


@cache
def _advances() -> tuple[Mapping[str, float], float]:
    """Advance widths of all letters in em, and the height of the ascenders in em."""
    with TTFont(io.BytesIO(_program()), lazy=True) as font:
        unit = font["head"].unitsPerEm
        metrics = font["hmtx"]
        widths = {chr(code): metrics[glyph][0] / unit for code, glyph in font.getBestCmap().items()}
        return widths, font["hhea"].ascent / unit


def _program() -> bytes:
    return files("imaging").joinpath("fonts", f"{NAME}.ttf").read_bytes()


def text_width(text: str, size: float) -> float:
    """Width of a line in points at ``size`` points, without kerning.

    Raises:
        BadInputError: the face lacks one of the letters.
    """
    widths, _ = _advances()
    missing = sorted({letter for letter in text if letter not in widths})
    if missing:
        raise BadInputError("archive.stamp-letter", letters=" ".join(missing), text=text)
    return sum(widths[letter] for letter in text) * size


def ascent(size: float) -> float:
    """Height of the face above the baseline in points."""
    return _advances()[1] * size


@cache
def letters_of(text: frozenset[str]) -> FontSubset:
    """The program that holds the given letters and nothing else; the same letters give the same bytes."""
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=[], glyph_names=False, recalc_timestamp=False
    )
    with TTFont(io.BytesIO(_program())) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(letter) for letter in text])
        cutter.subset(font)
        return _describe(font, text)


def _describe(font: TTFont, text: frozenset[str]) -> FontSubset:
    scale = 1000 / font["head"].unitsPerEm
    head, names = font["head"], font.getBestCmap()
    out = io.BytesIO()
    font.save(out)
    tag = hashlib.sha256("".join(sorted(text)).encode()).digest()
    prefix = "".join(chr(ord("A") + byte % 26) for byte in tag[:6])
    return FontSubset(
        program=out.getvalue(),
        glyphs={letter: font.getGlyphID(names[ord(letter)]) for letter in text},
        widths={letter: font["hmtx"][names[ord(letter)]][0] * scale for letter in text},
        bbox=(head.xMin * scale, head.yMin * scale, head.xMax * scale, head.yMax * scale),
        ascent=font["hhea"].ascent * scale,
        descent=font["hhea"].descent * scale,
        name=f"{prefix}+{NAME}",
    )
