"""Whether the line's cost stays linear: processor time per document of homes with more and more documents.

``python -m bench.many [COUNT …]``. Each home gets COUNT one-page documents of tiny pictures, in case files of at most
500 documents, with ``engine = "none"`` and no signature, so that what is measured is the bookkeeping. The figures are
seconds of processor time of the command and its children per 1,000 documents; ``search`` and ``resume`` (a ``process``
that finds nothing to do) are seconds for one call.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

PER_CASE_FILE = 500
PROFILE = 'title = "Ảnh nhỏ, không nhận dạng"\n[ocr]\nengine = "none"\norientation = false\ndeskew = false\n'


def draw(folder: Path, count: int) -> list[Path]:
    """Folders of ``count`` one-page documents, one folder to a case file."""
    for number in range(count):
        place = folder / f"{number // PER_CASE_FILE:04d}" / f"{number:06d}" / "p1.png"
        place.parent.mkdir(parents=True)
        page = Image.new("L", (200, 280), 240)
        ImageDraw.Draw(page).text((20, 40), f"{number}", fill=20)
        page.save(place, dpi=(24, 24))
    return sorted(folder.iterdir())


def seconds(home: Path, *args: str) -> float:
    """Processor time of one command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "cli", "--home", str(home), "--json", *args]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(work: Path, count: int) -> dict[str, float]:
    """The figures of one home of ``count`` documents."""
    home, per = work / "home", 1000 / count
    cases = draw(work / "paper", count)
    seconds(home, "init")
    (home / "profiles").mkdir()
    (home / "profiles" / "nhỏ.toml").write_text(PROFILE, encoding="utf-8")
    calls = [("ingest", str(case), "--profile", "nhỏ", "--case-file", f"TAND-DA.DS.1990.{case.name}") for case in cases]
    return {
        "ingest": per * sum(seconds(home, *call) for call in calls),
        "process": per * seconds(home, "process"),
        "resume": seconds(home, "process"),
        "search": seconds(home, "search", "90"),
        "progress": per * seconds(home, "audit", "progress"),
        "verify": per * seconds(home, "verify"),
        "rebuild": per * seconds(home, "rebuild"),
    }


def main() -> None:
    """Print one row for each count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", nargs="*", type=int, default=[250, 500, 1000, 2000])
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory() as work:
            figures = measure(Path(work), count)
        print(f"| {count} | " + " | ".join(f"{value:.1f}" for value in figures.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
