"""The folder driver keeps the contract."""

from __future__ import annotations

from pathlib import Path

from scanner.driver import Driver
from scanner.drivers import DRIVERS
from scanner.sources import Source, expand
from tests.scanner.contract import DriverContract
from tests.scanner.helpers import save


class TestFolderDriver(DriverContract):
    def driver(self) -> Driver:
        return DRIVERS["folder"]()

    def source(self, folder: Path) -> Source:
        for number in range(5):
            save(folder / "giấy" / f"tờ{number}.png", number)
        (source,) = expand([folder / "giấy"])
        return source
