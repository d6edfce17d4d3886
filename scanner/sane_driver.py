"""Scanners through SANE: those of this machine, and by its ``net`` and ``airscan`` backends those of the network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from core.errors import ButlucError, MissingToolError
from scanner.driver import Compromise, Compromises, Device, DeviceError, FedSheet, Picture
from scanner.options import ScanOptions
from scanner.sane_errors import EMPTY, translated
from scanner.sane_settings import SaneOption, Value, set_given, set_up


@cache
def _sane() -> Any:
    """The library, made ready once in a process.

    Raises:
        MissingToolError: it is not installed.
    """
    try:
        import sane
    except ImportError as err:
        raise MissingToolError("scanner.no-sane") from err
    sane.init()
    return sane


class SaneDriver:
    """All devices that SANE knows of (``SANE_CONFIG_DIR`` says which backends it asks)."""

    def devices(self) -> list[Device]:
        """Those of this machine and of the network; takes as long as SANE takes to look around."""
        return [Device(name, vendor, model, kind, "sane") for name, vendor, model, kind in _sane().get_devices()]

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> SaneFeeder:
        """See :meth:`scanner.driver.Driver.open`."""
        sane = _sane()
        try:
            opened = sane.open(name)
        except sane._sane.error as err:
            raise translated(err, name) from err
        try:
            return SaneFeeder(opened, self._described(opened, name), options, settings)
        except BaseException:
            opened.close()
            raise

    def _described(self, opened: Any, name: str) -> Device:
        try:
            _, vendor, model, kind = opened.sane_signature
        except RuntimeError:  # a device that answers to its name and is not in the list, as those of the network
            return Device(name, "", name, "scanner", "sane")
        return Device(name, vendor, model, kind, "sane")


class _Options:
    """The options of an open device by SANE's names."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def get(self, name: str) -> SaneOption | None:
        option = self._opened.opt.get(name.replace("-", "_"))
        return option if option is not None and option.is_active() and option.is_settable() else None

    def set(self, name: str, value: Value) -> Value:
        key = name.replace("-", "_")
        setattr(self._opened, key, self._fitting(key, value))
        used: Value = getattr(self._opened, key)
        return used

    def _fitting(self, key: str, value: Value) -> Value:
        """As python-sane wants it: whole numbers for options of that type."""
        kinds = _sane()._sane
        kind = self._opened.opt[key].type
        return int(value) if kind in (kinds.TYPE_INT, kinds.TYPE_BOOL) else value


class SaneFeeder:
    """An open device; see :class:`scanner.driver.Feeder`."""

    def __init__(self, opened: Any, device: Device, options: ScanOptions, settings: Mapping[str, str]) -> None:
        self._opened = opened
        self._error = _sane()._sane.error
        self.device = device
        found = Compromises(device.name, options.strict)
        try:
            self.by_hand, self._sides = set_up(_Options(opened), options, found)
            set_given(_Options(opened), settings, device.name)
        except self._error as err:
            raise translated(err, device.name) from err
        self.compromises: tuple[Compromise, ...] = tuple(found.found)

    def resume(self, held: Mapping[str, str]) -> None:
        """Nothing to do: what was fed has left the tray."""

    def feed(self) -> FedSheet | None:
        """See :meth:`scanner.driver.Feeder.feed`."""
        sides: list[Picture] = []
        while len(sides) < self._sides:
            try:
                self._opened.start()
                sides.append(self._picture())
            except self._error as err:
                if str(err) == EMPTY and not sides:
                    return None
                if str(err) == EMPTY:
                    raise DeviceError("scanner.side-missing", file=self.device.name) from err
                raise self._stopped(err) from err
        return FedSheet(tuple(sides), self._noticed_double_feed())

    def _picture(self) -> Picture:
        _, _, (width, lines), depth, _ = self._opened.get_parameters()
        try:
            image = self._opened.snap(True)
        except RuntimeError as err:  # nothing came at all
            raise DeviceError("scanner.short-picture", file=self.device.name) from err
        if image.width < width or image.height < lines:
            # The line broke off and the library gave what had come.
            raise DeviceError("scanner.short-picture", file=self.device.name)
        return Picture(np.asarray(image, dtype=np.uint8), self._dpi(), bitonal=depth == 1)

    def _dpi(self) -> float:
        names = [name for name in ("resolution", "x_resolution") if name in self._opened.opt]
        return float(getattr(self._opened, names[0])) if names else 0.0

    def _stopped(self, err: Exception) -> ButlucError:
        if self._noticed_double_feed():
            return DeviceError("scanner.double-feed", file=self.device.name)
        return translated(err, self.device.name)

    def _noticed_double_feed(self) -> bool:
        """What sensors of feeders say, where the backend shows them."""
        sensor = self._opened.opt.get("double_feed")
        return sensor is not None and sensor.is_active() and bool(self._opened.double_feed)

    def close(self) -> None:
        """See :meth:`scanner.driver.Feeder.close`."""
        self._opened.cancel()
        self._opened.close()
