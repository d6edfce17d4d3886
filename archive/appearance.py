"""The appearance of the signature's widget: upright black text in an embedded face, without border or picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from archive.stamp import FONT_SIZE, LEADING
from archive.typeface import FontSubset, ascent, letters_of, text_width

_FONT = "/F1"
_SYMBOLIC = 4
_TIME_LETTERS = frozenset("0123456789-:+ ")


@dataclass(frozen=True)
class BlockStyle(BaseStampStyle):  # type: ignore[misc]
    """Lines of text set flush right in 10 pt, turned so that they are upright on a page with ``rotate``."""

    lines: tuple[str, ...] = ()
    rotate: int = 0

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> AppearanceContent:
        """The content that pyHanko puts into the widget; the size follows from the lines, not from ``box``."""
        width = max(text_width(line, FONT_SIZE) for line in self.lines)
        return _Block(self, writer, BoxConstraints(width=width, height=LEADING * len(self.lines)))


class _Block(AppearanceContent):  # type: ignore[misc]
    def __init__(self, style: BlockStyle, writer: BasePdfFileWriter, box: BoxConstraints) -> None:
        super().__init__(writer=writer, box=box)
        self._style = style

    def render(self) -> bytes:
        """The text operators; registers the face with the writer."""
        # With the letters of every time the same name needs one face only: cutting it takes a third of a second.
        face = letters_of(frozenset(_TIME_LETTERS.union(*self._style.lines)))
        self.set_resource(ResourceType.FONT, pdf_name(_FONT), embed_font(self.writer, face))
        parts = ["q 0 g BT", f"{_FONT} {FONT_SIZE:g} Tf"]
        baseline = self.box.height - (LEADING - FONT_SIZE) / 2 - ascent(FONT_SIZE)
        for row, line in enumerate(self._style.lines):
            x, y = self.box.width - text_width(line, FONT_SIZE), baseline - row * LEADING
            codes = "".join(f"{face.glyphs[letter]:04X}" for letter in line)
            parts.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm <{codes}> Tj")
        return " ".join([*parts, "ET Q"]).encode()

    def as_form_xobject(self) -> generic.StreamObject:
        """The form with the matrix that turns it against the page's /Rotate (ISO 32000-1, 12.5.5, algorithm 8.1)."""
        form = super().as_form_xobject()
        width, height = self.box.width, self.box.height
        matrices = {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, height, 0),
            180: (-1, 0, 0, -1, width, height),
            270: (0, -1, 1, 0, 0, width),
        }
        form[pdf_name("/Matrix")] = generic.ArrayObject(
            generic.FloatObject(round(value, 4)) for value in matrices[self._style.rotate]
        )
        return form


def embed_font(writer: BasePdfFileWriter, face: FontSubset) -> generic.IndirectObject:
    """A composite font whose character codes are glyph numbers (ISO 32000-1, 9.7; ISO 19005-2, 6.2.11)."""
    program = generic.StreamObject(stream_data=face.program)
    program[pdf_name("/Length1")] = generic.NumberObject(len(face.program))
    program.compress()
    descriptor = _dictionary(
        Type="/FontDescriptor",
        FontName=f"/{face.name}",
        Flags=_SYMBOLIC,
        FontBBox=generic.ArrayObject(generic.FloatObject(round(value)) for value in face.bbox),
        ItalicAngle=0,
        Ascent=round(face.ascent),
        Descent=round(face.descent),
        CapHeight=round(face.ascent),
        StemV=80,
        FontFile2=writer.add_object(program),
    )
    widths = generic.ArrayObject()
    for letter, glyph in sorted(face.glyphs.items(), key=lambda entry: entry[1]):
        width = generic.FloatObject(round(face.widths[letter], 2))
        widths.extend((generic.NumberObject(glyph), generic.ArrayObject([width])))
    descendant = _dictionary(
        Type="/Font",
        Subtype="/CIDFontType2",
        BaseFont=f"/{face.name}",
        CIDSystemInfo=generic.DictionaryObject(
            {
                pdf_name("/Registry"): generic.pdf_string("Adobe"),
                pdf_name("/Ordering"): generic.pdf_string("Identity"),
                pdf_name("/Supplement"): generic.NumberObject(0),
            }
        ),
        FontDescriptor=writer.add_object(descriptor),
        W=widths,
        CIDToGIDMap="/Identity",
    )
    to_unicode = generic.StreamObject(stream_data=_to_unicode(face))
    to_unicode.compress()
    return writer.add_object(
        _dictionary(
            Type="/Font",
            Subtype="/Type0",
            BaseFont=f"/{face.name}",
            Encoding="/Identity-H",
            DescendantFonts=generic.ArrayObject([writer.add_object(descendant)]),
            ToUnicode=writer.add_object(to_unicode),
        )
    )


def _dictionary(**entries: object) -> generic.DictionaryObject:
    values = {}
    for key, value in entries.items():
        if isinstance(value, str):
            value = pdf_name(value)
        elif isinstance(value, int):
            value = generic.NumberObject(value)
        values[pdf_name(f"/{key}")] = value
    return generic.DictionaryObject(values)


def _to_unicode(face: FontSubset) -> bytes:
    """The CMap from glyph numbers to letters, in blocks of at most 100 as the specification asks."""
    pairs = [
        f"<{glyph:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for letter, glyph in sorted(face.glyphs.items(), key=lambda entry: entry[1])
    ]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
