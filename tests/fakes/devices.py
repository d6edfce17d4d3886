"""Devices that misbehave, for the other process of :mod:`scanner.isolation`."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from scanner.driver import Compromise, Device, FedSheet
from scanner.options import ScanOptions


class Misbehaving:
    """A driver whose device, by its name, hangs or takes its process with it."""

    def devices(self) -> list[Device]:
        return [Device("hangs", "", "", "", "fake")]

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> MisbehavingFeeder:
        return MisbehavingFeeder(name)


class MisbehavingFeeder:
    by_hand = False
    compromises: tuple[Compromise, ...] = ()

    def __init__(self, name: str) -> None:
        self.device = Device(name, "", "", "", "fake")

    def resume(self, held: Mapping[str, str]) -> None:
        pass

    def feed(self) -> FedSheet | None:
        if self.device.name == "hangs":
            time.sleep(600)
        os.abort()

    def close(self) -> None:
        pass
