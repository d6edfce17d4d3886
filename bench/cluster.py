"""Speed of the cluster index beside the embedded one, on pages drawn from real texts.

``python -m bench.cluster TEXTS [--pages N]``: TEXTS is a folder of texts, or one; the archive is that of
:mod:`bench.drawn`.
The cluster is named by the environment: ``BUTLUC_INDEX_URL``, ``BUTLUC_INDEX_API_KEY`` or ``--user`` with
``BUTLUC_INDEX_PASSWORD``; all lies under a prefix of its own and is taken away at the end. Figures: pages a second by
the clock, this process's own processor seconds, bytes a page, milliseconds of a query by the clock (median, 95th part).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.drawn import PAGES, Archive, paragraphs, queries
from core.model import IndexedPage, owner
from indexer.elastic import open_elastic
from indexer.elastic.cluster import Cluster
from indexer.elastic.settings import ElasticSettings
from indexer.port import SearchIndex, SearchRequest
from indexer.tantivy_index import TantivyIndex

PREFIX = "butluc-bench"
DOCUMENTS_TO_A_COMMIT = 800
QUERIES = 200


def fill(index: SearchIndex, held: list[IndexedPage]) -> str:
    """Build the index anew; what it took."""
    clock, own = time.perf_counter(), time.process_time()
    step = DOCUMENTS_TO_A_COMMIT * PAGES
    with index.rebuilding() as writer:
        for start in range(0, len(held), step):
            part = held[start : start + step]
            writer.replace_documents({page.document for page in part}, part)
            writer.commit()
        writer.expect(len(held))
    seconds, own = time.perf_counter() - clock, time.process_time() - own
    return f"{len(held) / seconds:7.0f} pages/s  {own:6.1f} s of our processor time of {seconds:.1f} s"


def ask(index: SearchIndex, asked: list[str]) -> str:
    """The queries' times."""
    times = []
    for query in asked:
        clock = time.perf_counter()
        index.search(SearchRequest(query, limit=20), owner("đo"))
        times.append((time.perf_counter() - clock) * 1000)
    times.sort()
    return f"median {statistics.median(times):6.1f} ms  p95 {times[int(len(times) * 0.95)]:6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--ca", type=Path)
    parser.add_argument("--user")
    given = parser.parse_args()
    settings = ElasticSettings(prefix=PREFIX, ca=given.ca, user=given.user).within(Path.cwd())
    archive, documents = Archive(paragraphs(given.texts)), given.pages // PAGES
    held = [page for number in range(documents) for page in archive.document(number)[1]]
    asked = list(queries(archive, documents, QUERIES))
    with tempfile.TemporaryDirectory() as folder:
        embedded = TantivyIndex(Path(folder))
        print(f"embedded  build {fill(embedded, held)}")
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"embedded  {size / len(held):.0f} bytes a page")
        print(f"embedded  query {ask(embedded, asked)}")
    cluster = open_elastic(settings)
    client = Cluster(settings).client
    try:
        print(f"cluster   {cluster.version()}\ncluster   build {fill(cluster, held)}")
        client.indices.flush(index=f"{PREFIX}-pages-*")
        stored = client.indices.stats(index=f"{PREFIX}-pages-*", metric="store")["_all"]["primaries"]["store"]
        print(f"cluster   {stored['size_in_bytes'] / len(held):.0f} bytes a page")
        ask(cluster, asked)  # the server's own compiler warms up
        print(f"cluster   query {ask(cluster, asked)}")
    finally:
        for name in client.indices.get(index=f"{PREFIX}-*"):
            client.indices.delete(index=name)


if __name__ == "__main__":
    main()
