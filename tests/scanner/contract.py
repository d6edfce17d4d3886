"""What every scanner driver must do; a driver's tests inherit from :class:`DriverContract`."""

from __future__ import annotations

from pathlib import Path

from scanner.driver import Driver
from scanner.options import ScanOptions
from scanner.sources import Source


class DriverContract:
    """Give ``driver`` and a ``source`` of at least three sheets."""

    def driver(self) -> Driver:
        raise NotImplementedError

    def source(self, folder: Path) -> Source:
        raise NotImplementedError

    def test_devices_are_named(self) -> None:
        assert all(isinstance(name, str) and name for name in self.driver().devices())

    def test_every_file_is_complete_when_its_sheet_is_delivered(self, tmp_path: Path) -> None:
        for sheet in self.driver().feed(self.source(tmp_path), ScanOptions()):
            assert len(sheet.files) == 1
            assert sheet.files[0].path.stat().st_size > 0
            assert sheet.files[0].origin

    def test_duplex_gives_two_files_to_a_sheet(self, tmp_path: Path) -> None:
        sheets = list(self.driver().feed(self.source(tmp_path), ScanOptions(duplex=True)))
        assert all(len(sheet.files) == 2 for sheet in sheets[:-1])
        assert len(sheets[-1].files) in (1, 2)

    def test_sheets_are_drawn_one_by_one(self, tmp_path: Path) -> None:
        feed = self.driver().feed(self.source(tmp_path), ScanOptions())
        assert next(feed).files != next(feed).files
