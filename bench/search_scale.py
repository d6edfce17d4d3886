"""An archive of many pages in the embedded index: how fast it is built, how much room it takes, how long a clerk waits.

``python -m bench.search_scale TEXTS [--pages 1000000] [--queries 400] [--readers 0] [--keep FOLDER]``. ``TEXTS`` is a
folder of real texts (``*.txt``, ``*.txt.gz``). Pages are paragraphs of them, drawn anew for each page until it is about
as long as a typed page (2,300 characters), with names, numbers and dates that no text holds twice; six pages make a
document, ten documents a case file. Queries are two to five words of a page, neighbours or not, with diacritics or
without. ``--readers`` processes search while the index is built. Times are those of :meth:`SearchIndex.search` with
twenty hits; processor time is printed beside the clock.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from core.model import IndexedPage, Reader
from core.text import fold, syllables
from indexer.port import SearchRequest
from indexer.tantivy_index import TantivyIndex

_PAGE = 2300
"""Characters of a page."""
_PAGES, _DOCUMENTS = 6, 10
"""Pages of a document, documents of a case file."""
_COURTS = ("TAND-HN", "TAND-DA", "TAND-HL", "TAND-ST", "TAND-CT", "TAND-BP", "TAND-TH", "TAND-LN")
_TYPES = ("Bản án", "Quyết định", "Biên bản", "Đơn khởi kiện", "Giấy triệu tập", "Cáo trạng")
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Đức", "Hạnh", "Hương", "Khánh", "Lan", "Minh", "Nga", "Phúc", "Quý", "Sơn")
_EVERYONE = Reader("bench", None, None)
_LOT = 50_000


def paragraphs(folder: Path) -> list[str]:
    """All paragraphs of the texts."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.txt*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [part for line in data.decode("utf-8").splitlines() if len(part := " ".join(line.split())) > 40]
    return found


@dataclass(frozen=True, slots=True)
class Archive:
    """A made-up archive; the same seed makes the same."""

    stock: Sequence[str]
    seed: int = 1

    def document(self, number: int) -> tuple[str, list[IndexedPage]]:
        """Identifier and pages of a document."""
        draw = random.Random(f"{self.seed}-{number}")
        court, year = draw.choice(_COURTS), draw.randint(1955, 2025)
        case_file = f"{court}.DS.{year}.{number // _DOCUMENTS:05d}"
        document = f"{case_file}.{number % _DOCUMENTS + 1:07d}"
        names = tuple(" ".join((draw.choice(_FAMILY), draw.choice(_GIVEN), draw.choice(_GIVEN))) for _ in range(2))
        kind, code = draw.choice(_TYPES), f"{draw.randint(1, 999)}/{year}/DS-ST"
        pages = [
            IndexedPage(
                page_id=f"{document}.p{page:04d}",
                document=document,
                case_file=case_file,
                fonds=court,
                number=page,
                title=f"{kind} số {code}",
                text=self._text(draw, names, code),
                quality=0.97,
                court=court,
                year=year,
                type=kind,
                access="normal",
                codes=(code,),
                parties=names,
            )
            for page in range(1, _PAGES + 1)
        ]
        return document, pages

    def _text(self, draw: random.Random, names: tuple[str, ...], code: str) -> str:
        parts = [f"{names[0]} và {names[1]}, số {code}, thửa {draw.randint(1, 9999)}, tờ bản đồ {draw.randint(1, 99)}"]
        while sum(map(len, parts)) < _PAGE:
            parts.append(draw.choice(self.stock))
        return "\n".join(parts)[:_PAGE]


def queries(archive: Archive, documents: int, number: int) -> Iterator[str]:
    """Two to five words of one page: neighbours, or anywhere; every third without diacritics."""
    draw = random.Random(7)
    for index in range(number):
        _, pages = archive.document(draw.randrange(documents))
        words = syllables(draw.choice(pages).text)
        count = draw.randint(2, 5)
        first = draw.randrange(len(words) - count)
        chosen = words[first : first + count] if index % 2 else draw.sample(words, count)
        text = " ".join(chosen)
        yield fold(text) if index % 3 == 0 else text


def build(folder: Path, archive: Archive, documents: int) -> None:
    """Fill a new index and print how fast it went."""
    index = TantivyIndex(folder)
    began, used = time.perf_counter(), time.process_time()
    with index.rebuilding() as writer:
        for number in range(documents):
            document, pages = archive.document(number)
            writer.replace_documents([document], pages)
            done = (number + 1) * _PAGES
            if done % _LOT < _PAGES:
                print(f"{done} pages: {done / (time.perf_counter() - began):.0f} a second", flush=True)
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    total = documents * _PAGES
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"built: {total} pages in {seconds:.0f} s, {total / seconds:.0f} a second, {busy / total * 1000:.2f} ms of")
    print(f"processor time a page; {size / total / 1000:.2f} KB a page; most memory {peak:.0f} MB", flush=True)


def making(archive: Archive) -> float:
    """Seconds a page that the made-up pages themselves cost."""
    began = time.process_time()
    for number in range(300):
        archive.document(number)
    return (time.process_time() - began) / 300 / _PAGES


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
    archive, documents = Archive(paragraphs(args.texts)), args.pages // _PAGES
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
