"""Stacks of paper for the simulated feeder, and the person who puts back what was not held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.scan_kills import lay_back, out
from core.model import PageImage
from imaging.raster import load_image, load_page
from scanner.batch import BatchState, counts
from scanner.options import ScanOptions
from scanner.replay import replay
from tests.scanner.helpers import save


def lay_in(tray: Path, pages: int) -> Path:
    """A tray with so many pages, each other than the rest."""
    for number in range(1, pages + 1):
        save(tray / f"tờ {number}.png", number)
    return tray


def put_back(tray: Path, state: BatchState, options: ScanOptions) -> None:
    """As the clerk does, see :func:`bench.scan_kills.lay_back`."""
    lay_back(tray, state, options.sides)


def live(home: Path) -> list[PageImage]:
    """Pages that count."""
    return [page for page in replay(home / "lô-1").pages if counts(page)]


def is_whole(home: Path, tray: Path, sheets: int, sides: int = 1) -> None:
    """The closed batch holds every sheet once, in order, with its own picture."""
    state = replay(home / "lô-1")
    assert (state.state, state.declared, state.fed, state.held) == ("closed", sheets, sheets, sheets)
    pages, pictures = live(home), paper(tray)
    assert len(pages) == len(pictures) == sheets * sides
    assert [state.sheets[page.id] for page in pages] == [1 + i // sides for i in range(len(pages))]
    assert all(np.array_equal(load_page(page), picture) for page, picture in zip(pages, pictures, strict=True))


def paper(tray: Path) -> list[NDArray[np.uint8]]:
    """The pictures of all sheets that went through, in order."""
    return [load_image(path) for path in out(tray)]
