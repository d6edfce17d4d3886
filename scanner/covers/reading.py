"""Cover sheets and patch codes found in page images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.covers.bands import DARK, PALE, Band, find_bands, light
from scanner.covers.bars import BAND, PATCH_T
from scanner.covers.codes import Code, Grey, read_codes
from scanner.covers.payload import CoverPayload, PayloadError, parse
from scanner.covers.straight import read_straightened

_MM = 25.4
_QUICK_DPI = 75.0
"""Bars are found, and nearly all codes read, at that resolution."""
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
    grey = raster if raster.ndim == 2 else cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY)
    quick = _scaled(np.asarray(grey, np.uint8), dpi, _QUICK_DPI)
    per_mm = min(dpi, _QUICK_DPI) / _MM
    claimed = _read(quick)
    if claimed is not None and claimed.found is Found.COVER:
        return claimed
    shares = light(quick, per_mm)
    bands = find_bands(shares < DARK, BAND, per_mm)
    signs = bands or find_bands(shares < PALE, BAND, per_mm)
    if not signs and claimed is None:
        patched = any(band.inward for band in find_bands(shares < PALE, PATCH_T, per_mm))
        return CoverReading(Found.PATCH_T) if patched else NOTHING
    close = _read_closely(np.asarray(grey, np.uint8), dpi, signs) or claimed
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
    yield _read(_scaled(grey, dpi, _CLOSE_DPI))
    for band in bands:
        code = read_straightened(grey, dpi / _MM, band)
        yield _judged(code) if code is not None else None


def _scaled(grey: Grey, dpi: float, target: float) -> Grey:
    """The picture reduced to ``target`` dpi; a coarser one as it is."""
    if dpi <= target:
        return np.ascontiguousarray(grey)
    size = (max(1, round(grey.shape[1] * target / dpi)), max(1, round(grey.shape[0] * target / dpi)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _read(grey: Grey) -> CoverReading | None:
    """The first code of ours in the picture, a readable one before others."""
    readings = [_judged(code) for code in read_codes(grey)]
    return min(readings, key=lambda reading: reading.found is not Found.COVER, default=None)


def _judged(code: Code) -> CoverReading:
    try:
        return CoverReading(Found.COVER, parse(code.text), code.turn)
    except PayloadError as err:
        return CoverReading(Found.UNREADABLE, turn=code.turn, fault=err.fault)
