"""Open picture files with Pillow: by content, within limits, with errors a person can act on."""

from __future__ import annotations

import errno
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from core.errors import BadInputError
from core.files import disk_errors
from core.model import MasterKind
from imaging.limits import Limits
from imaging.tiff import count_pictures

FORMATS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "MPO": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "TIFF": ("image/tiff", ".tif"),
    "BMP": ("image/bmp", ".bmp"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "JPEG2000": ("image/jp2", ".jp2"),
    "PPM": ("image/x-portable-anymap", ".pnm"),
}
"""Pillow's format → media type and extension. Others stay shut: EPS, for one, would run its content."""
_OPENED = tuple(name for name in FORMATS if name != "MPO")
"""A JPEG with further pictures (MPO) is recognised by the JPEG reader."""

_SIGNATURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"GIF87a",
    b"GIF89a",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51",
    *(b"P%d" % kind for kind in range(1, 7)),
)

_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
    MemoryError,
)
"""What Pillow raises on damaged files; its decoders promise no single class."""


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn what a decoder says about a damaged picture into one clear sentence; its warnings are not for people.

    Raises:
        BadInputError: the decoder failed (``imaging.damaged``).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _DAMAGE as err:
            raise BadInputError("imaging.damaged", file=path, why=str(err) or type(err).__name__) from err


def lift_pillow_limit() -> None:
    """Switch off Pillow's own size limit, which warns and fails below ours; :class:`Limits` is checked instead."""
    Image.MAX_IMAGE_PIXELS = None


def check_regular(path: Path) -> None:
    """Refuse what is missing, empty or no plain file, before anything tries to read a pipe or a folder.

    Raises:
        BadInputError: codes ``imaging.missing``, ``imaging.not-a-file``, ``imaging.empty``, ``imaging.unreadable``.
    """
    try:
        if not path.exists():
            raise BadInputError("imaging.missing", file=path)
        if not path.is_file():
            raise BadInputError("imaging.not-a-file", file=path)
        if path.stat().st_size == 0:
            raise BadInputError("imaging.empty", file=path)
    except OSError as err:
        if err.errno == errno.ENAMETOOLONG:
            raise BadInputError("imaging.missing", file=path) from err
        raise BadInputError("imaging.unreadable", file=path, why=err.strerror or str(err)) from err


def _ends(path: Path, size: int = 1024) -> tuple[bytes, bytes]:
    """The first and the last ``size`` bytes of a file.

    Raises:
        BadInputError: it cannot be read.
    """
    check_regular(path)
    with _reading(path), path.open("rb") as stream:
        head = stream.read(size)
        stream.seek(-min(size, path.stat().st_size), 2)
        return head, stream.read(size)


def sniff(path: Path) -> MasterKind | None:
    """Image or PDF by the first bytes (a PDF also by the table at its end), ``None`` for anything else.

    Raises:
        BadInputError: missing, empty, no plain file, or unreadable.
    """
    head, tail = _ends(path)
    if b"%PDF-" in head:
        return MasterKind.PDF
    if head.startswith(_SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return MasterKind.IMAGE
    return MasterKind.PDF if b"startxref" in tail else None


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        with disk_errors(path):
            yield
    except OSError as err:
        raise BadInputError("imaging.unreadable", file=path, why=err.strerror or str(err)) from err


@contextmanager
def open_picture(path: Path, limits: Limits) -> Iterator[Image.Image]:
    """The picture file, its header read and its first frame within ``limits``; nothing decoded yet.

    Raises:
        BadInputError: missing, empty, unreadable, no picture, damaged header, or too large.
    """
    check_regular(path)
    lift_pillow_limit()
    with _reading(path):
        stream = path.open("rb")
    with stream:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = Image.open(stream, formats=_OPENED)
        except UnidentifiedImageError as err:
            if sniff(path) is MasterKind.IMAGE:
                raise BadInputError("imaging.damaged", file=path, why="header") from err
            raise BadInputError("imaging.not-an-image", file=path) from err
        except _DAMAGE as err:
            raise BadInputError("imaging.damaged", file=path, why=str(err) or type(err).__name__) from err
        with image:
            check_size(path, image.width, image.height, limits)
            yield image


def check_size(path: Path, width: int, height: int, limits: Limits) -> None:
    """Refuse a picture by its header, before memory is taken for it.

    Raises:
        BadInputError: no pixels (``imaging.damaged``) or too many (``imaging.too-large``).
    """
    if width < 1 or height < 1:
        raise BadInputError("imaging.damaged", file=path, why=f"{width} × {height}")
    if width * height > limits.max_pixels:
        limit = f"{limits.max_pixels / 1e6:g}"
        raise BadInputError("imaging.too-large", file=path, width=width, height=height, limit=limit)


def page_frames(path: Path, image: Image.Image, limits: Limits) -> list[int]:
    """Frames of ``image`` that are pages: all but the thumbnails of a TIFF; of other formats the first alone.

    Bit 0 of the tag NewSubfileType (254) marks a reduced version of another frame (TIFF 6.0, page 36).

    Raises:
        BadInputError: the chain of frames is damaged, or there are too many.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return [0]
    count = count_pictures(path, limits.max_pages)
    pages = []
    for frame in range(count):
        with decoding(path):
            image.seek(frame)
            reduced = int(image.tag_v2.get(254, 0)) & 1
        if not reduced:
            pages.append(frame)
    return pages or list(range(count))
