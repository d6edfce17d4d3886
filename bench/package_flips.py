"""Random one-byte flips in an exported package, and how many of them are found; run by hand.

    python -m bench.package_flips HOME CASE_FILE [--flips 200] [--seed 5]

Each flip changes one bit of one byte, drawn from all bytes that were exported (the manifest beside the package among
them) or, every second time, from a file drawn first, so that small files have their turn. It is counted as found with
the manifest that was delivered beside the package, and as found by the package alone.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from pathlib import Path

from archive.packages.bagit import MARK, bag_problems
from archive.packages.check import check
from archive.packages.sources import FolderFiles, opened
from core.errors import BadInputError
from jobs.deliveries import beside_problems, packages_in
from jobs.exporting import Wish, export
from jobs.home import Home


def alone(package: Path) -> bool:
    """Whether the package shows by itself that it was changed."""
    with tempfile.TemporaryDirectory() as work:
        try:
            with opened(package, Path(work)) as files:
                return bool(_problems(files))
        except (BadInputError, ValueError, KeyError):
            return True


def _problems(files: FolderFiles) -> list[str]:
    return bag_problems(files) if MARK in files.paths() else check(files)


def beside(folder: Path) -> bool:
    """Whether the manifest beside the package shows it."""
    try:
        return any(beside_problems(package) for package in packages_in([folder]))
    except (BadInputError, ValueError):
        return True


def drawn(files: list[Path], rng: random.Random, turn: int) -> tuple[Path, int]:
    """A file and the place of one of its bytes."""
    weights = [path.stat().st_size for path in files] if turn % 2 else None
    (path,) = rng.choices(files, weights)
    return path, rng.randrange(path.stat().st_size)


def measure(home: Home, case_file: str, form: str, folder: bool, flips: int, rng: random.Random) -> Counter[str]:
    """Counts by what found the flip."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as work:
        target = Path(work) / "out"
        answer = export(home, [case_file], Wish(form, target, "bench", folder), Path(work))
        package = Path(answer["exported"][0]["path"])
        files = sorted(path for path in target.rglob("*") if path.is_file())
        for turn in range(flips):
            path, place = drawn(files, rng, turn)
            with path.open("r+b") as stream:
                stream.seek(place)
                old = stream.read(1)
                stream.seek(place)
                stream.write(bytes([old[0] ^ 1 << rng.randrange(8)]))
            by = {"alone": path.is_relative_to(package) and alone(package), "beside": beside(target)}
            found.update(name for name, seen in by.items() if seen)
            found["found"] += any(by.values())
            if not any(by.values()):
                print("not found:", path.relative_to(target), place)
            with path.open("r+b") as stream:
                stream.seek(place)
                stream.write(old)
    return found


def main() -> None:
    """Measure all forms and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("case_file")
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    home = Home.open(args.home)
    for form, folder in (("aip", True), ("aip", False), ("bagit", True), ("bagit", False), ("sip", True)):
        found = measure(home, args.case_file, form, folder, args.flips, random.Random(args.seed))
        kind = f"{form} {'folder' if folder else 'ZIP'}"
        print(f"{kind:14} {found['found']} of {args.flips} found, {found['alone']} without the manifest beside")


if __name__ == "__main__":
    main()
