"""An archive of many pages in the embedded index: how fast it is built, how much room it takes, how long a clerk waits.

``python -m bench.search_scale TEXTS [--pages 1000000] [--queries 400] [--readers 0] [--keep FOLDER]``. ``TEXTS`` is a
folder of real texts; the archive is that of :mod:`bench.drawn`. ``--readers`` processes search while the index is
built. Times are those of :meth:`SearchIndex.search` with twenty hits; processor time is printed beside the clock.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from bench.drawn import PAGES, Archive, paragraphs, queries
from core.model import owner
from indexer.port import SearchRequest
from indexer.tantivy_index import TantivyIndex

_EVERYONE = owner("bench")
_LOT = 50_000
"""Pages after which it is told how far it is."""


def build(folder: Path, archive: Archive, documents: int) -> None:
    """Fill a new index and print how fast it went."""
    index = TantivyIndex(folder)
    began, used = time.perf_counter(), time.process_time()
    with index.rebuilding() as writer:
        for number in range(documents):
            document, pages = archive.document(number)
            writer.replace_documents([document], pages)
            done = (number + 1) * PAGES
            if done % _LOT < PAGES:
                print(f"{done} pages: {done / (time.perf_counter() - began):.0f} a second", flush=True)
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    total = documents * PAGES
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"built: {total} pages in {seconds:.0f} s, {total / seconds:.0f} a second, {busy / total * 1000:.2f} ms of")
    print(f"processor time a page; {size / total / 1000:.2f} KB a page; most memory {peak:.0f} MB", flush=True)


def making(archive: Archive) -> float:
    """Seconds a page that the made-up pages themselves cost."""
    began = time.process_time()
    for number in range(300):
        archive.document(number)
    return (time.process_time() - began) / 300 / PAGES


def ask(folder: Path, asked: Sequence[str], name: str) -> None:
    """Put the queries, each once, after a few others, and print what they cost."""
    index = TantivyIndex(folder)
    for query in asked[:5]:
        index.search(SearchRequest(query), _EVERYONE)
    took, used, totals = [], [], []
    for query in asked:
        began, busy = time.perf_counter(), time.process_time()
        totals.append(index.search(SearchRequest(query), _EVERYONE).total)
        took.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - busy) * 1000)
    for what, values in (("by the clock", took), ("processor", used)):
        cuts = statistics.quantiles(values, n=100)
        print(f"{name}, {what}: median {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f} ms")
    print(f"{name}: median {statistics.median(totals):.0f} pages found", flush=True)


def read_on(folder: Path, archive: Archive, documents: int, seed: int, stop: Event) -> None:
    """Search until told to stop, and print how long it took."""
    index, took = TantivyIndex(folder), []
    asked = list(islice(queries(archive, documents, 60 + seed), 60 + seed))
    while not stop.is_set():
        for query in asked:
            began = time.perf_counter()
            index.search(SearchRequest(query), _EVERYONE)
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.5)
            if stop.is_set():
                break
    print(
        f"reader {seed}: {len(took)} searches, median {statistics.median(took):.1f}, most {max(took):.1f} ms",
        flush=True,
    )


def main() -> None:
    """Build, search, and, with readers, build again while they search."""
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--readers", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    archive, documents = Archive(paragraphs(args.texts)), args.pages // PAGES
    print(f"making a page costs {making(archive) * 1000:.2f} ms of processor time, which is within the figures below")
    with tempfile.TemporaryDirectory(prefix="butluc-scale-") as name:
        folder = args.keep or Path(name)
        if not TantivyIndex(folder).count():
            build(folder, archive, documents)
        ask(folder, list(queries(archive, documents, args.queries)), "alone")
        if args.readers:
            spawn = get_context("spawn")
            stop = spawn.Event()
            readers = [
                spawn.Process(target=read_on, args=(folder, archive, documents, seed, stop))
                for seed in range(args.readers)
            ]
            for reader in readers:
                reader.start()
            build(folder, archive, documents)
            stop.set()
            for reader in readers:
                reader.join()


if __name__ == "__main__":
    main()
