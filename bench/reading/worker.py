"""Reads pictures with one engine, alone in its process: ``python -m bench.reading.worker MODULE:FUNCTION``.

FUNCTION makes the engine. Requests come in and answers go out as :mod:`bench.reading.exchange` says; the first line out
names the engine. The process stays on one core and opens no connection. Standard library only.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TextIO

from bench.reading.exchange import Answer, Reading, to_json


class Engine(Protocol):
    """A reader of pages."""

    name: str
    """With its version."""

    def open(self, image: Path) -> Any:
        """The page in the form that :meth:`read` takes; not timed."""

    def read(self, page: Any, language: str) -> Reading:
        """The words of a page written in ``language`` (Tesseract's code)."""


def serve(make: Callable[[], Engine], requests: TextIO, answers: TextIO) -> None:
    """Answers requests until there are no more; a page that cannot be read is answered with the reason."""
    engine = make()
    print(json.dumps({"name": engine.name}), file=answers, flush=True)
    for line in requests:
        try:
            answer = to_json(_read(engine, json.loads(line)))
        except Exception as err:  # whatever a peer raises is one page's failure, not the run's
            answer = json.dumps({"error": f"{type(err).__name__}: {err}"})
        print(answer, file=answers, flush=True)


def _read(engine: Engine, wanted: dict[str, str]) -> Answer:
    page = engine.open(Path(wanted["image"]))
    started = _processor()
    reading = engine.read(page, wanted["language"])
    seconds = _processor() - started
    return Answer(reading, seconds, _peak_mb())


def _peak_mb() -> float:
    """Peak resident memory of this program; ``ru_maxrss`` would remember that of the process it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def _processor() -> float:
    """Seconds of processor time of this process and of the programs it has run."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _stay_offline(event: str, details: tuple[Any, ...]) -> None:
    """An audit hook: what is measured must be installed, not fetched."""
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(details[1], tuple)):
        raise PermissionError("readers that are measured must not use the network")


def _make(target: str) -> Callable[[], Engine]:
    module, _, function = target.partition(":")
    made: Callable[[], Engine] = getattr(importlib.import_module(module), function)
    return made


def main() -> None:
    """The command."""
    sys.addaudithook(_stay_offline)
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})
    # Engines that print must not spoil the answers.
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        serve(_make(sys.argv[1]), sys.stdin, answers)


if __name__ == "__main__":
    main()
