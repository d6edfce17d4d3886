"""A disk that is full again and again: the home on a small tmpfs that grows a little after every failure. Needs root.

``python -m bench.full_disk [--step KIB]``. ``init``, ``ingest`` and ``process`` run until each is through; whenever
one runs into the full disk it must say so in one sentence (exit 4, ``core.disk-full``), and repeated with more room
it must go on, to the same home in the end as with room enough from the start. The growth is drawn anew each time,
so that the disk is full at ever other moments.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.kills import butluc, command, draw_corpus, ingests
from bench.snapshot import leftovers, snapshot


def resize(home: Path, kib: int, *, mounted: bool = True) -> None:
    """Give the disk so many KiB."""
    options = f"{'remount,' if mounted else ''}size={kib}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(home)], check=True)


def through(home: Path, kib: int, step: int, draw: random.Random, *call: str) -> int:
    """Repeat a command, each time with more room, until it is through; the room then, in KiB.

    Raises:
        AssertionError: it failed otherwise than by the full disk, or in more than one sentence.
    """
    told: Counter[str] = Counter()
    while True:
        done = subprocess.run(command(home, *call), capture_output=True, text=True, check=False)
        if done.returncode == 0:
            print(f"{call[0]}: full {told.total()} times, through with {kib} KiB", flush=True)
            return kib
        error = json.loads(done.stdout or "{}").get("error", {})
        if (done.returncode, error.get("code")) != (4, "core.disk-full") or done.stderr.count("\n") > 1:
            raise AssertionError(f"{call} at {kib} KiB: exit {done.returncode}: {done.stdout} {done.stderr}")
        told[error["file"]] += 1
        kib += draw.randrange(step // 4, step)
        resize(home, kib)


def main() -> None:
    """Print how often each command met the full disk; exit 1 if the end differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    work = Path(tempfile.mkdtemp(prefix="butluc-full-"))
    draw_corpus(work / "paper", 0.4)
    shutil.rmtree(sorted((work / "paper").iterdir())[0])
    calls = [*ingests(work / "paper"), ("process",)]
    for call in (("init", "--demo"), *calls):
        butluc(work / "roomy", *call)
    home = work / "home"
    home.mkdir()
    kib = 64
    resize(home, kib, mounted=False)
    try:
        for call in (("init", "--demo"), *calls):
            kib = through(home, kib, args.step, draw, *call)
        resize(home, kib + 65536)
        expected, found = snapshot(work / "roomy"), snapshot(home)
        wrong = [part for part in expected if found[part] != expected[part]] + leftovers(home)
        wrong += [str(entry) for entry in butluc(home, "verify")["broken"]]
    finally:
        subprocess.run(["umount", str(home)], check=True)
    print(f"differences: {wrong}" if wrong else "the same in the end")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
