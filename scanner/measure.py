"""What is measured of each page when it is taken in: resolution, geometry, blankness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.model import Flag, MasterKind
from imaging.ink import blank_score
from imaging.inspect import FrameInfo, MasterInfo, inspect
from imaging.pdf import render_page, render_thumbnails
from imaging.raster import load_frames
from scanner.folios.folio import Folio
from scanner.folios.reading import read_folios
from scanner.gate.findings import Judgement
from scanner.gate.judge import judge
from scanner.gate.streaks import RollerHistory
from scanner.options import ScanOptions

_MM = 25.4
_PLAUSIBLE_DPI = (50.0, 2400.0)
_NOMINAL_DPI = (72, 96)
"""What cameras and editors write when they know nothing."""
_NOMINAL_TOLERANCE = 0.15
_THUMBNAIL = 1200


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """One page of a master: pixels as displayed, resolution in dpi, 0.0–1.0 blank, what is to be said of it."""

    frame: int
    width: int
    height: int
    dpi: float
    mode: str
    blank_score: float
    flags: frozenset[Flag]
    judgement: Judgement | None = None
    """What the gate says, where it was asked."""
    folios: tuple[Folio, ...] | None = None
    """What the corner may bear, the likeliest first; ``None`` where it was not looked at."""


def measure(
    path: Path, options: ScanOptions, dpi: float | None = None, sensor: RollerHistory | None = None
) -> tuple[MasterInfo, list[MeasuredPage]]:
    """Decode the file to its end and measure every page.

    Args:
        path: of the file.
        options: of the profile.
        dpi: what a device states, where it is better known than by the file.
        sensor: that took the page, whose paper still lies on the desk: the gate judges it then.

    Raises:
        BadInputError: it cannot be decoded or exceeds the limits.
        MissingToolError: poppler is not installed.
    """
    info = inspect(path, options.limits, decode=False)
    pages = [
        _measured(info.kind, replace(frame, dpi=dpi or frame.dpi), raster, options, sensor)
        for frame, raster in zip(info.frames, _rasters(path, info, options, whole=sensor is not None), strict=True)
    ]
    return info, pages


def _rasters(path: Path, info: MasterInfo, options: ScanOptions, *, whole: bool) -> Iterator[NDArray[np.uint8]]:
    """Pictures of the pages; the gate needs those of a PDF ``whole``, else small ones tell enough."""
    if info.kind is MasterKind.PDF and whole:
        seconds = options.limits.seconds
        return (render_page(path, it.frame, it.width, it.height, seconds=seconds) for it in info.frames)
    if info.kind is MasterKind.PDF:
        return render_thumbnails(path, 0, len(info.frames) - 1, _THUMBNAIL, options.limits)
    return load_frames(path, [frame.frame for frame in info.frames], limits=options.limits)


def _measured(
    kind: MasterKind, frame: FrameInfo, raster: NDArray[np.uint8], options: ScanOptions, sensor: RollerHistory | None
) -> MeasuredPage:
    width, height = frame.width, frame.height
    if kind is MasterKind.IMAGE:
        height, width = raster.shape[:2]
    flags = set()
    dpi = believed_dpi(width, height, frame.dpi, options)
    if dpi is None:
        dpi = assumed_dpi(width, height, options)
        flags.add(Flag.DPI_ASSUMED)
    if round(dpi) < options.min_dpi:
        flags.add(Flag.LOW_RESOLUTION)
    if _off_paper(width, height, dpi, options) > options.geometry_tolerance:
        flags.add(Flag.GEOMETRY)
    score = round(blank_score(raster), 4)
    if score >= options.blank_threshold:
        flags.add(Flag.BLANK)
    said = judge(raster, dpi, options, sensor, blank=score) if sensor is not None else None
    folios = _folios(raster, height, dpi) if options.folios else None
    return MeasuredPage(frame.frame, width, height, round(dpi, 2), frame.mode, score, frozenset(flags), said, folios)


def _folios(raster: NDArray[np.uint8], height: int, dpi: float) -> tuple[Folio, ...]:
    """Read from a picture that may be smaller than the page of ``height`` pixels at ``dpi``; boxes are the page's."""
    scale = height / raster.shape[0]
    found = read_folios(raster, dpi / scale)
    if scale == 1:
        return found
    return tuple(replace(one, box=tuple(round(value * scale) for value in one.box)) for one in found)


def believed_dpi(width: int, height: int, stated: float | None, options: ScanOptions) -> float | None:
    """The resolution that the file states, unless it cannot be true of this paper."""
    if stated is None or not _PLAUSIBLE_DPI[0] <= stated <= _PLAUSIBLE_DPI[1]:
        return None
    if round(stated) in _NOMINAL_DPI and _off_paper(width, height, stated, options) > _NOMINAL_TOLERANCE:
        return None
    return stated


def assumed_dpi(width: int, height: int, options: ScanOptions) -> float:
    """The coarsest resolution at which the picture fits the profile's paper, upright or lying."""
    (short, long), (near, far) = sorted((width, height)), sorted(options.paper_mm)
    return max(short / near, long / far) * _MM


def _off_paper(width: int, height: int, dpi: float, options: ScanOptions) -> float:
    """Largest share by which a side differs from the paper, upright or lying."""
    pairs = zip(sorted((width, height)), sorted(options.paper_mm), strict=True)
    return max(abs(pixels / dpi * _MM / paper - 1) for pixels, paper in pairs)
