"""The drivers there are. A device's name may begin with its driver's, as in ``folder:/srv/scans``; without, it is
SANE's, whose names look alike (``fujitsu:fi-7160:1234``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanner.driver import Device, Driver, Feeder
from scanner.isolation import IsolatedDriver
from scanner.options import ScanOptions
from scanner.sane_driver import SaneDriver
from scanner.simulated import SimulatedDriver
from scanner.watched import WatchedDriver

SANE = "sane"
DRIVERS: Mapping[str, Callable[[], Driver]] = MappingProxyType(
    {SANE: lambda: IsolatedDriver(SaneDriver), "folder": WatchedDriver, "simulated": SimulatedDriver}
)
"""Prefix of device names → driver."""


def all_devices() -> list[Device]:
    """Every device that answers now.

    Raises:
        MissingToolError: SANE is not installed.
    """
    return [device for make in DRIVERS.values() for device in make().devices()]


def name_to_go_on(name: str) -> str:
    """The name under which a stopped device goes on: a simulated one without the faults that were asked of it."""
    return name.partition("?")[0] if name.startswith("simulated:") else name


def open_device(name: str, options: ScanOptions, settings: Mapping[str, str]) -> Feeder:
    """The device of that name, ready to feed.

    Raises:
        As :meth:`scanner.driver.Driver.open`.
    """
    prefix, colon, rest = name.partition(":")
    if colon and prefix in DRIVERS:
        return DRIVERS[prefix]().open(rest, options, settings)
    return DRIVERS[SANE]().open(name, options, settings)
