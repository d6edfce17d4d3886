"""Devices without hardware keep the contract, and a backend that misbehaves costs nobody else anything."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from core.errors import MissingToolError
from fakes.devices import Misbehaving
from scanner.driver import Driver
from scanner.drivers import DRIVERS, open_device
from scanner.isolation import IsolatedDriver
from scanner.options import ScanOptions
from tests.scanner.contract import DriverContract
from tests.scanner.feeding import feed
from tests.scanner.helpers import save
from tests.scanner.stacks import lay_in, live


class TestSimulatedDriver(DriverContract):
    def driver(self) -> Driver:
        return DRIVERS["simulated"]()

    def name(self, folder: Path) -> str:
        return str(lay_in(folder / "khay", 3))


class TestWatchedDriver(DriverContract):
    settings = {"settled": "0", "idle": "0"}

    def driver(self) -> Driver:
        return DRIVERS["folder"]()

    def name(self, folder: Path) -> str:
        return str(lay_in(folder / "vào", 3))


def test_a_watched_folder_takes_files_when_they_are_whole(tmp_path: Path) -> None:
    folder, device = tmp_path / "vào", f"folder:{tmp_path / 'vào'}?settled=0.6&idle=2.5"
    save(folder / "tờ 1.png", 1)
    whole = save(tmp_path / "khác" / "tờ 2.png", 2).read_bytes()

    def copy_slowly() -> None:
        with (folder / "tờ 2.png").open("wb") as stream:
            for start in range(0, len(whole), len(whole) // 4):
                stream.write(whole[start : start + len(whole) // 4])
                stream.flush()
                time.sleep(0.3)
        save(folder / ".tờ 3.png", 3).rename(folder / "tờ 3.png")

    writer = threading.Thread(target=copy_slowly)
    writer.start()
    result = feed(tmp_path, device, 3)
    writer.join()
    assert result.stopped is None and not list((tmp_path / "lô-1").glob("quarantine/*"))
    assert [page.master.read_bytes() for page in live(tmp_path)][1] == whole
    save(folder / "tờ 4.png", 4)
    more = feed(tmp_path, device, None)
    assert [Path(page.origin).name for page in more.pages] != [], "files of a new stack are taken"


def test_a_watched_folder_is_gone_on_with_and_takes_no_file_twice(tmp_path: Path) -> None:
    folder = lay_in(tmp_path / "vào", 2)
    device = f"folder:{folder}?settled=0&idle=0"
    assert feed(tmp_path, device, 3).stopped is not None
    save(folder / "tờ 3.png", 3)
    assert feed(tmp_path, device, None).stopped is None
    assert [Path(page.origin).name for page in live(tmp_path)] == ["tờ 1.png", "tờ 2.png", "tờ 3.png"]


@pytest.mark.parametrize(("name", "code"), [("hangs", "device-silent"), ("aborts", "device-lost")])
def test_a_backend_that_hangs_or_crashes_takes_nobody_with_it(name: str, code: str) -> None:
    feeder = IsolatedDriver(Misbehaving).open(name, ScanOptions(device_seconds=3.0), {})
    with pytest.raises(MissingToolError) as caught:
        feeder.feed()
    assert caught.value.code == f"scanner.{code}" and name in caught.value.message("vi")
    feeder.close()


def test_a_prefix_names_the_driver_and_all_else_is_sanes(tmp_path: Path) -> None:
    feeder = open_device(f"simulated:{lay_in(tmp_path / 'khay', 1)}", ScanOptions(), {})
    assert feeder.device.driver == "simulated"
    with pytest.raises(MissingToolError):
        open_device("mustek:0", ScanOptions(), {})
