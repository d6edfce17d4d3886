"""What every scanner driver does: it names its devices and feeds sheets, one by one (see :mod:`scanner.drivers`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import messages
from core.errors import ButlucError, UsageError
from scanner.options import ScanOptions


@dataclass(frozen=True, slots=True)
class Device:
    """A device as people name it: ``name`` is what ``scan --device`` takes."""

    name: str
    vendor: str
    model: str
    kind: str
    """In the driver's words: ``flatbed scanner``, ``virtual device``, ``folder`` …"""
    driver: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One side of a sheet as the device delivered it: H×W (grey) or H×W×3 (RGB), 8 bits, upright as fed."""

    pixels: NDArray[np.uint8]
    dpi: float
    bitonal: bool = False
    """Whether there are only black and white among the greys."""


@dataclass(frozen=True, slots=True, eq=False)
class FedSheet:
    """A sheet that went through: its sides in order, as pictures or as complete files."""

    sides: tuple[Picture | Path, ...]
    doubled: bool = False
    """Whether the feeder noticed that a second sheet went through beneath this one."""


@dataclass(frozen=True, slots=True)
class Compromise:
    """What the device cannot do as asked, and what it does instead (``None``: nothing of the kind)."""

    setting: str
    """``resolution``, ``mode``, ``source``, ``duplex``, ``width``, ``height`` or an option's own name."""
    wanted: str
    """In the profile's words, lengths with their unit."""
    used: str | None
    """In the device's words."""

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        code = "scanner.compromise" if self.used is not None else "scanner.compromise-none"
        return messages.text(code, "message", lang, self.words(lang))

    def words(self, lang: str) -> dict[str, str]:
        """Setting and values as people call them; those of a device's own stay as it names them."""
        setting, wanted = _named("setting", self.setting, lang), _named("setting-value", self.wanted, lang)
        return {"setting": setting, "wanted": wanted, "used": self.used or ""}


def _named(kind: str, word: str, lang: str) -> str:
    slug = f"{kind}-{word}"
    return messages.text(f"scanner.{slug}", "name", lang) if slug in messages.catalogue("scanner") else word


class CannotDo(UsageError):
    """A device is refused for the compromise ``setting wanted used``, which its parameters hold."""

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        setting, wanted, used = (self.params[name] for name in ("setting", "wanted", "used"))
        refused = Compromise(str(setting), str(wanted), None if used is None else str(used))
        code = self.code if refused.used is not None else f"{self.code}-none"
        return messages.text(code, "message", lang, {**self.params, **refused.words(lang)})


class DeviceError(ButlucError):
    """The device stopped: it jammed, ran open, lost its line. What was delivered before stays."""


class Feeder(Protocol):
    """A device that was opened and set up; one user at a time."""

    @property
    def device(self) -> Device:
        """Which it is."""

    @property
    def compromises(self) -> tuple[Compromise, ...]:
        """What it does not do as the profile asks."""

    @property
    def by_hand(self) -> bool:
        """Whether each sheet is laid on the glass by hand."""

    def resume(self, held: Mapping[str, str]) -> None:
        """Told once, before the first sheet: what the batch holds of the stack, SHA-256 by where it came from.

        Paper leaves the tray by itself; a device whose sheets stay where they are must not deliver them again.
        """

    def feed(self) -> FedSheet | None:
        """The next sheet; ``None`` where there is no more paper.

        It is only called when the sheet before is on the disk and journalled, and so never has more than one underway.

        Raises:
            DeviceError: the device failed on this sheet; the sheet counts as not fed.
            MissingToolError: the device is gone or another program has taken it.
        """

    def close(self) -> None:
        """Stop the motor and let the device go; sheets in the tray stay there."""


class Driver(Protocol):
    """Knows the devices of one kind."""

    def devices(self) -> list[Device]:
        """Those that answer now; empty where none can be looked for."""

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> Feeder:
        """A device made ready.

        Args:
            name: of the device, without the driver's prefix.
            options: what the profile asks.
            settings: the device's own options, by name, that are set as they are given.

        Raises:
            MissingToolError: there is no such device, it is busy, or access is denied.
            UsageError: ``options.strict`` and it cannot do what is asked, or a setting that it does not have.
        """


@dataclass(slots=True)
class Compromises:
    """Collects what a device cannot do; with ``strict`` the first is an error."""

    device: str
    strict: bool
    found: list[Compromise] = field(default_factory=list)

    def add(self, setting: str, wanted: object, used: object | None) -> None:
        """Note one.

        Raises:
            CannotDo: ``strict``.
        """
        compromise = Compromise(setting, str(wanted), None if used is None else str(used))
        if self.strict:
            raise CannotDo("scanner.cannot-do", device=self.device, **asdict(compromise))
        self.found.append(compromise)
