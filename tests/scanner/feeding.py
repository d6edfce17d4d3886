"""Scans into the batch ``lô-1``; as a program, one that is killed: ``feeding.py HOME TRAY SHEETS SIDES MOMENT``.

MOMENT counts what the process does to files of HOME and TRAY (opens, renames, removes, new folders …); at that act it
dies as by ``kill -9``. 0: it lives.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from core.errors import ButlucError
from core.model import PageImage
from scanner.driver import Feeder
from scanner.drivers import open_device
from scanner.gate.findings import Judgement
from scanner.gate.options import Check, GateOptions
from scanner.options import ScanOptions
from scanner.scan import ScanResult, Stack, Watcher, Wish, scan

ACTS = frozenset(["open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.chmod"])
CASE = "TAND-HN.HS.1987.00123"
UNJUDGED = ScanOptions(gate=GateOptions(off=frozenset(Check)))
"""The drawings of these tests are no pages that a gate would let pass."""


class Quiet:
    """A watcher who lays on as many sheets as asked."""

    def began(self, feeder: Feeder, held: int, expected: int | None) -> None:
        pass

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        pass

    def wish(self) -> Wish | None:
        return None

    def has_next(self, number: int) -> bool:
        return True


def feed(
    home: Path,
    device: str,
    sheets: int | None,
    options: ScanOptions | None = None,
    case_file: str = CASE,
    watcher: Watcher | None = None,
) -> ScanResult:
    """Scan into the batch ``lô-1`` of ``home``."""
    options, numbers = options or UNJUDGED, count(1)
    stack = Stack(case_file, "court-a4", options, sheets, "Nguyễn Thị Lan")
    feeder = open_device(device, options, {})
    lock = home / "run" / "lô-1.lock"
    try:
        return scan(home / "lô-1", feeder, stack, lambda _: next(numbers), watcher or Quiet(), lock=lock)
    finally:
        feeder.close()


def die_at(moment: int, places: Sequence[str]) -> Callable[[str, tuple[object, ...]], None]:
    """What kills the process at its ``moment``-th act on a file below ``places``."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in ACTS and str(arguments[0]).startswith(tuple(places)):
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch


def main(home: Path, tray: Path, sheets: int, sides: int, moment: int) -> None:
    if moment:
        sys.addaudithook(die_at(moment, [str(home), str(tray)]))
    try:
        result = feed(home, f"simulated:{tray}", sheets, replace(UNJUDGED, duplex=sides == 2))
    except ButlucError as err:
        print(err.code)
        return
    print(result.stopped.code if result.stopped else "whole")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6]))
