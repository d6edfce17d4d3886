"""A home whose index is a cluster: what waits is told and caught up with by itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.home import Home
from support.elastic import ElasticNode, settings_of
from support.line import call

AWAY = "https://127.0.0.1:1"


def enter(home: Path, node: ElasticNode, url: str | None = None) -> None:
    """Give the home a cluster: the node, or an address where nothing answers."""
    settings = settings_of(node, f"nha-{abs(hash(home))}")
    path = home / "butluc.toml"
    text = path.read_text(encoding="utf-8").split("[index]")[0]
    rows = {"url": url or settings.url, "prefix": settings.prefix, "ca": str(settings.ca), "user": settings.user}
    rows["password_file"] = str(settings.password_file)
    path.write_text(text + "[index]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in rows.items()))


def test_home_moves_to_a_cluster_and_back_by_its_settings(home: Path, elastic_node: ElasticNode) -> None:
    before, found = Home.open(home).index.digest(), call(home, "search", "tranh chấp").data
    enter(home, elastic_node, AWAY)
    waiting = call(home, "index", "status")
    assert waiting.code == 4 and waiting.data["indexed_pages"] is None and not waiting.data["in_step"]
    assert AWAY in waiting.data["problem"]
    assert call(home, "search", "tranh chấp").code == 4
    went_on = call(home, "process")
    assert went_on.code == 0 and went_on.data["index"]["problem"] and not went_on.data["index"]["in_step"]

    enter(home, elastic_node)
    status = call(home, "index", "status").data
    assert (status["engine"], status["indexed_pages"], len(status["waiting"])) == ("elasticsearch", 0, 2)
    caught_up = call(home, "process").data["index"]
    assert caught_up == {"in_step": True, "waiting": 0, "problem": None, "rejected": []}
    assert call(home, "index", "status").data["in_step"]
    assert Home.open(home).index.digest() == before
    again = call(home, "search", "tranh chấp").data
    assert {**again, "took_ms": 0} == {**found, "took_ms": 0}

    index = Home.open(home).index
    with index.rebuilding():  # somebody has emptied the cluster
        pass
    assert len(call(home, "index", "status").data["waiting"]) == 2
    assert call(home, "process").data["index"]["in_step"]
    assert Home.open(home).index.digest() == before
    tools = {tool["name"]: tool for tool in call(home, "doctor").data["tools"]}
    assert tools["elasticsearch"]["good"] and tools["elasticsearch"]["version"].startswith("elasticsearch 8.")


def test_doctor_says_what_is_wrong_with_the_cluster(home: Path, elastic_node: ElasticNode) -> None:
    enter(home, elastic_node, AWAY)
    (tool,) = (tool for tool in call(home, "doctor").data["tools"] if tool["name"] == "elasticsearch")
    assert not tool["good"] and AWAY in tool["install"]


REBUILD = """
import os, signal, sys
from pathlib import Path
from jobs.home import Home
from jobs import indexing
def die(done, total):
    if done == total:
        os.kill(os.getpid(), signal.SIGKILL)
indexing.rebuild_index(Home.open(Path(sys.argv[1])), die)
"""


@pytest.mark.parametrize("cluster", [False, True])
def test_killed_rebuild_is_gone_on_with(home: Path, request: pytest.FixtureRequest, cluster: bool) -> None:
    if cluster:
        enter(home, request.getfixturevalue("elastic_node"))
        assert call(home, "process").code == 0
    before, identity = Home.open(home).index.digest(), Home.open(home).index.identity()
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", REBUILD, str(home)], cwd=root, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    begun = json.loads((home / "index" / "rebuild.jsonl").read_text().splitlines()[0])["generation"]
    assert Home.open(home).index.identity() == identity  # the old one serves
    answer = call(home, "index", "rebuild")
    assert answer.code == 0 and answer.data["indexed_pages"] == 3 and answer.data["rejected"] == []
    assert Home.open(home).index.identity() == begun != identity
    assert Home.open(home).index.digest() == before
    assert call(home, "index", "status").data["in_step"]
    assert not (home / "index" / "rebuild.jsonl").exists()


def test_torn_or_foreign_ledger_only_costs_a_fresh_start(home: Path) -> None:
    before = Home.open(home).index.digest()
    ledger = home / "index" / "rebuild.jsonl"
    for content in ('{"generation": "generation-0009 7"}\n{"documents": {"x": ["k", 4]', "\xff", ""):
        ledger.write_text(content, encoding="latin-1")
        assert call(home, "index", "rebuild").data["indexed_pages"] == 3
        assert Home.open(home).index.digest() == before


def test_emptied_index_folder_is_filled_by_the_next_run(home: Path) -> None:
    before = Home.open(home).index.digest()
    for name in ("current", "state.json"):
        (home / "index" / name).unlink()
    assert len(call(home, "index", "status").data["waiting"]) == 2
    assert call(home, "process").data["index"]["in_step"]
    assert Home.open(home).index.digest() == before
