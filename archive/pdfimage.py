"""Pictures as PDF images: ISO 32000-1, 8.9.5 (image dictionaries), 8.9.6.3 (explicit masking) and 7.4 (filters)."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image

UPRIGHT = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class PdfImage:
    """An encoded picture: ``filter`` and ``parms`` as in the image dictionary, ``width`` × ``height`` as stored.

    ``matrix`` turns the stored picture upright within the unit square. ``icc`` is the profile of its colours where
    they are not sRGB. ``mask``, a bitonal picture, says where it is drawn: where that is black.
    """

    data: bytes
    width: int
    height: int
    components: int
    bits: int
    filter: str
    parms: tuple[tuple[str, int | bool], ...] = ()
    matrix: tuple[int, int, int, int, int, int] = UPRIGHT
    icc: bytes | None = None
    mask: PdfImage | None = None

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.data) + (self.mask.size if self.mask is not None else 0)

    def make(self, pdf: Pdf) -> Object:
        """The image as a new object of ``pdf``."""
        image = self._stream(pdf)
        image.ColorSpace = self._colour_space(pdf)
        if self.mask is not None:
            stencil = self.mask._stream(pdf)
            stencil.ImageMask = True
            image.Mask = pdf.make_indirect(stencil)
        return pdf.make_indirect(image)

    def _stream(self, pdf: Pdf) -> Stream:
        image = Stream(pdf, self.data)
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height, image.BitsPerComponent = self.width, self.height, self.bits
        image.Filter = Name("/" + self.filter)
        if self.parms:
            image.DecodeParms = Dictionary({f"/{key}": value for key, value in self.parms})
        return image

    def _colour_space(self, pdf: Pdf) -> Object:
        device = Name.DeviceGray if self.components == 1 else Name.DeviceRGB
        if self.icc is None:
            return device
        profile = Stream(pdf, self.icc)
        profile.N, profile.Alternate = self.components, device
        return Array([Name.ICCBased, pdf.make_indirect(profile)])


def jpeg(image: Image.Image, quality: int, *, subsampling: int = 0) -> PdfImage:
    """A grey or RGB picture as JPEG; ``subsampling`` as Pillow has it, 0 for none, 2 for 4:2:0."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
    return PdfImage(out.getvalue(), image.width, image.height, len(image.getbands()), 8, "DCTDecode")


def flate(image: Image.Image) -> PdfImage:
    """A grey or RGB picture without loss: the compressed rows of a PNG file are what ``FlateDecode`` with predictor 15
    expects."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    components = len(image.getbands())
    parms = (("Predictor", 15), ("Colors", components), ("BitsPerComponent", 8), ("Columns", image.width))
    return PdfImage(_idat(out.getvalue()), image.width, image.height, components, 8, "FlateDecode", parms)


def _idat(png: bytes) -> bytes:
    parts, offset = [], 8
    while offset < len(png):
        length, kind = struct.unpack_from(">I4s", png, offset)
        if kind == b"IDAT":
            parts.append(png[offset + 8 : offset + 8 + length])
        offset += 12 + length
    return b"".join(parts)


def group4(bitonal: Image.Image) -> PdfImage:
    """A picture of mode ``1`` by ITU-T T.6, from a TIFF file of one strip."""
    out = io.BytesIO()
    rows_per_strip = 278
    bitonal.save(out, "TIFF", compression="group4", tiffinfo={rows_per_strip: bitonal.height})
    with Image.open(out) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (start,), (length,) = tags[273], tags[279]
        black_is_one = bool(tags[262] == 1)
    data = out.getvalue()[start : start + length]
    parms = (("K", -1), ("Columns", bitonal.width), ("Rows", bitonal.height), ("BlackIs1", black_is_one))
    return PdfImage(data, bitonal.width, bitonal.height, 1, 1, "CCITTFaxDecode", parms)
