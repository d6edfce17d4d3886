"""Stacks of cover sheets, patch sheets and pages, and what is held of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.covers import rendered
from core.ids import split_page
from core.model import Flag
from imaging.raster import load_page
from scanner.batch import BatchState
from scanner.covers.payload import CoverPayload, new_cover
from scanner.driver import Compromise, Device, DeviceError, FedSheet, Picture
from tests.scanner.feeding import CASE
from tests.scanner.helpers import draw
from tests.scanner.stacks import live, paper

SECOND, THIRD = "TAND-HN.HS.1987.00124", "TAND-HN.HS.1990.00007"

DPI = 100

SIZE = (827, 1170)

Page = NDArray[np.uint8]

LAN = "Nguyễn Thị Lan"


@cache
def picture(cover: CoverPayload | None, dpi: int = DPI) -> Page:
    """A cover as it was printed; ``None``: a patch sheet."""
    return rendered([cover], 0, dpi)[0] if cover is not None else rendered([], 1, dpi)[0]


def torn(cover: CoverPayload) -> Page:
    """A cover without its code."""
    page = picture(cover).copy()
    page[210:675, 150:500] = 255
    return page


def lay_in(tray: Path, sides: Sequence[Page | CoverPayload | int | None]) -> Path:
    """A tray of covers, patch sheets (``None``), blank pages (0) and pages with that number."""
    tray.mkdir(parents=True)
    for place, side in enumerate(sides, 1):
        if isinstance(side, np.ndarray):
            image = Image.fromarray(side)
        elif isinstance(side, int):
            image = draw(side, SIZE) if side else Image.new("L", SIZE, 235)
        else:
            image = Image.fromarray(picture(side))
        image.save(tray / f"tờ {place}.png", dpi=(DPI, DPI))
    return tray


def held(home: Path, tray: Path) -> dict[str, list[int]]:
    """Numbers of the pictures, in the order in which they were laid in, by the document that holds them as pages."""
    found: dict[str, list[int]] = {}
    for place, (page, drawn) in enumerate(zip(live(home), paper(tray), strict=True), 1):
        assert np.array_equal(load_page(page), drawn), f"{page.id} does not show picture {place}"
        if Flag.COVER not in page.flags:
            found.setdefault(split_page(page.id)[0], []).append(place)
    return found


def codes(state: BatchState) -> list[str]:
    return [problem.code.removeprefix("scanner.") for problem in state.problems()]


def notes(state: BatchState) -> list[str]:
    return [note.code.removeprefix("scanner.") for note in state.notes]


class Paper:
    """Feeds pictures of 75 dpi, and stops before the sheets named."""

    by_hand = False
    compromises: tuple[Compromise, ...] = ()
    device = Device("giấy", "", "", "virtual device", "fake")

    def __init__(self, sheets: Sequence[Sequence[Page]], stops: Sequence[int] = (), dpi: float = DPI) -> None:
        self._sheets, self._stops, self._dpi = iter(list(enumerate(sheets))), set(stops), dpi
        self._next: tuple[int, Sequence[Page]] | None = None

    def resume(self, held: Mapping[str, str]) -> None:
        pass

    def feed(self) -> FedSheet | None:
        self._next = self._next or next(self._sheets, None)
        if self._next is None:
            return None
        number, sides = self._next
        if number in self._stops:
            self._stops.remove(number)
            raise DeviceError("scanner.jammed", file="giấy")
        self._next = None
        return FedSheet(tuple(Picture(side, self._dpi) for side in sides))

    def close(self) -> None:
        pass


COVERS = [new_cover(CASE), new_cover(CASE, document=2), new_cover(SECOND), new_cover(CASE, document=1)]

BLANK = np.full((877, 620, 3), 235, np.uint8)

WRITTEN = np.asarray(draw(7, (620, 877)).convert("RGB"))


def sides() -> Iterator[Page]:
    yield from (WRITTEN, WRITTEN, BLANK, picture(None, 75))
    yield from (picture(cover, 75) for cover in COVERS)
