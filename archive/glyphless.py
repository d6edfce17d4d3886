"""A font without ink for the text layer: every character is one blank glyph half an em wide, and says what it is.

ISO 19005-2, 6.2.11: the font is embedded, no character shows ``.notdef``, every character has a Unicode value. Codes
are given out as characters first appear in a document, so that characters beyond the BMP need no special road: their
code is as short as any other and ``ToUnicode`` holds their surrogate pair.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

ADVANCE = 0.5
"""Width of every character, in em."""
ASCENT = 0.8
DESCENT = 0.2
"""Height of the character cell above and below the baseline, in em; together 1."""

_NAME = "ButLucGlyphless"
_EM = 1000
_BLANK = 1
_LAST_CODE = 0xFFFF
_PER_BLOCK = 100
_REPLACEMENT = "\ufffd"


class CodeTable:
    """Two-byte codes for the characters of one document, from 1, in the order of their first appearance."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> bytes:
        """The codes of ``text``, ready for a string of a content stream; the 65,536th character becomes U+FFFD."""
        return b"".join(self._code(char).to_bytes(2, "big") for char in text)

    def _code(self, char: str) -> int:
        if char not in self._codes and len(self._codes) >= _LAST_CODE - 1:
            char = _REPLACEMENT
        return self._codes.setdefault(char, len(self._codes) + 1)

    def font(self, pdf: Pdf) -> Object:
        """The Type 0 font for everything encoded so far, as a new object of ``pdf``."""
        descendant = pdf.make_indirect(_cid_font(pdf, len(self._codes)))
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + _NAME),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([descendant]),
                ToUnicode=Stream(pdf, self._to_unicode()),
            )
        )

    def _to_unicode(self) -> bytes:
        rows = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, code in self._codes.items()]
        blocks = [rows[start : start + _PER_BLOCK] for start in range(0, len(rows), _PER_BLOCK)]
        ranges = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
        return _CMAP.format(ranges="\n".join(ranges)).encode("ascii")


def printable(text: str) -> str:
    """NFC ``text`` as a text layer may hold it: white space is a space; controls, surrogates and what has no
    meaning in a ``ToUnicode`` map (U+FEFF, non-characters) are left out.
    """
    kept = (" " if char.isspace() else char for char in unicodedata.normalize("NFC", text) if _allowed(char))
    return " ".join("".join(kept).split())


def _allowed(char: str) -> bool:
    point = ord(char)
    meaningless = point == 0xFEFF or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return char.isspace() or not (meaningless or unicodedata.category(char) in ("Cc", "Cs"))


@cache
def font_program() -> bytes:
    """A TrueType program of two blank glyphs; the same bytes on every machine."""
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupGlyf({".notdef": Glyph(), "blank": Glyph()})
    builder.setupHorizontalMetrics({name: (round(ADVANCE * _EM), 0) for name in (".notdef", "blank")})
    builder.setupHorizontalHeader(ascent=round(ASCENT * _EM), descent=-round(DESCENT * _EM))
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.font.save(out)
    return out.getvalue()


def _cid_font(pdf: Pdf, codes: int) -> Dictionary:
    width = round(ADVANCE * _EM)
    program = Stream(pdf, font_program())
    program.Length1 = len(font_program())
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/" + _NAME),
        Flags=4,
        FontBBox=Array([0, -round(DESCENT * _EM), width, round(ASCENT * _EM)]),
        ItalicAngle=0,
        Ascent=round(ASCENT * _EM),
        Descent=-round(DESCENT * _EM),
        CapHeight=round(ASCENT * _EM),
        StemV=80,
        FontFile2=program,
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + _NAME),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        CIDToGIDMap=Stream(pdf, _BLANK.to_bytes(2, "big") * (codes + 1)),
        DW=width,
        FontDescriptor=pdf.make_indirect(descriptor),
    )


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{ranges}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
