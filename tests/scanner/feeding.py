"""Scans into the batch ``lô-1``; as a program, one that is killed: ``feeding.py HOME TRAY SHEETS SIDES MOMENT``.

MOMENT counts what the process does to files of HOME and TRAY (opens, renames, removes, new folders …); at that act it
dies as by ``kill -9``. 0: it lives.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from bench.scan_kills import CASE, Nobody, die_at
from bench.scan_kills import ordinals as unused
from core.errors import ButlucError
from scanner.drivers import open_device
from scanner.gate.options import Check, GateOptions
from scanner.options import ScanOptions
from scanner.scan import ScanResult, Stack, scan
from scanner.stacks import Allocate
from scanner.watcher import Watcher

UNJUDGED = ScanOptions(gate=GateOptions(off=frozenset(Check)))
"""The drawings of these tests are no pages that a gate would let pass."""


def feed(
    home: Path,
    device: str,
    sheets: int | None,
    options: ScanOptions | None = None,
    case_file: str = CASE,
    watcher: Watcher | None = None,
) -> ScanResult:
    """Scan into the batch ``lô-1`` of ``home``."""
    options = options or UNJUDGED
    stack = Stack(case_file, "court-a4", options, sheets, "Nguyễn Thị Lan")
    feeder = open_device(device, options, {})
    lock = home / "run" / "lô-1.lock"
    try:
        return scan(home / "lô-1", feeder, stack, ordinals(home), watcher or Nobody(), lock=lock)
    finally:
        feeder.close()


def ordinals(home: Path) -> Allocate:
    """Gives what the batch has not used yet."""
    return unused(home / "lô-1")


def main(home: Path, tray: Path, sheets: int, sides: int, moment: int) -> None:
    if moment:
        sys.addaudithook(die_at(moment, (str(home), str(tray))))
    try:
        result = feed(home, f"simulated:{tray}", sheets, replace(UNJUDGED, duplex=sides == 2))
    except ButlucError as err:
        print(err.code)
        return
    print(result.stopped.code if result.stopped else "whole")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6]))
