"""The picture of a page as a PDF image: faithful, and a JPEG master byte for byte where a PDF can hold it.

ISO 32000-1, 8.9.5 (image dictionaries) and 7.4 (filters). Everything else is encoded from the upright sRGB raster:
bitonal pages as CCITT Group 4, lossless ones with PNG prediction, the rest as JPEG without chroma subsampling.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import numpy as np
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image, ImageCms

from archive.jpegfile import JpegInfo, read_jpeg
from archive.options import Encoding, Flavour, PdfOptions
from core.model import MasterKind, PageImage
from imaging.raster import Raster, load_page

_UPRIGHT = (1, 0, 0, 1, 0, 0)
_BY_ORIENTATION = {
    1: _UPRIGHT,
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
"""EXIF 2.32, tag 274, as matrices that turn the unit square upright."""


@dataclass(frozen=True, slots=True)
class PdfImage:
    """An encoded picture: ``filter`` and ``parms`` as in the image dictionary, ``width`` × ``height`` as stored.

    ``matrix`` turns the stored picture upright within the unit square. ``icc`` is the profile of its colours where
    they are not sRGB.
    """

    data: bytes
    width: int
    height: int
    components: int
    bits: int
    filter: str
    parms: tuple[tuple[str, int | bool], ...] = ()
    matrix: tuple[int, int, int, int, int, int] = _UPRIGHT
    icc: bytes | None = None

    def make(self, pdf: Pdf) -> Object:
        """The image as a new object of ``pdf``."""
        image = Stream(pdf, self.data)
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height, image.BitsPerComponent = self.width, self.height, self.bits
        image.ColorSpace = self._colour_space(pdf)
        image.Filter = Name("/" + self.filter)
        if self.parms:
            image.DecodeParms = Dictionary({f"/{key}": value for key, value in self.parms})
        return pdf.make_indirect(image)

    def _colour_space(self, pdf: Pdf) -> Object:
        device = Name.DeviceGray if self.components == 1 else Name.DeviceRGB
        if self.icc is None:
            return device
        profile = Stream(pdf, self.icc)
        profile.N, profile.Alternate = self.components, device
        return Array([Name.ICCBased, pdf.make_indirect(profile)])


def encode_page(page: PageImage, options: PdfOptions) -> PdfImage:
    """The picture of ``page`` by the rules of its profile.

    Raises:
        BadInputError: the master cannot be read or decoded.
        IntegrityError: the master no longer has the size that was measured when it was taken in.
    """
    if options.jpeg_passthrough and page.kind is MasterKind.IMAGE and page.frame == 0:
        jpeg = read_jpeg(page.master)
        if jpeg is not None and (image := _pass_through(jpeg, page, options)) is not None:
            return image
    return encode_raster(load_page(page), options)


def encode_raster(raster: Raster, options: PdfOptions) -> PdfImage:
    """An upright RGB raster, H×W×3, encoded as what it holds: bitonal, grey or colour."""
    plane = raster[:, :, 0]
    if not (np.array_equal(plane, raster[:, :, 1]) and np.array_equal(plane, raster[:, :, 2])):
        return _encode(Image.fromarray(raster), 3, options)
    if bool(np.isin(plane, (0, 255)).all()):
        return _group4(Image.fromarray(np.ascontiguousarray(plane)))
    return _encode(Image.fromarray(np.ascontiguousarray(plane)), 1, options)


def _pass_through(jpeg: JpegInfo, page: PageImage, options: PdfOptions) -> PdfImage | None:
    """The file itself, if any reader of PDF will show it just as a reader of JPEG does."""
    swapped = jpeg.orientation >= 5
    stored = (page.height, page.width) if swapped else (page.width, page.height)
    if not jpeg.plain or (jpeg.width, jpeg.height) != stored:
        return None
    icc = _own_colours(jpeg)
    if icc is not None and options.flavour is Flavour.A1B and icc[8] > 2:
        return None  # PDF/A-1 admits version 2 profiles only
    return PdfImage(
        page.master.read_bytes(),
        *stored,
        jpeg.components,
        8,
        "DCTDecode",
        matrix=_BY_ORIENTATION[jpeg.orientation],
        icc=icc,
    )


def _own_colours(jpeg: JpegInfo) -> bytes | None:
    """The embedded profile, unless it is unreadable, for other colours than the picture has, or sRGB anyway."""
    if not jpeg.icc:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(jpeg.icc))
        description = ImageCms.getProfileDescription(profile)
    except (OSError, ImageCms.PyCMSError):
        return None
    fits = profile.profile.xcolor_space.strip() == ("GRAY" if jpeg.components == 1 else "RGB")
    usable = profile.profile.device_class in ("scnr", "mntr", "prtr", "spac")
    return jpeg.icc if fits and usable and "srgb" not in description.casefold() else None


def _encode(image: Image.Image, components: int, options: PdfOptions) -> PdfImage:
    if options.encoding is Encoding.LOSSLESS:
        return _flate(image, components)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=options.jpeg_quality, subsampling=0)
    return PdfImage(out.getvalue(), image.width, image.height, components, 8, "DCTDecode")


def _flate(image: Image.Image, components: int) -> PdfImage:
    """The compressed rows of a PNG file are what ``FlateDecode`` with predictor 15 expects."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
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


def _group4(grey: Image.Image) -> PdfImage:
    """ITU-T T.6 from a TIFF file of one strip."""
    out = io.BytesIO()
    rows_per_strip = 278
    grey.convert("1", dither=Image.Dither.NONE).save(
        out, "TIFF", compression="group4", tiffinfo={rows_per_strip: grey.height}
    )
    with Image.open(out) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (start,), (length,) = tags[273], tags[279]
        black_is_one = bool(tags[262] == 1)
    data = out.getvalue()[start : start + length]
    parms = (("K", -1), ("Columns", grey.width), ("Rows", grey.height), ("BlackIs1", black_is_one))
    return PdfImage(data, grey.width, grey.height, 1, 1, "CCITTFaxDecode", parms)
