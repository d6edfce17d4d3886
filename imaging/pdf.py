"""PDF masters: their pages measured and rendered by poppler, their structure read by pikepdf, both in processes of
their own with a time limit, because a PDF may have been made by anything."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pdf2image import convert_from_path
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image

from core.errors import BadInputError, ButlucError, MissingToolError
from core.process import run
from imaging.limits import DEFAULT_LIMITS, Limits
from imaging.picture import decoding, lift_pillow_limit

DEFAULT_DPI = 300.0
"""For pages that no picture covers: born-digital text is sharp at any resolution."""
MIN_DPI, MAX_DPI = 72.0, 600.0
_LEAST_DPI = 10.0
"""A page that would have to be rendered coarser than this to fit the pixel limit is refused."""
_CHUNK = 16

_PAGES = re.compile(r"^Pages:\s+(\d+)", re.MULTILINE)
_SIZE = re.compile(r"^Page\s+(\d+) size:\s+(\S+) x (\S+) pts", re.MULTILINE)
_ROTATION = re.compile(r"^Page\s+(\d+) rot:\s+(-?\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """Upright size in pt (1/72 inch), and the pixels that it has when rendered at its natural ``dpi``."""

    width_pt: float
    height_pt: float
    width: int
    height: int
    dpi: float
    mode: str


@dataclass(frozen=True, slots=True)
class PdfInfo:
    """``signed`` is ``None`` where the file can be shown but its structure cannot be read."""

    pages: tuple[PdfPage, ...]
    signed: bool | None
    text_layer: bool
    scans: bool
    """Whether pictures are all that is to be seen on every page, hidden text aside."""


def inspect_pdf(path: Path, limits: Limits) -> PdfInfo:
    """Pages, signature and text layer of a PDF; nothing is rendered.

    Raises:
        BadInputError: password needed, damaged beyond repair, no pages, too many, too large, or too slow.
        MissingToolError: poppler is not installed.
    """
    sizes = _sizes(path, limits)
    found = _probe(path, limits)
    details: list[dict[str, Any]] = found["pages"] if found else []
    pages = []
    for number, (width, height) in enumerate(sizes):
        detail: dict[str, Any] = (
            details[number] if number < len(details) else {"dpi": None, "mode": "colour", "scan": False}
        )
        dpi = _natural_dpi(path, width, height, detail["dpi"], limits)
        pixels = max(1, round(width * dpi / 72)), max(1, round(height * dpi / 72))
        pages.append(PdfPage(width, height, *pixels, round(dpi, 2), detail["mode"]))
    scans = len(details) == len(sizes) and all(detail["scan"] for detail in details)
    return PdfInfo(tuple(pages), found["signed"] if found else None, bool(found and found["text"]), scans)


def _sizes(path: Path, limits: Limits) -> list[tuple[float, float]]:
    """Upright page sizes in pt, as poppler will render them."""
    command = ("pdfinfo", "-f", "1", "-l", str(limits.max_pages), path.absolute())
    try:
        done = run(command, timeout=limits.seconds)
    except MissingToolError:
        raise
    except ButlucError as err:
        raise BadInputError("imaging.pdf-too-slow", file=path, seconds=f"{limits.seconds:g}") from err
    said, complaint = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    if "Incorrect password" in complaint:
        raise BadInputError("imaging.pdf-password", file=path)
    if "last page (0)" in complaint:
        raise BadInputError("imaging.pdf-no-pages", file=path)
    counted = _PAGES.search(said)
    if done.returncode != 0 or counted is None:
        raise BadInputError("imaging.pdf-damaged", file=path)
    count = int(counted.group(1))
    if count > limits.max_pages:
        raise BadInputError("imaging.too-many-pages", file=path, pages=count, limit=limits.max_pages)
    turns = {number: int(turn) for number, turn in _ROTATION.findall(said)}
    sizes = [
        (float(h), float(w)) if turns.get(number, 0) % 180 else (float(w), float(h))
        for number, w, h in _SIZE.findall(said)
    ]
    if len(sizes) != count:
        raise BadInputError("imaging.pdf-lost-pages", file=path, lost=count - len(sizes), pages=count)
    return sizes


def _probe(path: Path, limits: Limits) -> dict[str, Any] | None:
    """What the structure tells, or ``None`` where only poppler can make sense of the file."""
    program = Path(__file__).with_name("pdfprobe.py")
    bounds = (str(math.ceil(limits.seconds)), str(limits.memory), str(limits.max_pages))
    try:
        done = run((sys.executable, "-I", program, path.absolute(), *bounds), timeout=limits.seconds)
    except MissingToolError:
        raise
    except ButlucError:
        return None
    if done.returncode != 0:
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _natural_dpi(path: Path, width: float, height: float, native: float | None, limits: Limits) -> float:
    """Native resolution of the page's picture, else :data:`DEFAULT_DPI`; within bounds and the pixel limit."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise BadInputError("imaging.pdf-damaged", file=path)
    dpi = min(max(native or DEFAULT_DPI, MIN_DPI), MAX_DPI)
    ceiling = 72 * math.sqrt(limits.max_pixels / (width * height)) * 0.999
    if ceiling < _LEAST_DPI:
        size = {"width": round(width / 72 * MIN_DPI), "height": round(height / 72 * MIN_DPI)}
        raise BadInputError("imaging.too-large", file=path, limit=f"{limits.max_pixels / 1e6:g}", **size)
    return min(dpi, ceiling)


def render_page(
    path: Path, frame: int, width: int, height: int, *, seconds: float = DEFAULT_LIMITS.seconds
) -> NDArray[np.uint8]:
    """One page (from 0) as displayed, H×W×3 RGB of exactly ``height`` × ``width``.

    Raises:
        BadInputError: the page cannot be rendered, or not within ``seconds``.
        MissingToolError: poppler is not installed.
    """
    # Only the longer side is asked for: pdftoppm takes -scale-to-x and -scale-to-y for the page before it is turned.
    (image,) = _convert(path, frame, frame, max(width, height), seconds)
    raster = np.asarray(image)[:height, :width]
    short_y, short_x = height - raster.shape[0], width - raster.shape[1]
    return np.pad(raster, ((0, short_y), (0, short_x), (0, 0)), mode="edge") if short_x or short_y else raster


def render_thumbnails(path: Path, first: int, last: int, longest: int, limits: Limits) -> Iterator[NDArray[np.uint8]]:
    """Pages ``first`` to ``last`` (from 0, inclusive) as displayed, small: ``longest`` pixels at the longer side.

    Rendered in portions, so that memory does not grow with the number of pages.

    Raises:
        BadInputError: a page cannot be rendered, or not in time.
        MissingToolError: poppler is not installed.
    """
    for start in range(first, last + 1, _CHUNK):
        stop = min(start + _CHUNK - 1, last)
        for image in _convert(path, start, stop, longest, limits.seconds):
            yield np.asarray(image)


def _convert(path: Path, first: int, last: int, longest: int, seconds: float) -> list[Image.Image]:
    lift_pillow_limit()
    try:
        with decoding(path):
            images: list[Image.Image] = convert_from_path(
                path.absolute(),
                first_page=first + 1,
                last_page=last + 1,
                size=longest,
                use_cropbox=True,
                timeout=math.ceil(seconds),
            )
            rasters = [image.convert("RGB") if image.mode != "RGB" else image for image in images]
    except PDFInfoNotInstalledError as err:
        raise MissingToolError("core.tool-missing", tool="pdftoppm (poppler-utils)") from err
    except PDFPopplerTimeoutError as err:
        raise BadInputError("imaging.pdf-too-slow", file=path, seconds=f"{seconds:g}") from err
    except (PDFPageCountError, PDFSyntaxError) as err:
        raise BadInputError("imaging.pdf-damaged", file=path) from err
    if len(rasters) != last - first + 1:
        raise BadInputError("imaging.pdf-no-raster", file=path, page=first + len(rasters) + 1)
    return rasters
