"""Streaks of a dirty sensor glass: lines along the feed, in the same column of page after page."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner.gate.findings import Finding, Verdict, above
from scanner.gate.options import GateOptions
from scanner.gate.sheet import Sheet
from scanner.gate.steady import Plane, steady_lines
from scanner.gate.view import PageView

_BANDS, _BAND_ROWS = 96, 6
_BIN_MM = 0.25
_NEAR_MM = 1.6
_EDGE_MM = 3.0
_PAGES = 8

Profile = NDArray[np.int8]
"""Strongest line of each quarter of a millimetre across the picture, in percent of the light, negative for dark."""


class RollerHistory:
    """The streaks of the last pages that went over one sensor: about 1 KB a page. Each side of a duplex feeder has
    its own."""

    def __init__(self) -> None:
        self._profiles: deque[Profile] = deque(maxlen=_PAGES)

    def remember(self, profile: Profile) -> None:
        """Add the profile of one more page; the oldest is forgotten."""
        self._profiles.append(profile)

    def pages_with(self, place: int, dark: bool) -> int:
        """How many of the last pages bear a streak of that kind at ``place`` or right beside it."""
        sign = -1 if dark else 1
        parts = (profile[max(0, place - 1) : place + 2] for profile in self._profiles)
        return sum(bool((part * sign > 0).any()) for part in parts)


def streak_profile(page: PageView, sheet: Sheet, least: float) -> Profile:
    """Where lines of at least ``least`` percent cross the picture from top to bottom."""
    x0, y0, x1, y1 = (round(side * page.scale) for side in sheet.inner(page.px(_EDGE_MM)))
    part = page.full[y0:y1, x0:x1]
    bins = max(1, int(page.full.shape[1] * 25.4 / page.dpi / _BIN_MM) + 1)
    profile = np.zeros(bins, np.int8)
    if part.shape[0] < 2 * _BANDS or part.shape[1] < 8:
        return profile
    lines = steady_lines(_bands(part), max(2, round(_NEAR_MM / 25.4 * page.dpi)), least)
    for column in np.flatnonzero(lines):
        place, value = int((x0 + column) * 25.4 / page.dpi / _BIN_MM), float(np.clip(lines[column], -127, 127))
        if abs(value) > abs(profile[place]):
            profile[place] = round(value)
    return profile


def _bands(part: NDArray[np.uint8]) -> Plane:
    """Means of bands of a few rows, evenly over the height."""
    rows = min(_BAND_ROWS, part.shape[0] // _BANDS)
    starts = np.linspace(0, part.shape[0] - rows, _BANDS).astype(int)
    bands = np.empty((_BANDS, part.shape[1]), np.float32)
    for index, start in enumerate(starts):
        band = part[start : start + rows]
        grey = cv2.cvtColor(band, cv2.COLOR_RGB2GRAY) if band.ndim == 3 else band
        bands[index] = cv2.reduce(grey, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
    return bands


def find_streaks(page: PageView, sheet: Sheet, options: GateOptions, history: RollerHistory) -> list[Finding]:
    """The worst streak of the page, if it has one; the page is remembered in ``history``."""
    profile = streak_profile(page, sheet, options.streak_percent[0])
    found = []
    for place in np.flatnonzero(profile):
        value = float(profile[place])
        pages = history.pages_with(int(place), dark=value < 0) + 1
        found.append(_finding(page, int(place), abs(value), pages, options))
    history.remember(profile)
    told = [finding for finding in found if finding is not None]
    return [max(told, key=lambda it: (it.verdict.weight, it.value))] if told else []


def _finding(page: PageView, place: int, value: float, pages: int, options: GateOptions) -> Finding | None:
    x0, x1 = (page.px(_BIN_MM) * edge for edge in (place, place + 1))
    box = page.box(x0, 0, x1, page.grey.shape[0])
    if pages >= options.streak_pages:
        verdict, limit = above(value, options.streak_percent)
        return Finding("scanner.gate-streaks", value, limit, verdict, box)
    if value >= options.streak_alone_percent:
        return Finding("scanner.gate-streak-alone", value, options.streak_alone_percent, Verdict.LOOK, box)
    return None
