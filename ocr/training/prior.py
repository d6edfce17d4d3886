"""Counts the syllables of Vietnamese and their pairs in law texts: what ``ocr.recogniser.prior`` weighs doubts with.

python -m ocr.training.prior --laws laws.txt.gz --out ocr/weights/syllables.txt.gz

The same texts give the same bytes. The file is gzipped UTF-8. Its first part has a line ``SYLLABLE COUNT`` for each
syllable, the commonest first; an empty line ends it; a line ``SYLLABLE FOLLOWER COUNT FOLLOWER COUNT …`` for each
syllable that has pairs follows. Fields are parted by one space. Syllables are in the form of
:func:`ocr.recogniser.prior.plain_syllable`.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from core.text import nfc
from ocr.recogniser.prior import plain_syllable

_FEWEST = 3
"""What occurs less often is as likely a slip of the texts."""
_RUN = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")

Counts = tuple[Counter[str], Counter[tuple[str, str]]]


def count(lines: Iterable[str]) -> Counts:
    """Syllables, and pairs of them with nothing but white space between, that occur three times or more."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for run in _RUN.findall(nfc(line)):
            syllables = [plain_syllable(part) for part in run.split()]
            single.update(syllables)
            pairs.update(pairwise(syllables))
    kept = Counter({syllable: number for syllable, number in single.items() if number >= _FEWEST})
    return kept, Counter({pair: number for pair, number in pairs.items() if number >= _FEWEST})


def write(counts: Counts) -> bytes:
    """The file of the counts."""
    single, pairs = counts
    followers: defaultdict[str, list[str]] = defaultdict(list)
    for (first, second), number in sorted(pairs.items()):
        followers[first].append(f"{second} {number}")
    ordered = sorted(single, key=lambda syllable: (-single[syllable], syllable))
    rows = [f"{syllable} {single[syllable]}" for syllable in ordered]
    rows += ["", *(" ".join([syllable, *followers[syllable]]) for syllable in ordered if syllable in followers)]
    return gzip.compress("\n".join(rows).encode(), mtime=0)


def main(arguments: list[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.training.prior", description="Counts syllables and pairs.")
    parser.add_argument("--laws", type=Path, required=True, help="law texts, UTF-8, a paragraph a line, plain or .gz")
    parser.add_argument("--out", type=Path, required=True, help="the file to write, .txt.gz")
    given = parser.parse_args(arguments)
    data = given.laws.read_bytes()
    text = (gzip.decompress(data) if given.laws.suffix == ".gz" else data).decode("utf-8")
    counts = count(text.split("\n"))
    given.out.write_bytes(write(counts))
    print(f"{len(counts[0])} syllables, {len(counts[1])} pairs, {given.out.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
