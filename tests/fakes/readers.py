"""Engines for reading processes; they read what is written in the file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.reading.exchange import Reading, ReadLine, ReadWord


class Reciter:
    """Its page is a file of text; a word in it may be an order."""

    name = "reciter 1.0"

    def open(self, image: Path) -> str:
        """The text; spends time that is not to be counted."""
        _spend(0.2)
        return image.read_text(encoding="utf-8")

    def read(self, page: str, language: str) -> Reading:
        """Recites the text, after doing what its first word says."""
        print("engines may print")
        order = page.split()[0]
        if order == "fail":
            raise ValueError("no such page")
        if order == "die":
            sys.exit("out of ink")
        if order == "sleep":
            time.sleep(60)
        if order == "work":
            _spend(0.5)
        if order == "call":
            subprocess.run([sys.executable, "-c", "x = bytes(range(256)) * 400_000; import time; time.sleep(0.5)"])
        if order == "connect":
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        line = ReadLine(tuple(ReadWord(word, 0.5) for word in page.split()), (1, 2, 3, 4))
        cores = len(os.sched_getaffinity(0))
        return Reading(f"{language} {cores}\n{page}", 0.75, (line, ReadLine((ReadWord("–"),))))


def _spend(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def reciter() -> Reciter:
    """Makes it."""
    return Reciter()


def absent() -> Reciter:
    """What the import of a peer that is not installed looks like."""
    raise ModuleNotFoundError("No module named 'reciter'")
