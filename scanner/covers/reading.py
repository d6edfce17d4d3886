"""Cover sheets and patch codes found in page images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.covers.bands import DARK, PALE, Band, find_bands, profiles
from scanner.covers.bars import BAND, PATCH_T
from scanner.covers.codes import Code, Grey, read_codes
from scanner.covers.payload import CoverPayload, PayloadError, parse
from scanner.covers.straight import read_straightened

_MM = 25.4
_QUICK_DPI = 75.0
"""Bars are found, and nearly all codes read, at that resolution or up to twice as much."""
_CLOSE_DPI = 200.0
_LEAST_DPI = 60.0


class Found(StrEnum):
    """What a page turned out to be."""

    NOTHING = "nothing"
    COVER = "cover"
    PATCH_T = "patch-t"
    UNREADABLE = "unreadable"
    """Certainly a cover sheet, but its code cannot be read or trusted."""


@dataclass(frozen=True, slots=True)
class CoverReading:
    """What was found on a page.

    ``turn`` is the clockwise turn in degrees (0, 90, 180, 270) that makes the cover upright; 0 for a patch sheet, which
    has no head. ``fault`` says why an unreadable one is that: a :class:`scanner.covers.payload.Fault`, or ``code``
    where no code could be read.
    """

    found: Found
    payload: CoverPayload | None = None
    turn: int = 0
    fault: str | None = None


NOTHING = CoverReading(Found.NOTHING)


def read_cover(raster: NDArray[np.uint8], dpi: float) -> CoverReading:
    """What a page image shows: a cover sheet, a damaged one, a Patch T, or nothing of that kind.

    Codes of others, mirrored codes (they show through from the back) and codes without our prefix are nothing.

    Args:
        raster: H×W×3 RGB or H×W grey, turned and skewed as the sheet lay (10° at most).
        dpi: its resolution; below 60 dpi nothing can be found.
    """
    if dpi < _LEAST_DPI:
        return NOTHING
    grey = np.asarray(raster if raster.ndim == 2 else cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY), np.uint8)
    times = min(max(1, int(dpi / _QUICK_DPI)), *grey.shape)
    quick = _reduced(grey, times)
    per_mm = dpi / times / _MM
    claimed = _read(quick)
    if claimed is not None and claimed.found is Found.COVER:
        return claimed
    page = profiles(quick, per_mm)
    bands = find_bands(page, BAND, DARK)
    signs = bands or find_bands(page, BAND, PALE)
    if not signs and claimed is None:
        patches = find_bands(page, PATCH_T, DARK) or find_bands(page, PATCH_T, PALE)
        patched = any(band.inward for band in patches)
        return CoverReading(Found.PATCH_T) if patched else NOTHING
    close = _read_closely(grey, dpi, signs) or claimed
    return close or (_unreadable(bands) if bands else NOTHING)


def _unreadable(bands: list[Band]) -> CoverReading:
    turns = [band.turn for band in bands]
    return CoverReading(Found.UNREADABLE, turn=max(set(turns), key=turns.count), fault="code")


def _read_closely(grey: Grey, dpi: float, bands: list[Band]) -> CoverReading | None:
    """The code of what has the bands of a cover sheet: worth every effort."""
    last = None
    for found in _attempts(grey, dpi, bands):
        if found is not None and found.found is Found.COVER:
            return found
        last = found or last
    return last


def _attempts(grey: Grey, dpi: float, bands: list[Band]) -> Iterator[CoverReading | None]:
    yield _read(_reduced(grey, min(max(1, round(dpi / _CLOSE_DPI)), *grey.shape)))
    for band in bands:
        code = read_straightened(grey, dpi / _MM, band)
        yield _judged(code) if code is not None else None


def _reduced(grey: Grey, times: int) -> Grey:
    """The picture so many times smaller: by whole numbers that is five times as fast as by others."""
    height, width = (side // times for side in grey.shape)
    whole = grey[: height * times, : width * times]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _read(grey: Grey) -> CoverReading | None:
    """The first code of ours in the picture, a readable one before others."""
    readings = [_judged(code) for code in read_codes(grey)]
    return min(readings, key=lambda reading: reading.found is not Found.COVER, default=None)


def _judged(code: Code) -> CoverReading:
    try:
        return CoverReading(Found.COVER, parse(code.text), code.turn)
    except PayloadError as err:
        return CoverReading(Found.UNREADABLE, turn=code.turn, fault=err.fault)
