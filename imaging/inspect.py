"""What a master file is, judged by its content and never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, TiffImagePlugin

from core.errors import BadInputError
from core.model import MasterKind
from imaging.limits import DEFAULT_LIMITS, Limits
from imaging.pdf import inspect_pdf
from imaging.picture import FORMATS, check_size, decoding, open_picture, page_frames, sniff
from imaging.raster import load_frames

_SAME = 0.02
"""Resolutions of the two axes that differ by more than this give no single dpi."""


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """One page of a master: ``frame`` counts from 0; pixels as displayed; ``dpi`` as the file states it, or ``None``.

    For a PDF page ``dpi`` is the resolution at which it is rendered. ``mode`` is ``bitonal``, ``grey`` or ``colour``.
    """

    frame: int
    width: int
    height: int
    dpi: float | None
    mode: str


@dataclass(frozen=True, slots=True)
class MasterInfo:
    """What :func:`inspect` found. ``signed`` is ``None`` where a PDF can be shown but its structure cannot be read."""

    kind: MasterKind
    media_type: str
    extension: str
    """With its dot, after the content: ``.jpg``, ``.tif``, ``.pdf`` …"""
    frames: tuple[FrameInfo, ...]
    signed: bool | None = False
    text_layer: bool = False


def inspect(path: Path, limits: Limits = DEFAULT_LIMITS, *, decode: bool = True) -> MasterInfo:
    """Kind, pages and resolution of a master file.

    Args:
        path: the file.
        limits: what is refused; checked from the header, before anything is decoded.
        decode: decode every picture to its end, the only way to know that it is whole. ``False`` for a caller that
            is about to decode it anyway.

    Raises:
        BadInputError: empty, neither image nor PDF, truncated or damaged, needs a password, no pages, too large.
        MissingToolError: poppler is not installed.
    """
    kind = sniff(path)
    if kind is None:
        raise BadInputError("imaging.not-an-image", file=path)
    if kind is MasterKind.PDF:
        return _inspect_pdf(path, limits)
    info = _inspect_image(path, limits)
    if decode:
        for _ in load_frames(path, [entry.frame for entry in info.frames], limits=limits):
            pass
    return info


def is_multipage(path: Path) -> bool:
    """Whether the file holds a document of its own: a PDF, or a TIFF of more than one page.

    A file that cannot be read is no document yet; who takes it in will say why.
    """
    try:
        if sniff(path) is MasterKind.PDF:
            return True
        with open_picture(path, DEFAULT_LIMITS) as image:
            return len(page_frames(path, image, DEFAULT_LIMITS)) > 1
    except BadInputError:
        return False


def _inspect_pdf(path: Path, limits: Limits) -> MasterInfo:
    found = inspect_pdf(path, limits)
    frames = tuple(
        FrameInfo(number, page.width, page.height, page.dpi, page.mode) for number, page in enumerate(found.pages)
    )
    return MasterInfo(MasterKind.PDF, "application/pdf", ".pdf", frames, found.signed, found.text_layer)


def _inspect_image(path: Path, limits: Limits) -> MasterInfo:
    with open_picture(path, limits) as image:
        media_type, extension = FORMATS[image.format or ""]
        frames = []
        for frame in page_frames(path, image, limits):
            with decoding(path):
                image.seek(frame)
            check_size(path, image.width, image.height, limits)
            frames.append(_frame_info(path, image, frame))
    return MasterInfo(MasterKind.IMAGE, media_type, extension, tuple(frames))


def _frame_info(path: Path, image: Image.Image, frame: int) -> FrameInfo:
    with decoding(path):
        width, height = image.size
        # Pillow gives the displayed size of a turned TIFF, and the stored size of everything else.
        if not isinstance(image, TiffImagePlugin.TiffImageFile) and image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width
        return FrameInfo(frame, width, height, _dpi(image), _mode(image))


def _dpi(image: Image.Image) -> float | None:
    stated = image.info.get("dpi")
    if stated is None:
        return None
    across, down = float(stated[0]), float(stated[1])
    if not across > 0 or not down > 0 or abs(across / down - 1) > _SAME:
        return None
    return across if across < 1e6 else None


def _mode(image: Image.Image) -> str:
    if image.mode == "1":
        return "bitonal"
    if image.mode in ("L", "LA", "La", "F") or image.mode.startswith("I"):
        return "grey"
    if image.mode == "P" and image.palette is not None:
        red, green, blue = (image.palette.palette[start::3] for start in range(3))
        if image.palette.mode == "RGB" and red == green == blue:
            return "grey"
    return "colour"
