"""Fronts and backs in passes of their own, and what is held of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.scan_kills import Nobody
from core.model import PageImage
from imaging.raster import load_page
from scanner.acts import Act
from scanner.backs.feeding import scan_backs
from scanner.backs.passes import BackOrder
from scanner.batch import counts
from scanner.covers.payload import CoverPayload, new_cover
from scanner.drivers import open_device
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.run import ScanResult, Stack
from tests.scanner.feeding import UNJUDGED, feed, ordinals
from tests.scanner.helpers import CASE, draw, save
from tests.scanner.mixed_stacks import lay_in

ACT = Act("Nguyễn Thị Lan", "xếp lại mặt sau")

COVERS = replace(UNJUDGED, folios=False)

PLAIN = replace(UNJUDGED, covers=False, folios=False)


def turn(home: Path, device: str, order: str = "reversed", options: ScanOptions = PLAIN) -> ScanResult:
    """Feed the backs into the batch ``lô-1``."""
    stack = Stack(CASE, "court-a4", options, None, "Nguyễn Thị Lan")
    feeder = open_device(device, options, {})
    try:
        return scan_backs(home / "lô-1", feeder, stack, BackOrder(order), ordinals(home), Nobody(), lock=None)
    finally:
        feeder.close()


def fronts(home: Path, sheets: int, counted: bool = True) -> None:
    """Scan so many fronts: sheet n is drawing n."""
    tray = home / "trước"
    for number in range(1, sheets + 1):
        save(tray / f"tờ {number}.png", number)
    feed(home, f"simulated:{tray}", sheets if counted else None, PLAIN)


def lay_backs(home: Path, numbers: list[int], name: str = "sau") -> Path:
    """A tray of backs, in the order in which they are fed; that of sheet n is drawing 100 + n."""
    tray = home / name
    for place, number in enumerate(numbers, 1):
        save(tray / f"mặt {place}.png", 100 + number)
    return tray


def reading(home: Path) -> list[PageImage]:
    return [page for page in replay(home / "lô-1").ordered() if counts(page)]


def is_joined(home: Path, sheets: int) -> None:
    """Every sheet has its front and its own back, in reading order."""
    state, pages = replay(home / "lô-1"), reading(home)
    assert [state.sheets[page.id] for page in pages] == [1 + i // 2 for i in range(2 * sheets)]
    for place, page in enumerate(pages):
        wanted = draw(1 + place // 2 + 100 * (place % 2)).convert("RGB")
        assert np.array_equal(load_page(page), np.asarray(wanted)), (place, page.id)
    assert state.held == state.fed == sheets


def with_cover(home: Path) -> CoverPayload:
    """A stack of a cover sheet with two sheets below it, its fronts scanned."""
    cover = new_cover(CASE, sheets=2)
    lay_in(home / "trước", [cover, 1, 2])
    feed(home, f"simulated:{home / 'trước'}", 2, COVERS)
    return cover
