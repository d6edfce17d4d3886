"""What every scanner driver must do; a driver's tests inherit from :class:`DriverContract`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import MissingToolError, UsageError
from scanner.driver import Driver, Feeder, Picture
from scanner.options import ScanOptions


class DriverContract:
    """Give the ``driver``, and the ``name`` of a device with three sheets at least."""

    settings: dict[str, str] = {}
    options = ScanOptions(dpi=75)

    def driver(self) -> Driver:
        raise NotImplementedError

    def name(self, folder: Path) -> str:
        raise NotImplementedError

    @pytest.fixture
    def feeder(self, tmp_path: Path) -> Iterator[Feeder]:
        feeder = self.driver().open(self.name(tmp_path), self.options, self.settings)
        feeder.resume({})
        yield feeder
        feeder.close()

    def test_devices_that_answer_are_named(self) -> None:
        assert all(device.name and device.driver for device in self.driver().devices())

    def test_sheets_have_a_picture_or_a_whole_file_to_a_side(self, feeder: Feeder) -> None:
        for _ in range(3):
            sheet = feeder.feed()
            assert sheet is not None and not sheet.doubled
            (side,) = sheet.sides
            if isinstance(side, Picture):
                assert side.pixels.size and side.dpi > 0
            else:
                assert side.stat().st_size > 0

    def test_a_device_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MissingToolError) as caught:
            self.driver().open(str(tmp_path / "không có"), self.options, {})
        assert caught.value.code == "scanner.no-device"

    def test_an_option_that_the_device_does_not_have_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            self.driver().open(self.name(tmp_path), self.options, {"no-such-option": "1"})
        assert caught.value.code == "scanner.no-option" and "no-such-option" in caught.value.message("vi")
