"""Devices without hardware keep the contract, and a backend that misbehaves costs nobody else anything."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench.scan_kills import Nobody
from core.errors import MissingToolError
from core.model import PageImage
from fakes.devices import Misbehaving
from scanner.driver import Driver, FedSheet
from scanner.drivers import DRIVERS, open_device
from scanner.gate.findings import Judgement
from scanner.isolation import IsolatedDriver
from scanner.options import ScanOptions
from scanner.scan import Stack, scan
from scanner.watched import WatchedFeeder
from tests.scanner.contract import DriverContract
from tests.scanner.feeding import UNJUDGED, feed, ordinals
from tests.scanner.helpers import CASE, draw, save
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


def test_a_file_of_several_pages_in_a_watched_folder_is_as_many_sheets(tmp_path: Path) -> None:
    folder = tmp_path / "vào"
    folder.mkdir()
    pages = [draw(number) for number in range(1, 4)]
    pages[0].save(folder / "a.tif", save_all=True, append_images=pages[1:], dpi=(50, 50))
    save(folder / "b.tif", 4)
    result = feed(tmp_path, f"folder:{folder}?settled=0&idle=0", 4)
    assert (result.stopped, result.held, result.state.state, result.state.held) == (None, 4, "closed", 4)
    result = feed(tmp_path / "hai", f"folder:{folder}?settled=0&idle=0", None, replace(UNJUDGED, duplex=True))
    assert result.stopped is not None and result.stopped.code == "scanner.side-missing", "b.tif has no back"
    assert (result.held, result.state.held, len(result.pages)) == (2, 2, 3)


def test_a_file_that_is_gone_before_it_is_read_is_no_sheet(tmp_path: Path) -> None:
    folder = lay_in(tmp_path / "vào", 3)
    feeder = open_device(f"folder:{folder}?settled=0&idle=0", UNJUDGED, {})

    class Vanishing(Nobody):
        def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
            (folder / "tờ 2.png").unlink(missing_ok=True)

    class Early:
        """Looks once and feeds what it saw then."""

        device, compromises, by_hand = feeder.device, feeder.compromises, False
        sheets = [FedSheet((folder / f"tờ {number}.png",)) for number in (1, 2, 3)]

        def resume(self, held: Mapping[str, str]) -> None:
            pass

        def feed(self) -> FedSheet | None:
            return self.sheets.pop(0) if self.sheets else None

        def close(self) -> None:
            pass

    stack = Stack(CASE, "court-a4", UNJUDGED, None, "Lan")
    result = scan(tmp_path / "lô-1", Early(), stack, ordinals(tmp_path), Vanishing(), lock=None)
    feeder.close()
    assert (result.held, result.state.fed, result.state.problems()) == (2, 2, [])


def test_two_scans_never_share_a_tray_or_folder(tmp_path: Path) -> None:
    tray = lay_in(tmp_path / "khay", 1)
    for first, second in (("simulated", "folder"), ("folder", "simulated"), ("folder", "folder")):
        feeder = open_device(f"{first}:{tray}", ScanOptions(), {})
        with pytest.raises(MissingToolError) as caught:
            open_device(f"{second}:{tray}", ScanOptions(), {})
        assert caught.value.code == "scanner.device-busy"
        feeder.close()


def test_a_file_from_the_future_as_after_a_clock_was_set_back_is_taken(tmp_path: Path) -> None:
    waited = 0.0

    def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    folder = lay_in(tmp_path / "vào", 1)
    feeder = WatchedFeeder(str(folder), UNJUDGED, clock=lambda: waited, sleep=sleep)
    os.utime(folder / "tờ 1.png", (4e9, 4e9))
    assert feeder.feed() is not None and waited == pytest.approx(2.0, abs=0.3)
    feeder.close()
