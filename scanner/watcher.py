"""Whoever stands at the device: what they are told, and what they may want."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from core.errors import BadInputError
from core.model import PageImage
from scanner.driver import Feeder
from scanner.gate.findings import Judgement


class Wish(StrEnum):
    """What the operator may want after a sheet."""

    FINISH = "finish"
    """The stack ends here."""
    AGAIN = "again"
    """The last sheet is laid back and fed again."""
    MARK = "mark"
    """Somebody shall look at the last sheet."""


class Watcher(Protocol):
    """Whoever stands at the device."""

    def began(self, feeder: Feeder, held: int, covers: int, expected: int | None) -> None:
        """The device is ready; so many sheets of the stack are held, of so many counted, beside so many covers."""

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """A sheet is held, with these pages, and what the gate says of each; nothing of covers."""

    def refused(self, why: BadInputError) -> None:
        """A file that came could not be taken; it waits until a readable one comes from the same place."""

    def wish(self) -> Wish | None:
        """What they want now; asked after each sheet until there is nothing more. It may take its time: a pause."""

    def has_next(self, number: int) -> bool:
        """Whether sheet ``number`` has been laid on; asked for devices that are fed by hand."""
