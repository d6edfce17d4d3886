"""What every scanner driver does: it feeds sheets, each as complete files. Drivers are listed in `scanner.drivers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scanner.options import ScanOptions
from scanner.sources import Source


@dataclass(frozen=True, slots=True)
class FedFile:
    """A file that a driver delivers, complete and closed; ``origin`` tells people where it came from."""

    path: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it went through: its sides in order, or a single file that holds many pages.

    ``doubled``: the feeder noticed that a second sheet went through beneath this one.
    """

    files: tuple[FedFile, ...]
    doubled: bool = False


class Driver(Protocol):
    """Delivers the sheets of a source one after the other."""

    def devices(self) -> list[str]:
        """Names of the devices that answer now; empty for a driver without hardware."""

    def feed(self, source: Source, options: ScanOptions) -> Iterator[Sheet]:
        """The sheets of ``source`` in feed order, ``options.sides`` files to each (the last may have fewer).

        The next sheet is drawn only when the one before has been journalled.

        Raises:
            ButlucError: the device fails; what was delivered before stays.
        """
