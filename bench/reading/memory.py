"""Memory of the programs that a reading process calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
INTERVAL = 0.05
"""Seconds between looks: short against the seconds for which a page is read."""


class ProgramsMemory(threading.Thread):
    """Watches the descendants of a process.

    What they hold together is counted as proportional set size, so that memory shared between them counts once.

    Args:
        pid: the process whose descendants are watched; it is not counted itself.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self.peak_mb = 0.0
        """The most that was seen, MiB; 0.0 where there were no descendants."""

    def run(self) -> None:
        """Looks until stopped."""
        while not self._done.wait(INTERVAL):
            self.peak_mb = max(self.peak_mb, sum(map(proportional_mb, descendants(self._pid))))

    def stop(self) -> None:
        """Ends the watching."""
        self._done.set()
        self.join()


def descendants(pid: int) -> Iterator[int]:
    """Children, their children and so on; those that end meanwhile are left out."""
    try:
        lists = [path.read_text() for path in (_PROC / str(pid) / "task").glob("*/children")]
    except OSError:
        return
    for child in (int(number) for children in lists for number in children.split()):
        yield child
        yield from descendants(child)


def proportional_mb(pid: int) -> float:
    """Proportional set size of a process in MiB; 0.0 if it has ended."""
    try:
        rows = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("Pss:")), 0.0)
