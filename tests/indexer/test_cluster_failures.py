"""A cluster that breaks off, is overloaded, refuses, or is killed: nothing is lost and nothing is half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from core.errors import MissingToolError
from core.model import IndexedPage, owner
from fakes.clusters import AFTER, BEFORE, breaking
from indexer.elastic.bulk import Bulk, Change
from indexer.elastic.cluster import Cluster
from indexer.elastic.index import ElasticIndex
from indexer.elastic.settings import ElasticSettings
from indexer.port import SearchRequest
from support.elastic import ElasticNode, settings_of

MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")
NUMBERS = count(1)
WRITER = """
import sys
from pathlib import Path
from core.model import IndexedPage
from indexer.elastic import open_elastic
from indexer.elastic.settings import ElasticSettings
url, prefix, ca, user, password, act = sys.argv[1:]
index = open_elastic(ElasticSettings(url, prefix, ca=Path(ca), user=user, password_file=Path(password)))
with getattr(index, act)() as writer:
    for i in range(1, 10**9):
        document = f"A.1987.1.{i:07d}"
        page = IndexedPage(f"{document}.p0001", document, "A.1987.1", "A", 1, "", "chưa ghi " * 300, 0.9)
        writer.replace_documents([document], [page])
        if act == "rebuilding":
            writer.commit()
        if i == 3:
            print("writing", flush=True)
"""


@pytest.fixture
def settings(elastic_node: ElasticNode) -> ElasticSettings:
    return settings_of(elastic_node, f"failures-{os.getpid()}-{next(NUMBERS)}")


def put(index: ElasticIndex, *pages: IndexedPage) -> None:
    with index.writing() as writer:
        writer.replace_documents({page.document for page in pages}, pages)


def total(index: ElasticIndex, query: str) -> int:
    return index.search(SearchRequest(query), OWNER).total


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_broken_connections_are_gone_on_with(settings: ElasticSettings, page: MakePage, when: str) -> None:
    """Each change of the cluster breaks once: its repetition does no harm, whether the first try arrived or not."""
    steps = ("indices.create", "bulk", "indices.refresh", "indices.update_aliases", "indices.delete", "count")
    index = ElasticIndex(Cluster(settings, patience=20))
    put(index, page(1, "cũ"))
    with pytest.raises(RuntimeError), index.rebuilding() as writer:  # leaves an index that is to be taken away
        raise RuntimeError
    index = ElasticIndex(Cluster(settings, 20, breaking(*((step, when) for step in steps))))
    with index.rebuilding() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        writer.expect(1)
    assert [(total(index, "cũ"), total(index, "mới"), count_of(settings))] == [(0, 1, 1)]


def count_of(settings: ElasticSettings) -> int:
    """How many indices of pages there are, in use or not."""
    client = Cluster(settings).client
    return len(client.indices.get(index=f"{settings.prefix}-pages-*"))


def test_connection_that_stays_broken_is_told_and_repeated_later(settings: ElasticSettings, page: MakePage) -> None:
    index = ElasticIndex(Cluster(settings, patience=0.2))
    put(index, page(1, "cũ"))
    cut = ElasticIndex(Cluster(settings, 0.2, breaking(*[("bulk", AFTER)] * 50)))
    with pytest.raises(MissingToolError) as told:
        put(cut, page(1, "mới"))
    assert told.value.code == "indexer.unreachable"
    assert (total(index, "cũ"), total(index, "mới")) == (1, 0)  # sent, but not shown
    put(index, page(1, "mới nữa"))
    assert (total(index, "cũ"), total(index, "mới"), index.count()) == (0, 1, 1)


def api_error(status: int) -> ApiError:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.0, NodeConfig("http", "localhost", 9200))
    return ApiError("refused", meta, {"error": {"type": "no", "reason": "không nhận"}})


class FakeBulk:
    """Answers bulk requests by what ``judge`` says of each page and of the number of pages sent."""

    def __init__(self, judge: Callable[[str, int], int | ApiError]) -> None:
        self.judge, self.sent = judge, list[list[str]]()

    def bulk(self, *, index: str, operations: list[bytes], filter_path: list[str]) -> dict[str, Any]:
        pages = [line.decode() for line in operations]
        self.sent.append(pages)
        verdicts = [self.judge(page, len(pages)) for page in pages]
        for verdict in verdicts:
            if isinstance(verdict, ApiError):
                raise verdict
        items = [{"index": {"status": v, **({"error": "x"} if v >= 400 else {})}} for v in verdicts]
        return {"errors": any(v >= 400 for v in verdicts), "items": items}  # type: ignore[operator]


def send(judge: Callable[[str, int], int | ApiError], pages: str) -> tuple[Bulk, FakeBulk]:
    fake = FakeBulk(judge)
    url = ElasticSettings("https://localhost:9200")
    bulk = Bulk(Cluster(url, patience=5, wrap=lambda client: fake), "i", lambda: None)
    bulk.send(Change(page, (page.encode(),)) for page in pages)
    return bulk, fake


def test_pages_that_there_was_no_room_for_are_sent_again() -> None:
    tries = dict.fromkeys("abc", 0)

    def judge(page: str, _: int) -> int:
        tries[page] += 1
        return 429 if page == "b" and tries[page] < 3 else 200

    bulk, fake = send(judge, "abc")
    assert fake.sent == [["a", "b", "c"], ["b"], ["b"]]
    assert not bulk.rejected


@pytest.mark.parametrize("status", [400, 413])
def test_page_that_spoils_a_request_is_found_by_halving(status: int) -> None:
    bulk, fake = send(lambda page, _: api_error(status) if page == "f" else 200, "abcdefgh")
    assert list(bulk.rejected) == ["f"] and "không nhận" in bulk.rejected["f"]
    taken = [page for pages in fake.sent if "f" not in pages for page in pages]
    assert sorted(taken) == list("abcdegh")


def test_request_that_is_too_large_is_halved() -> None:
    bulk, fake = send(lambda _, size: api_error(413) if size > 2 else 200, "abcdefgh")
    assert not bulk.rejected and {len(pages) for pages in fake.sent if len(pages) <= 2} == {2}


def test_same_page_twice_is_never_in_one_request() -> None:
    _, fake = send(lambda *_: 200, "abca")
    assert fake.sent == [["a", "b", "c"], ["a"]]


@pytest.mark.parametrize("act", ["writing", "rebuilding"])
def test_killed_writer_leaves_the_last_commit_and_no_lock(settings: ElasticSettings, page: MakePage, act: str) -> None:
    index = ElasticIndex(Cluster(settings))
    put(index, page(1, "đã ghi"))
    told = (settings.url, settings.prefix, settings.ca, settings.user, settings.password_file, act)
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, *map(str, told)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "writing\n"
        with pytest.raises(MissingToolError) as busy:
            put(index, page(2, "khác"))
        assert str(child.pid) in busy.value.message("vi")
        child.send_signal(signal.SIGKILL)
    assert (total(index, "đã"), total(index, "chưa")) == (1, 0)
    put(index, page(2, "sau đó"))
    assert (index.count(), total(index, "chưa")) == (2, 0)


def test_lease_of_another_machine_ends_by_itself(settings: ElasticSettings, page: MakePage) -> None:
    index = ElasticIndex(Cluster(settings))
    put(index, page(1, "án"))
    client = Cluster(settings).client
    holder = {"host": "máy-khác", "machine": "khác", "pid": 7, "since": "1", "until": 9e12}
    client.index(index=f"{settings.prefix}-lock", id="writer", document=holder)
    with pytest.raises(MissingToolError) as busy:
        put(index, page(1, "án"))
    assert "máy-khác" in busy.value.message("en")
    client.index(index=f"{settings.prefix}-lock", id="writer", document={**holder, "until": 1.0})
    put(index, page(1, "án mới"))
    assert total(index, "mới") == 1


def test_writer_whose_lease_was_taken_stops(settings: ElasticSettings, page: MakePage) -> None:
    from indexer.elastic.lease import leased

    cluster = Cluster(settings)
    with leased(cluster) as lease:
        lease._renewed = -1e9  # it has stood still for long
        cluster.client.index(index=f"{settings.prefix}-lock", id="writer", document={"host": "máy-khác"})
        with pytest.raises(MissingToolError) as lost:
            lease.renew()
    assert lost.value.code == "indexer.lease-lost"


def test_index_of_another_mapping_asks_for_a_rebuild(settings: ElasticSettings, page: MakePage) -> None:
    index = ElasticIndex(Cluster(settings))
    put(index, page(1, "cũ"))
    cluster = Cluster(settings)
    (name,) = cluster.client.indices.get(index=f"{settings.prefix}-pages-*")
    old = f"{settings.prefix}-pages-v1"
    cluster.client.indices.update_aliases(
        actions=[
            {"remove": {"index": name, "alias": cluster.alias}},
            {"add": {"index": name, "alias": old}},
        ]
    )
    for ask in (lambda: total(index, "cũ"), index.count, lambda: put(index, page(1, "mới"))):
        with pytest.raises(MissingToolError) as asked:
            ask()
        assert asked.value.code == "indexer.rebuild-needed"
    with index.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
    assert (total(index, "mới"), count_of(settings)) == (1, 1)


def test_one_archive_does_not_touch_another_one(settings: ElasticSettings, page: MakePage) -> None:
    """Not even where the prefix of one begins with that of the other and the name of its indices."""
    other = ElasticIndex(Cluster(ElasticSettings(**{
        **{name: getattr(settings, name) for name in ElasticSettings.__dataclass_fields__},
        "prefix": f"{settings.prefix}-pages",
    })))  # fmt: skip
    index = ElasticIndex(Cluster(settings))
    put(other, page(1, "của họ"))
    put(index, page(1, "của ta"))
    with index.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "của ta")])
    assert (total(other, "họ"), total(index, "họ"), total(index, "ta")) == (1, 0, 1)


def test_killed_node_loses_nothing_and_a_rebuild_is_gone_on_with(
    elastic_node: ElasticNode, settings: ElasticSettings, page: MakePage
) -> None:
    index = ElasticIndex(Cluster(settings, patience=0.5))
    put(index, page(1, "cũ"), page(2, "cũ"))
    with pytest.raises(MissingToolError), index.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
        writer.commit()
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        elastic_node.kill()
    try:
        for ask in (index.version, index.count, lambda: total(index, "cũ"), lambda: put(index, page(3, "mới"))):
            with pytest.raises(MissingToolError) as away:
                ask()
            assert away.value.code == "indexer.unreachable"
    finally:
        elastic_node.start()
    assert (total(index, "cũ"), total(index, "mới")) == (2, 0)
    begun = writer.generation
    with index.rebuilding(resume=begun) as writer:
        assert writer.generation == begun
        writer.replace_documents([page(2, "").document], [page(2, "mới")])
        writer.expect(2)
    assert (total(index, "cũ"), total(index, "mới"), count_of(settings)) == (0, 2, 1)
