"""The upright RGB raster of a page, whatever its master is."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, Jpeg2KImagePlugin, JpegImagePlugin

from core.errors import BadInputError, IntegrityError
from core.model import MasterKind, PageImage
from imaging.limits import DEFAULT_LIMITS, Limits
from imaging.pdf import render_page, render_thumbnails
from imaging.picture import check_size, decoding, open_picture

Raster = NDArray[np.uint8]
"""H×W×3, RGB (sRGB), 8 bits, upright."""

_LEVELS = 5
"""By which JPEG 2000 encoders halve a picture, unless they are told otherwise."""
_ICC_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}


def load_page(page: PageImage) -> Raster:
    """The page as displayed: H×W×3 RGB of exactly ``page.height`` × ``page.width``.

    Raises:
        BadInputError: the master cannot be read or decoded.
        IntegrityError: the master no longer has the size that was measured when it was taken in.
    """
    if page.kind is MasterKind.PDF:
        return render_page(page.master, page.frame, page.width, page.height)
    raster = load_image(page.master, page.frame, limits=Limits(max_pixels=page.width * page.height))
    if raster.shape[:2] != (page.height, page.width):
        found = f"{raster.shape[1]} × {raster.shape[0]}"
        kept = f"{page.width} × {page.height}"
        raise IntegrityError("imaging.size-changed", file=page.master, found=found, kept=kept)
    return raster


def load_image(path: Path, frame: int = 0, *, limits: Limits = DEFAULT_LIMITS) -> Raster:
    """One frame of a picture file: H×W×3 RGB, upright, colours in sRGB, 16 bits scaled to 8, transparency on white.

    Raises:
        BadInputError: missing, empty, no picture, damaged, truncated, too large, or no such frame.
    """
    return next(iter(load_frames(path, [frame], limits=limits)))


def load_thumbnail(page: PageImage, longest: int, *, limits: Limits = DEFAULT_LIMITS) -> Raster:
    """The page as displayed, small: at most ``longest`` pixels at its longer side.

    JPEG and JPEG 2000 are decoded no finer than that takes.

    Raises:
        BadInputError: the master cannot be read or decoded.
        MissingToolError: poppler is not installed.
    """
    if page.kind is MasterKind.PDF:
        return next(render_thumbnails(page.master, page.frame, page.frame, longest, limits))
    try:
        raster = _load_coarsely(page, longest, limits)
    except BadInputError:  # a JPEG 2000 with fewer levels than were left out, or damage, which is said then
        raster = load_image(page.master, page.frame, limits=limits)
    height, width = raster.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return raster
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(raster, size, interpolation=cv2.INTER_AREA), np.uint8)


def _load_coarsely(page: PageImage, longest: int, limits: Limits) -> Raster:
    with open_picture(page.master, limits) as image, decoding(page.master):
        image.seek(page.frame)
        finer = max(image.size) / longest
        if isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
            image.reduce = min(_LEVELS, max(0, int(math.log2(finer))))
        elif isinstance(image, JpegImagePlugin.JpegImageFile):
            image.draft(None, (int(image.width / finer), int(image.height / finer)))
        return _to_rgb(image)


def load_frames(path: Path, frames: Iterable[int], *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Raster]:
    """The frames asked for, one after the other, from a file that is opened once.

    Raises:
        BadInputError: as :func:`load_image`.
    """
    with open_picture(path, limits) as image:
        for frame in frames:
            with decoding(path):
                image.seek(frame)
            check_size(path, image.width, image.height, limits)
            with decoding(path):
                raster = _to_rgb(image)
            yield raster


def _to_rgb(image: Image.Image) -> Raster:
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        grey = _upright(image, _to_eight_bits(image))
        return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
    upright = ImageOps.exif_transpose(image) if _orientation(image) != 1 else image
    flat = _on_white(upright)
    rgb = _to_srgb(flat, image.info.get("icc_profile"))
    return np.asarray(rgb)


def _orientation(image: Image.Image) -> int:
    return int(image.getexif().get(0x0112, 1))


def _upright(image: Image.Image, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pillow cannot turn every 16-bit mode, so these are turned as arrays (EXIF 2.32, tag 274)."""
    flip, turns = {2: (1, 0), 3: (0, 2), 4: (1, 2), 5: (1, 1), 6: (0, -1), 7: (1, -1), 8: (0, 1)}.get(
        _orientation(image), (0, 0)
    )
    return np.rot90(grey[:, ::-1] if flip else grey, turns)


def _to_eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """Deep grey to 8 bits by the depth that the file states; floats are 0–1 or, failing that, 0–255."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32))
    if image.mode == "F":
        top = 1.0 if values.max(initial=0.0) <= 1.0 else 255.0
    else:
        top = float(2 ** _bits_per_sample(image) - 1)
    return np.asarray(np.clip(np.rint(values * (255.0 / top)), 0, 255), dtype=np.uint8)


def _bits_per_sample(image: Image.Image) -> int:
    tags = getattr(image, "tag_v2", None)
    stated = tags.get(258, (16,)) if tags is not None else (16,)
    return int(stated[0] if isinstance(stated, tuple) else stated)


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency; unseen paper is white."""
    if image.mode not in ("LA", "PA", "RGBA", "RGBa", "La") and "transparency" not in image.info:
        return image
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    paper.alpha_composite(layer)
    return paper.convert("RGB")


def _to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """Colours through the file's own profile where it fits the picture, else by Pillow's plain conversion."""
    profile = _profile(icc, image.mode)
    if profile is None and image.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if profile is None:
        return image if image.mode == "RGB" else image.convert("RGB")
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return converted if converted is not None else image.convert("RGB")


def _profile(icc: bytes | None, mode: str) -> ImageCms.ImageCmsProfile | None:
    """The profile, unless it is missing, unreadable, for other colours than the picture has, or sRGB already.

    A damaged profile must not cost the page: the pixels are whole, only their exact shade is unsure.
    """
    if not icc or mode not in _ICC_SPACES:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        fits = profile.profile.xcolor_space.strip() == _ICC_SPACES[mode]
        plain = "srgb" in ImageCms.getProfileDescription(profile).casefold()
    except (OSError, ImageCms.PyCMSError):
        return None
    return profile if fits and not plain else None
