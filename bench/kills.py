"""``kill -9`` at random moments of ``ingest`` and ``process``, each followed by the same command again.

``python -m bench.kills [--seeds N] [--full-size N] [--from SEED]``. Four one-page documents in two case files go
through the line once undisturbed; then, for each seed, into a fresh home: ``ingest`` (killed too with every second
seed), ``process`` killed once or twice, its whole process group or the parent alone, and ``process`` to its end. The
result must be that of the undisturbed run: pages and masters, texts, fields, documents, hits, figures, events; with
a good chain, a store without damage, nothing left behind and a catalogue that can be made again.

The pages are the samples at two fifths of their size, so that reading takes a second, with the default engine and
settings; with the last ``--full-size`` seeds they are as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bench.snapshot import catalogue, leftovers, snapshot
from jobs.home import Home

SAMPLES = Path("samples/case-files")
SCALE = 0.4


@dataclass(frozen=True)
class Paper:
    """The corpus and what an undisturbed run made of it; durations in seconds."""

    folder: Path
    fresh: Path
    expected: dict[str, Any]
    ingest_seconds: float
    process_seconds: float


def draw_corpus(target: Path, scale: float) -> None:
    """The first pages of two documents of each sample case file, one folder to a document."""
    for case in sorted(path for path in SAMPLES.iterdir() if path.is_dir()):
        for document in sorted(case.iterdir())[4:6]:
            place = target / case.name / document.name / "p01.jpg"
            place.parent.mkdir(parents=True)
            with Image.open(document / "p01.jpg") as page:
                size = round(page.width * scale), round(page.height * scale)
                dpi = round(300 * scale)
                page.resize(size, Image.Resampling.LANCZOS).save(place, quality=90, dpi=(dpi, dpi))


def command(home: Path, *args: str) -> list[str]:
    """The command line that a user would type."""
    return [sys.executable, "-m", "cli", "--home", str(home), "--json", "--lang", "en", *args]


def butluc(home: Path, *args: str) -> dict[str, Any]:
    """Run a command to its end; its answer.

    Raises:
        AssertionError: it failed.
    """
    done = subprocess.run(command(home, *args), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{args}: exit {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def killed(home: Path, after: float, group: bool, *args: str) -> bool:
    """Run a command and kill it after so many seconds; whether it was still running."""
    silent = subprocess.DEVNULL
    with subprocess.Popen(command(home, *args), start_new_session=True, stdout=silent, stderr=silent) as child:
        try:
            child.wait(after)
            return False
        except subprocess.TimeoutExpired:
            (os.killpg if group else os.kill)(child.pid, signal.SIGKILL)
        return True


def ingests(folder: Path) -> list[tuple[str, ...]]:
    """The calls that bring the corpus in: one for each case file."""
    return [
        ("ingest", *map(str, sorted(case.iterdir())), "--case-file", case.name) for case in sorted(folder.iterdir())
    ]


def undisturbed(work: Path, scale: float) -> Paper:
    """Draw the corpus and put it through the line."""
    folder, fresh, home = work / "paper", work / "fresh", work / "reference"
    draw_corpus(folder, scale)
    butluc(fresh, "init", "--demo")
    shutil.copytree(fresh, home)
    started = time.monotonic()
    for call in ingests(folder):
        butluc(home, *call)
    taken = time.monotonic()
    butluc(home, "process")
    ended = time.monotonic()
    return Paper(folder, fresh, snapshot(home), (taken - started) / 2, ended - taken)


def disturbed(paper: Paper, home: Path, seed: int) -> str:
    """The same in a fresh home with kills drawn by ``seed``; what was killed, in words."""
    draw = random.Random(seed)
    shutil.copytree(paper.fresh, home)
    told = []
    for number, call in enumerate(ingests(paper.folder)):
        if seed % 2 and killed(home, draw.uniform(0.3, paper.ingest_seconds), draw.random() < 0.5, *call):
            told.append(f"ingest {number + 1}")
        butluc(home, *call)
    for _ in range(1 + (draw.random() < 0.4)):
        group, after = draw.random() < 0.6, draw.uniform(0.3, paper.process_seconds)
        ended = not killed(home, after, group, "process")
        told.append("process had ended" if ended else f"process {'group' if group else 'parent'} at {after:.1f} s")
    butluc(home, "process")
    return ", ".join(told)


def differences(paper: Paper, home: Path) -> list[str]:
    """What is not as it should be; empty when all is well."""
    found = snapshot(home)
    wrong = [f"{part} differs" for part in paper.expected if found[part] != paper.expected[part]]
    wrong += [f"left behind: {name}" for name in leftovers(home)]
    if butluc(home, "verify")["broken"]:
        wrong.append("verify finds damage")
    if not butluc(home, "audit", "verify")["ok"]:
        wrong.append("the chain is broken")
    before = catalogue(Home.open(home))
    butluc(home, "rebuild")
    if catalogue(Home.open(home)) != before:
        wrong.append("the catalogue made again differs")
    return wrong


def rounds(work: Path, seeds: range, scale: float) -> int:
    """Run the seeds; how many of them ended otherwise than the undisturbed run."""
    paper = undisturbed(work, scale)
    print(f"undisturbed at scale {scale}: ingest {paper.ingest_seconds:.1f} s, process {paper.process_seconds:.1f} s")
    bad = 0
    for seed in seeds:
        home = work / f"seed-{seed}"
        told = disturbed(paper, home, seed)
        wrong = differences(paper, home)
        print(f"seed {seed}: killed {told}: {'; '.join(wrong) or 'same'}", flush=True)
        bad += bool(wrong)
        if not wrong:
            shutil.rmtree(home)
    return bad


def main() -> None:
    """Print one line for each seed; exit 1 if any ended otherwise than the undisturbed run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--full-size", type=int, default=3)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--work", type=Path, help="Keep the homes here [a temporary folder].")
    args = parser.parse_args()
    work = args.work or Path(tempfile.mkdtemp(prefix="butluc-kills-"))
    small, last = args.first + args.seeds - args.full_size, args.first + args.seeds
    bad = rounds(work / "small", range(args.first, small), SCALE) if args.first < small else 0
    bad += rounds(work / "full", range(small, last), 1.0) if small < last else 0
    print(f"{args.seeds} seeds, {bad or 'none'} with differences; homes in {work}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
