"""What ``verify`` costs: processor time of each of its looks at the documents of a home.

``python -m bench.checking HOME [--documents N]``. The home's documents are looked at in turn until there were N looks.
The time of veraPDF is that of its Java process from its start to its end, so its start is shared by all documents.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from archive.packages.check import check
from archive.packages.sources import ItemFiles
from archive.textcheck import check_text
from archive.verapdf import VeraPdf, default_home
from core.model import ArchivedDocument, VerdictState
from jobs.home import Home
from jobs.packaging import stored_package
from jobs.record import alto_path, read_page_ids
from jobs.records import archived
from jobs.signatures import Signatures
from ocr.alto_reader import read_alto


def used() -> float:
    """Processor seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(name: str, count: int, work: Callable[[], None]) -> None:
    """Do it and print what it cost for each of ``count``."""
    before, began = used(), time.monotonic()
    work()
    seconds, wall = (used() - before) / count, (time.monotonic() - began) / count
    print(f"{name:12} {seconds:7.3f} s processor time each, {wall:7.3f} s by the clock")


def main() -> None:
    """Print a line for each kind of look; a document that fails one ends it with an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--documents", type=int, default=200)
    args = parser.parse_args()
    home = Home.open(args.home)
    rows = [row for row in home.catalogue.documents() if row.record and row.record["pdf"]]
    held: list[tuple[ArchivedDocument, list[str]]] = []
    for row in rows:
        document, record = archived(home, row), row.record
        assert document is not None and record is not None, row.id
        held.append((document, read_page_ids(record)))
    some = list(islice(cycle(held), args.documents))
    signatures = Signatures.of(home.signature)

    def pdfa() -> None:
        with VeraPdf(default_home()) as checker:
            for document, _ in some:
                assert checker.check(document.path).state is VerdictState.PASSED, document.id

    def signed() -> None:
        for document, _ in some:
            assert signatures.check(document).state is VerdictState.PASSED, document.id

    def texts() -> None:
        for document, pages in some:
            files = home.store.files(document.case_file)
            read = [read_alto(files[alto_path(page)].path.read_bytes()) for page in pages]
            words = [[word.text for line in page.lines for word in line.words] for page in read]
            assert check_text(document.path, words).state is VerdictState.PASSED, document.id

    def packages() -> None:
        for case_file in {row.case_file for row in rows}:
            assert not check(ItemFiles(stored_package(home.store.files(case_file)))), case_file

    timed("veraPDF", len(some), pdfa)
    timed("signature", len(some), signed)
    timed("text layer", len(some), texts)
    timed("package", len(rows), packages)


if __name__ == "__main__":
    main()
