"""A feeder of files, for learning and for tests: a folder is its tray, each image in it one side of a sheet.

What is fed leaves the tray, as paper does, for the folder ``out`` in it, whether or not anybody kept its picture.
Faults are asked for in the device's name: ``simulated:TRAY?jam=3&sensor=1``. Numbers count the sheets that are fed from
the opening on.

=================  ====================================================================================================
``jam=N``          sheet N stays in the tray; the device says that it jammed
``open=N``         the cover is open when sheet N should be fed
``disconnect=N``   the line is lost while sheet N is fed, which has gone to ``out``
``short=N``        the picture of sheet N breaks off half-way; the sheet has gone to ``out``
``double=N``       sheet N+1 goes through beneath sheet N; only N is seen
``sensor=1``       the device notices double feeds
``busy=1``         another program has the device
``pace=N``         a sheet takes N milliseconds
=================  ====================================================================================================
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

import cv2
import numpy as np

from core.errors import MissingToolError, UsageError
from core.text import natural_key
from imaging.inspect import inspect
from imaging.raster import load_image
from scanner.claim import Claim
from scanner.driver import Compromise, Device, DeviceError, FedSheet, Picture
from scanner.options import Colour, ScanOptions
from scanner.sources import EXTENSIONS

OUT = "out"
_SETTINGS = frozenset(["jam", "open", "disconnect", "short", "double", "sensor", "busy", "pace"])


class SimulatedDriver:
    """Trays are folders; none is looked for."""

    def devices(self) -> list[Device]:
        """None: a tray must be named."""
        return []

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> SimulatedFeeder:
        """See :meth:`scanner.driver.Driver.open`."""
        folder, _, query = name.partition("?")
        given = [*parse_qsl(query, keep_blank_values=True), *settings.items()]
        asked = {key: _number(folder, key, value) for key, value in given}
        if asked.get("busy"):
            raise MissingToolError("scanner.device-busy", file=f"simulated:{folder}")
        return SimulatedFeeder(folder, options, asked)


def _number(name: str, key: str, value: str) -> int:
    if key not in _SETTINGS:
        raise UsageError("scanner.no-option", device=f"simulated:{name}", option=key)
    if not value.isdecimal():
        raise UsageError("scanner.bad-option", device=f"simulated:{name}", option=key, value=value, why="0, 1, 2 …")
    return int(value)


class SimulatedFeeder:
    """See :class:`scanner.driver.Feeder`."""

    by_hand = False
    compromises: tuple[Compromise, ...] = ()

    def __init__(self, tray: str, options: ScanOptions, asked: Mapping[str, int]) -> None:
        self._tray, self._options, self._asked = Path(tray), options, asked
        self.device = Device(f"simulated:{tray}", "Bút Lục", "simulated feeder", "virtual device", "simulated")
        self._fed = 0
        self._claim = Claim(tray, self.device.name)

    def resume(self, held: Mapping[str, str]) -> None:
        """Nothing to do: what was fed has left the tray."""

    def feed(self) -> FedSheet | None:
        """See :meth:`scanner.driver.Feeder.feed`."""
        waiting = self._waiting()
        if not waiting:
            return None
        self._fed += 1
        time.sleep(self._asked.get("pace", 0) / 1000)
        for fault, code in (("jam", "jammed"), ("open", "cover-open")):
            if self._strikes(fault):
                raise DeviceError(f"scanner.{code}", file=self.device.name)
        sides = [self._out(path) for path in waiting[: self._options.sides]]
        if self._strikes("disconnect"):
            raise MissingToolError("scanner.device-lost", file=self.device.name)
        if self._strikes("short"):
            raise DeviceError("scanner.short-picture", file=self.device.name)
        if len(sides) < self._options.sides:
            raise DeviceError("scanner.side-missing", file=self.device.name)
        beneath = self._strikes("double") and waiting[self._options.sides : 2 * self._options.sides]
        for path in beneath or []:
            self._out(path)
        return FedSheet(tuple(self._picture(path) for path in sides), bool(beneath and self._asked.get("sensor")))

    def _strikes(self, fault: str) -> bool:
        return self._asked.get(fault) == self._fed

    def _waiting(self) -> list[Path]:
        inside = (path for path in self._tray.iterdir() if path.suffix.casefold() in EXTENSIONS and path.is_file())
        return sorted(inside, key=lambda path: natural_key(path.name))

    def _out(self, path: Path) -> Path:
        (self._tray / OUT).mkdir(exist_ok=True)
        return path.rename(self._tray / OUT / path.name)

    def _picture(self, path: Path) -> Picture:
        dpi = inspect(path).frames[0].dpi or self._options.dpi
        pixels = load_image(path)
        if self._options.colour is not Colour.COLOUR:
            pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        if self._options.colour is Colour.BITONAL:
            pixels = np.where(pixels > 127, np.uint8(255), np.uint8(0))
        return Picture(pixels, float(dpi), bitonal=self._options.colour is Colour.BITONAL)

    def close(self) -> None:
        """See :meth:`scanner.driver.Feeder.close`."""
        self._claim.release()
