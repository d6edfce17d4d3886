"""Scanners through the real SANE: its test device, its file scanner, and one across the network."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import ButlucError, MissingToolError, UsageError
from scanner.driver import Compromises, DeviceError, Driver, Picture
from scanner.drivers import DRIVERS, all_devices, open_device
from scanner.options import Colour, ScanOptions
from scanner.sane_settings import nearest, set_given, set_up
from tests.scanner.contract import DriverContract
from tests.scanner.helpers import draw

SMALL = ScanOptions(dpi=75, paper_mm=(100.0, 140.0))
PORT = 6566


class TestSaneDriver(DriverContract):
    def driver(self) -> Driver:
        return DRIVERS["sane"]()

    def name(self, folder: Path) -> str:
        return "test:0"


def test_devices_are_listed_with_maker_and_model() -> None:
    found = {device.name: device for device in all_devices()}
    assert found["test:0"].model == "frontend-tester" and found["pnm:0"].driver == "sane"


def test_the_feeder_runs_empty_after_its_ten_sheets_and_can_be_filled_again() -> None:
    feeder = open_device("test:0", SMALL, {})
    assert not feeder.by_hand and feeder.compromises == ()
    sheets = list(iter(feeder.feed, None))
    assert len(sheets) == 10
    picture = sheets[0].sides[0]
    assert isinstance(picture, Picture) and picture.dpi == 75.0
    assert picture.pixels.shape == pytest.approx((140 / 25.4 * 75, 100 / 25.4 * 75, 3), abs=3)
    feeder.close()
    again = open_device("test:0", SMALL, {})
    assert again.feed() is not None
    again.close()


@pytest.mark.parametrize(
    ("colour", "shape", "bitonal"), [(Colour.GREY, 2, False), (Colour.BITONAL, 2, True), (Colour.COLOUR, 3, False)]
)
def test_colour_depth_is_as_asked(colour: Colour, shape: int, bitonal: bool) -> None:
    feeder = open_device("test:0", ScanOptions(dpi=75, paper_mm=(50.0, 70.0), colour=colour), {})
    sheet = feeder.feed()
    feeder.close()
    assert sheet is not None and isinstance(sheet.sides[0], Picture)
    assert sheet.sides[0].pixels.ndim == shape and sheet.sides[0].bitonal is bitonal
    assert feeder.compromises == ()


def test_what_the_device_cannot_do_is_said_or_refused() -> None:
    wanted = ScanOptions(dpi=75, duplex=True)
    feeder = open_device("test:0", wanted, {})
    feeder.close()
    assert [(it.setting, it.used) for it in feeder.compromises] == [
        ("duplex", None), ("width", "200 mm"), ("height", "200 mm"),
    ]  # fmt: skip
    assert [it.message("vi") for it in feeder.compromises] == [
        "Máy quét không có chức năng quét hai mặt.",
        "Máy quét không đặt được chiều rộng vùng quét là 210 mm; dùng 200 mm.",
        "Máy quét không đặt được chiều cao vùng quét là 297 mm; dùng 200 mm.",
    ]
    with pytest.raises(UsageError) as caught:
        open_device("test:0", ScanOptions(dpi=75, duplex=True, strict=True), {})
    assert caught.value.code == "scanner.cannot-do"
    assert caught.value.message("vi") == "Máy quét test:0 không có chức năng quét hai mặt."


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("JAMMED", "jammed", DeviceError),
        ("COVER_OPEN", "cover-open", DeviceError),
        ("CANCELLED", "device-cancelled", DeviceError),
        ("DEVICE_BUSY", "device-busy", MissingToolError),
        ("ACCESS_DENIED", "device-denied", MissingToolError),
        ("IO_ERROR", "device-lost", MissingToolError),
        ("NO_MEM", "device-memory", MissingToolError),
        ("UNSUPPORTED", "device-failed", MissingToolError),
        ("EOF", "short-picture", DeviceError),
    ],
)
def test_each_failure_has_its_own_words(status: str, code: str, kind: type[ButlucError]) -> None:
    feeder = open_device("test:0", SMALL, {"read-return-value": f"SANE_STATUS_{status}"})
    with pytest.raises(kind) as caught:
        feeder.feed()
    feeder.close()
    assert caught.value.code == f"scanner.{code}" and "test:0" in caught.value.message("vi")


def page(folder: Path, number: int = 7) -> tuple[Path, np.ndarray[Any, Any]]:
    image = draw(number, (620, 877)).convert("RGB")
    image.save(folder / "tờ.ppm")
    return folder / "tờ.ppm", np.asarray(image)


def test_a_page_comes_through_the_driver_pixel_for_pixel(tmp_path: Path) -> None:
    path, pixels = page(tmp_path)
    plain = path.rename(tmp_path / "to.ppm")
    feeder = open_device("pnm:0", ScanOptions(dpi=75), {"filename": str(plain)})
    assert feeder.by_hand
    sheet = feeder.feed()
    feeder.close()
    assert sheet is not None and isinstance(sheet.sides[0], Picture)
    assert np.array_equal(sheet.sides[0].pixels, pixels)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("status-jammed", "jammed"),
        ("status-coveropen", "cover-open"),
        ("status-ioerror", "device-lost"),
        ("status-nomem", "device-memory"),
        ("status-accessdenied", "device-denied"),
    ],
)
def test_a_real_driver_stack_fails_in_our_words(tmp_path: Path, status: str, code: str) -> None:
    path = page(tmp_path)[0].rename(tmp_path / "to.ppm")
    feeder = open_device("pnm:0", ScanOptions(dpi=75), {"filename": str(path), "status": "yes", status: "yes"})
    with pytest.raises(ButlucError) as caught:
        feeder.feed()
    feeder.close()
    assert caught.value.code == f"scanner.{code}"


def test_an_empty_feeder_is_no_failure(tmp_path: Path) -> None:
    path = page(tmp_path)[0].rename(tmp_path / "to.ppm")
    settings = {"filename": str(path), "status": "yes", "status-nodocs": "yes"}
    feeder = open_device("pnm:0", ScanOptions(dpi=75), settings)
    assert feeder.feed() is None
    feeder.close()


@pytest.fixture
def saned(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A scanner of another machine, as far as SANE can tell."""
    (tmp_path / "dll.conf").write_text("test\n")
    (tmp_path / "saned.conf").write_text("localhost\n127.0.0.1\n")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", PORT)), "the port of saned is taken"
    environment = {**os.environ, "SANE_CONFIG_DIR": str(tmp_path)}
    command = ["/usr/sbin/saned", "-l", "-b", "127.0.0.1", "-e"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                break
        time.sleep(0.05)
    yield server
    _kill(server)


def _kill(server: subprocess.Popen[bytes]) -> None:
    """The server and the child that it made for a connection."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, 9)
    server.wait()


def test_a_scanner_across_the_network_is_scanned_and_lost(saned: subprocess.Popen[bytes]) -> None:
    feeder = open_device("net:localhost:test:0", ScanOptions(dpi=50), {})
    assert feeder.feed() is not None
    _kill(saned)
    with pytest.raises(MissingToolError) as caught:
        feeder.feed()
    assert caught.value.code == "scanner.device-lost"
    feeder.close()


class Option:
    def __init__(self, name: str, constraint: Any, unit: int = 0) -> None:
        self.name, self.constraint, self.unit = name, constraint, unit

    def is_active(self) -> bool:
        return True

    def is_settable(self) -> bool:
        return True


class Scanner:
    """The options of a production scanner, as its backend describes them."""

    def __init__(self, *options: Option) -> None:
        self.options = {option.name: option for option in options}
        self.values: dict[str, Any] = {}

    def get(self, name: str) -> Option | None:
        return self.options.get(name)

    def set(self, name: str, value: Any) -> Any:
        constraint = self.options[name].constraint
        if isinstance(constraint, Sequence) and not isinstance(constraint, tuple) and value not in constraint:
            raise ValueError(f"{value} is not in {constraint}")
        self.values[name] = value
        return value


def production_scanner() -> Scanner:
    return Scanner(
        Option("source", ["ADF Front", "ADF Back", "ADF Duplex"]),
        Option("mode", ["Lineart", "Halftone", "Gray", "Color"]),
        Option("resolution", [50, 100, 150, 200, 400, 600]),
        Option("page-width", (0.0, 221.1, 0.02), 3),
        Option("page-height", (0.0, 876.7, 0.02), 3),
        Option("tl-x", (0.0, 215.9, 0.02), 3),
        Option("tl-y", (0.0, 355.6, 0.02), 3),
        Option("br-x", (0.0, 215.9, 0.02), 3),
        Option("br-y", (0.0, 355.6, 0.02), 3),
        Option("df-action", ["Default", "Continue", "Stop"]),
        Option("swdeskew", None),
        Option("swskip", (0.0, 100.0, 0.1)),
    )


def test_a_production_scanner_is_set_up_for_both_sides_and_leaves_the_picture_alone() -> None:
    scanner, found = production_scanner(), Compromises("fujitsu:fi-7160:1", strict=False)
    assert set_up(scanner, ScanOptions(duplex=True), found) == (False, 2)
    assert scanner.values == {
        "source": "ADF Duplex", "mode": "Color", "resolution": 400, "page-width": 210.0, "page-height": 297.0,
        "tl-x": 0.0, "tl-y": 0.0, "br-x": 210.0, "br-y": 297.0, "df-action": "Stop", "swdeskew": 0, "swskip": 0,
    }  # fmt: skip
    assert [(it.setting, it.wanted, it.used) for it in found.found] == [("resolution", "300", "400")]


def test_one_side_is_fed_from_the_front() -> None:
    scanner = production_scanner()
    assert set_up(scanner, ScanOptions(colour=Colour.BITONAL), Compromises("x", strict=False)) == (False, 1)
    assert scanner.values["source"] == "ADF Front" and scanner.values["mode"] == "Lineart"


def test_both_sides_may_be_an_option_of_its_own() -> None:
    by_mode = Scanner(Option("source", ["Flatbed", "ADF"]), Option("adf-mode", ["Simplex", "Duplex"]))
    assert set_up(by_mode, ScanOptions(duplex=True), Compromises("x", strict=True)) == (False, 2)
    assert by_mode.values == {"source": "ADF", "adf-mode": "Duplex"}
    by_switch = Scanner(Option("source", ["Flatbed", "Automatic Document Feeder"]), Option("duplex", None))
    assert set_up(by_switch, ScanOptions(), Compromises("x", strict=True)) == (False, 1)
    assert by_switch.values == {"source": "Automatic Document Feeder", "duplex": False}


def test_lengths_in_pixels_are_counted_at_the_resolution() -> None:
    bed = Scanner(Option("br-x", (0.0, 5000.0, 1.0), 1), Option("br-y", (0.0, 2000.0, 1.0), 1))
    found = Compromises("x", strict=False)
    assert set_up(bed, ScanOptions(dpi=254), found) == (True, 1)
    assert bed.values == {"br-x": 2100.0, "br-y": 2000.0}
    assert [(it.setting, it.used) for it in found.found] == [("height", "200 mm")]


@pytest.mark.parametrize(
    ("constraint", "wanted", "used"),
    [
        (None, 300, 300),
        ((50.0, 600.0, 0.0), 300, 300),
        ((50.0, 600.0, 100.0), 300, 350),
        ((50.0, 200.0, 50.0), 300, 200),
        ([75, 600, 300], 200, 300),
        ([75, 150], 300, 150),
    ],
)
def test_the_next_resolution_above_is_used(constraint: Any, wanted: int, used: int) -> None:
    assert nearest(constraint, wanted) == used


def test_options_are_given_as_people_write_them() -> None:
    scanner = Scanner(Option("ald", None), Option("overscan", ["On", "Off"]), Option("threshold", (0, 255, 1)))
    set_given(scanner, {"ald": "no", "overscan": "Off", "threshold": "120"}, "x")
    assert scanner.values == {"ald": False, "overscan": "Off", "threshold": 120}
    with pytest.raises(UsageError) as caught:
        set_given(scanner, {"overscan": "maybe"}, "x")
    assert caught.value.code == "scanner.bad-option"
