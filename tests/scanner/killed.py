"""Runs an ingest that is cut off at a given moment: ``python killed.py HOME SOURCE MOMENT``.

``file:N`` – after the N-th file; ``allocate:N`` – its master kept, its document not yet journalled; ``copy:N`` – within
the N-th opening of a file for copying; ``disk:BYTES`` – no file may grow beyond so many bytes.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from core.errors import ButlucError
from scanner.ingest import ingest
from scanner.options import ScanOptions
from scanner.sources import expand


def main(home: Path, source: Path, moment: str) -> None:
    kind, _, text = moment.partition(":")
    number = int(text)
    opened = ordinal = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def allocate(case_file: str) -> int:
        nonlocal ordinal
        ordinal += 1
        if kind == "allocate" and ordinal == number:
            die()
        return ordinal

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal opened
        if event == "open" and str(arguments[0]).endswith(".part"):
            opened += 1
            if opened == number:
                Path(str(arguments[0])).parent.joinpath(".abc.png.1.part").touch()
                die()

    if kind == "copy":
        sys.addaudithook(watch)
    if kind == "disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, resource.RLIM_INFINITY))

    def progress(done: int, total: int, origin: str) -> None:
        if (kind, done) == ("file", number):
            die()

    lock = home / "run" / "lô-1.lock"
    case_file = "TAND-HN.HS.1987.00123"
    sources = expand([source])
    try:
        ingest(home / "lô-1", sources, case_file, "court-a4", ScanOptions(), allocate, "Lan", progress, lock=lock)
    except ButlucError as err:
        print(type(err).__name__, err.code)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
