"""The picture of a page in its PDF: what people see of it, small enough to be handed about.

A JPEG master goes in byte for byte where the profile has it so and a PDF can hold it. Everything else is encoded from
the upright sRGB raster: bitonal pages as CCITT Group 4, the others in layers, as JPEG or without loss.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from archive.jpegfile import JpegInfo, read_jpeg
from archive.layers import Layers, part
from archive.options import Encoding, Flavour, PdfOptions
from archive.pdfimage import UPRIGHT, PdfImage, flate, group4, jpeg
from core.model import MasterKind, PageImage
from imaging.raster import Raster, load_page

_BY_ORIENTATION = {
    1: UPRIGHT,
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
class PagePicture:
    """Pictures that are drawn one over the other, and the share of the page's width and height that they cover: more
    than 1 where they reach beyond its right and lower side."""

    images: tuple[PdfImage, ...]
    cover: tuple[float, float] = (1.0, 1.0)

    @property
    def size(self) -> int:
        """Bytes, about."""
        return sum(image.size for image in self.images)

    def content(self, width: float, height: float) -> bytes:
        """The operators that draw ``Im0``, ``Im1`` … on a page of ``width`` × ``height`` points."""
        wide, high = self.cover[0] * width, self.cover[1] * height
        drawn = (_drawn(f"Im{number}", image, wide, high, height) for number, image in enumerate(self.images))
        return "".join(drawn).encode()


def _drawn(name: str, image: PdfImage, wide: float, high: float, top: float) -> str:
    a, b, c, d, e, f = image.matrix
    place = (a * wide, b * high, c * wide, d * high, e * wide, f * high + top - high)
    return "q " + " ".join(f"{part:.4f}" for part in place) + f" cm /{name} Do Q\n"


def encode_page(page: PageImage, options: PdfOptions) -> PagePicture:
    """The picture of ``page`` by the rules of its profile.

    Raises:
        BadInputError: the master cannot be read or decoded.
        IntegrityError: the master no longer has the size that was measured when it was taken in.
    """
    kept = _kept(page, options)
    if kept is not None and options.encoding is not Encoding.LAYERED:
        return kept
    made = encode_raster(load_page(page), page.dpi, options)
    return kept if kept is not None and kept.size <= made.size else made


def encode_raster(raster: Raster, dpi: float, options: PdfOptions) -> PagePicture:
    """An upright RGB raster, H×W×3, encoded as what it holds: bitonal, grey or colour."""
    plane = _grey_plane(raster)
    if plane is not None and bool(np.isin(plane, (0, 255)).all()):
        return PagePicture((group4(_bitonal(plane > 0)),))
    pixels = raster if plane is None else plane
    if options.encoding is Encoding.LAYERED and (layers := part(pixels, dpi)) is not None:
        return _layered(layers, pixels, options.layer_quality)
    image = Image.fromarray(pixels)
    return PagePicture((flate(image) if options.encoding is Encoding.LOSSLESS else jpeg(image, options.jpeg_quality),))


def _layered(layers: Layers, page: NDArray[np.uint8], quality: int) -> PagePicture:
    """What cannot be told apart at the resolution of its layer is not kept: chroma of the paper at half of it."""
    paper = jpeg(Image.fromarray(layers.paper), quality, subsampling=2)
    ink = jpeg(Image.fromarray(layers.ink), quality)
    mask = group4(_bitonal(~layers.mask))
    high, wide = layers.mask.shape
    return PagePicture((paper, replace(ink, mask=mask)), (wide / page.shape[1], high / page.shape[0]))


def _grey_plane(raster: Raster) -> NDArray[np.uint8] | None:
    """The one plane of a page without colour."""
    plane = raster[:, :, 0]
    grey = all(np.array_equal(plane, raster[:, :, other]) for other in (1, 2))
    return np.ascontiguousarray(plane) if grey else None


def _bitonal(white: NDArray[np.bool_]) -> Image.Image:
    return Image.frombytes("1", (white.shape[1], white.shape[0]), np.packbits(white, axis=1).tobytes())


def _kept(page: PageImage, options: PdfOptions) -> PagePicture | None:
    """The master's own bytes, if it is a JPEG that a PDF can hold."""
    if not options.jpeg_passthrough or page.kind is not MasterKind.IMAGE or page.frame != 0:
        return None
    found = read_jpeg(page.master)
    image = _pass_through(found, page, options) if found is not None else None
    return PagePicture((image,)) if image is not None else None


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
