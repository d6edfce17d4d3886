"""How fast a stack goes through journal, gate and cover search on one core, and whether its memory stays flat.

``python -m bench.scan_speed [--pages 1000] [--codec tiff|jpeg2000|jpeg] [--dpi 300] [--stock DIR] [--core 0]``. The
process is bound to one core. A simulated feeder delivers A4 in colour: pages of the sample case files, as a good
scanner takes them and as they are after their ageing, each with the noise of a sensor, which makes them dear to
compress. There are two dozen such pictures (kept in the folder ``--stock``, if one is named), fed again and again: each
is written, flushed and journalled anew, but lies on the disk once. What the simulated feeder takes is not counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.gate import pages
from bench.scan_kills import CASE, Nobody
from core.model import PageImage
from scanner.driver import FedSheet, Feeder
from scanner.drivers import open_device
from scanner.gate.findings import Judgement
from scanner.options import Codec, ScanOptions
from scanner.scan import Stack, scan

_MB = 1e6
_NOISE = 1.5
"""Standard deviation of what a sensor adds, in grey levels of 255."""
_LOT = 100
"""Pages for which the peak of memory is taken."""


def fill(stock: Path, dpi: int) -> None:
    """The pictures that are fed."""
    stock.mkdir(parents=True)
    for index, picture in enumerate(side for pair in pages(dpi, 12) for side in pair):
        noise = np.random.default_rng(index).normal(0, _NOISE, picture.shape)
        noisy = np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(stock / f"{index:03d}.bmp", dpi=(dpi, dpi))


def lay_in(tray: Path, stock: Path, number: int) -> None:
    """So many pages, the stock's pictures in turn: links, so that only the stock takes room."""
    pictures = sorted(stock.iterdir())
    tray.mkdir()
    for index in range(number):
        os.link(pictures[index % len(pictures)], tray / f"{index:05d}.bmp")


def peak_mb() -> float:
    """The most memory that this process held since the last call, MB."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux: begins the peak anew
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM:")) * 1024 / _MB


@dataclass(slots=True)
class Clock:
    """Seconds on the wall and of the processor, without those of the device."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        """A picture has come."""
        self._since = time.perf_counter(), time.process_time()

    def end(self) -> None:
        """It is journalled."""
        self.wall.append(time.perf_counter() - self._since[0])
        self.processor.append(time.process_time() - self._since[1])
        if len(self.wall) % _LOT == 0:
            self.peaks.append(peak_mb())
            print(f"{len(self.wall)} pages: peak {self.peaks[-1]:.0f} MB", file=sys.stderr, flush=True)


class Timed:
    """A feeder that starts the clock when it delivers; see :class:`scanner.driver.Feeder`."""

    def __init__(self, feeder: Feeder, clock: Clock) -> None:
        self._feeder, self._clock = feeder, clock
        self.device, self.compromises, self.by_hand = feeder.device, feeder.compromises, feeder.by_hand

    def resume(self, held: Mapping[str, str]) -> None:
        """See there."""
        self._feeder.resume(held)

    def feed(self) -> FedSheet | None:
        """See there."""
        sheet = self._feeder.feed()
        self._clock.begin()
        return sheet

    def close(self) -> None:
        """See there."""
        self._feeder.close()


class Stopping(Nobody):
    """Stops the clock after each sheet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._clock.end()


def measure(home: Path, stock: Path, options: ScanOptions, number: int) -> tuple[Clock, float]:
    """The seconds of every page, and the mean size of a master in MB."""
    clock, tray = Clock(), home / "tray"
    lay_in(tray, stock, number)
    numbers = count(1)
    feeder = Timed(open_device(f"simulated:{tray}", options, {}), clock)
    stack = Stack(CASE, "court-a4", options, number, "bench")
    peak_mb()
    result = scan(home / "batch", feeder, stack, lambda *_: next(numbers), Stopping(clock), lock=None)
    if result.held != number:
        raise AssertionError(f"{result.held} of {number} sheets are held")
    return clock, statistics.fmean(page.master.stat().st_size for page in result.pages) / _MB


def spread(seconds: Sequence[float]) -> str:
    """Median, mean and the time that 95 of 100 pages keep to."""
    later = statistics.quantiles(seconds, n=20)[-1]
    return f"median {statistics.median(seconds):.3f}, mean {statistics.fmean(seconds):.3f}, 95 % {later:.3f}"


def main() -> None:
    """Print seconds, size and memory; exit 1 if it is slower than a page a second of the processor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--codec", type=Codec, default=Codec.TIFF)
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--core", type=int, default=0)
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    cv2.setNumThreads(1)
    home = Path(tempfile.mkdtemp(prefix="butluc-speed-", dir=given.stock and given.stock.parent))
    stock = given.stock or home / "stock"
    try:
        if not stock.exists():
            fill(stock, given.dpi)
        clock, size = measure(home, stock, ScanOptions(dpi=given.dpi, master=given.codec), given.pages)
    finally:
        shutil.rmtree(home)
    print(f"{given.pages} pages at {given.dpi} dpi, {given.codec}: {size:.1f} MB a master")
    print(f"seconds of the processor a page: {spread(clock.processor)}")
    print(f"seconds on the wall a page: {spread(clock.wall)}")
    print(f"peak of memory per {_LOT} pages, MB: {' '.join(f'{peak:.0f}' for peak in clock.peaks)}")
    sys.exit(statistics.fmean(clock.processor) > 1)


if __name__ == "__main__":
    main()
