"""The embedded index in its folder: generations, damage, and a writer that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.errors import MissingToolError
from core.model import IndexedPage, owner
from indexer.port import SearchRequest
from indexer.tantivy_index import TantivyIndex

Build = Callable[[Iterable[IndexedPage]], TantivyIndex]
MakePage = Callable[..., IndexedPage]
OWNER = owner("thu-kho")
UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
WRITER = """
import sys, time
from pathlib import Path
from core.model import IndexedPage
from indexer.tantivy_index import TantivyIndex
index = TantivyIndex(Path(sys.argv[1]))
with getattr(index, sys.argv[2])() as writer:
    for i in range(1, 10**9):
        document = f"A.1987.1.{i:07d}"
        page = IndexedPage(f"{document}.p0001", document, "A.1987.1", "A", 1, "", "chưa ghi " * 300, 0.9)
        writer.replace_documents([document], [page])
        if i == 200:
            print("writing", flush=True)
"""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def fill(pages: Iterable[IndexedPage]) -> TantivyIndex:
        index = TantivyIndex(tmp_path / "index")
        held = list(pages)
        with index.writing() as writer:
            writer.replace_documents({entry.document for entry in held}, held)
        return index

    return fill


def total(index: TantivyIndex, query: str) -> int:
    return index.search(SearchRequest(query), OWNER).total


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("generation"))


def test_only_the_generation_in_use_is_kept(build: Build, page: MakePage, tmp_path: Path) -> None:
    index = build([page(1, "cũ")])
    with pytest.raises(RuntimeError), index.rebuilding():
        raise RuntimeError
    with index.writing():
        assert names(tmp_path / "index") == ["generation-0001"]
    with index.rebuilding():
        pass
    assert names(tmp_path / "index") == ["generation-0002"]


@pytest.mark.parametrize("stamp", [b'{"schema": 1, "engine": "tantivy 0.19.0"}', b"\xff\x00", b"[]", None])
def test_index_of_another_version_asks_for_a_rebuild(
    build: Build, page: MakePage, tmp_path: Path, stamp: bytes | None
) -> None:
    index = build([page(1, "cũ")])
    path = tmp_path / "index" / "generation-0001" / "butluc-index.json"
    path.unlink() if stamp is None else path.write_bytes(stamp)
    fresh = TantivyIndex(tmp_path / "index")
    with pytest.raises(MissingToolError) as refused:
        total(fresh, "cũ")
    assert "butluc index rebuild" in refused.value.remedy("en")
    with pytest.raises(MissingToolError), fresh.writing():
        pass
    with fresh.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
    assert (total(fresh, "mới"), total(index, "mới")) == (1, 1)


@pytest.mark.parametrize("content", [b"generation-0009\n", b"../elsewhere", b"", b"\xff"])
def test_pointer_that_names_nothing_asks_for_a_rebuild(
    build: Build, page: MakePage, tmp_path: Path, content: bytes
) -> None:
    build([page(1, "cũ")])
    (tmp_path / "index" / "current").write_bytes(content)
    index = TantivyIndex(tmp_path / "index")
    with pytest.raises(MissingToolError):
        total(index, "cũ")
    with index.rebuilding() as writer:
        writer.replace_documents([page(1, "").document], [page(1, "mới")])
    assert total(index, "mới") == 1


def test_damaged_engine_file_asks_for_a_rebuild(build: Build, page: MakePage, tmp_path: Path) -> None:
    build([page(1, "cũ")])
    (tmp_path / "index" / "generation-0001" / "meta.json").write_text(json.dumps({"segments": 7}))
    with pytest.raises(MissingToolError) as refused:
        total(TantivyIndex(tmp_path / "index"), "cũ")
    assert refused.value.code == "indexer.rebuild-needed"


@pytest.mark.parametrize("suffix", [".idx", ".pos", ".term", ".store", ".fast"])
def test_flipped_bytes_never_crash_a_search(build: Build, page: MakePage, tmp_path: Path, suffix: str) -> None:
    build([page(i, f"tòa án nhân dân {i} " * 9) for i in range(1, 200)])
    (path,) = (tmp_path / "index" / "generation-0001").glob("*" + suffix)
    whole = path.read_bytes()
    for start in range(0, len(whole), max(1, len(whole) // 12)):
        path.unlink()
        path.write_bytes(whole[:start] + bytes(255 - byte for byte in whole[start : start + 9]) + whole[start + 9 :])
        try:
            assert total(TantivyIndex(tmp_path / "index"), '"tòa án" 5') <= 199
        except MissingToolError as err:
            assert err.code == "indexer.rebuild-needed"


@pytest.mark.parametrize("act", ["writing", "rebuilding"])
def test_killed_writer_leaves_the_last_commit(build: Build, page: MakePage, tmp_path: Path, act: str) -> None:
    index = build([page(1, "đã ghi")])
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "index"), act], cwd=root, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "writing\n"
        child.send_signal(signal.SIGKILL)
    assert (total(index, "đã"), total(index, "chưa")) == (1, 0)
    with index.writing() as writer:
        writer.replace_documents([page(2, "").document], [page(2, "sau đó")])
    assert (index.count(), total(index, "chưa")) == (2, 0)
    assert names(tmp_path / "index") == ["generation-0001"]


def test_an_index_that_may_not_be_written_is_not_called_damaged(build: Build, page: MakePage, tmp_path: Path) -> None:
    build([page(1, "tranh chấp đất đai")])
    ask = """
import sys
from pathlib import Path
from core.errors import ButlucError
from core.model import owner
from indexer.port import SearchRequest
from indexer.tantivy_index import TantivyIndex
try:
    print(TantivyIndex(Path(sys.argv[1])).search(SearchRequest("đất"), owner("x")).total)
except ButlucError as err:
    print(err.code)
"""
    held = [tmp_path / "index", *(tmp_path / "index").rglob("*")]
    for path in held:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        command = [*UNPRIVILEGED, sys.executable, "-c", ask, str(tmp_path / "index")]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        for path in held:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert said.strip() == "core.no-permission"
