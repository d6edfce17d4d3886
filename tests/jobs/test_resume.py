"""Killed at any moment and started again, the line makes the same archive: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jobs.home import Home
from support.line import ROOT, call

CASE = "TAND-DA.DS.1987.00042"


def dump(root: Path) -> dict[str, Any]:
    """What must not depend on how often the line was killed: pages, texts, index."""
    home = Home.open(root)
    files = home.store.files(CASE)
    texts = {path: file.path.read_bytes() for path, file in files.items() if path.endswith(".alto.xml")}
    records = [json.loads(file.path.read_bytes()) for path, file in files.items() if path.endswith("document.json")]
    pages = sorted((page["id"], page["sha256"]) for record in records for page in record["pages"])
    return {"texts": texts, "pages": pages, "index": home.index.digest(), "count": home.index.count()}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, paper: Path) -> Path:
    """A home with the paper taken in and nothing processed."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    call(home, "init", "--demo")
    folders = [str(path) for path in sorted(paper.iterdir())]
    assert call(home, "ingest", *folders, "--case-file", CASE, "--batch", "lo-1").code == 0
    return home


@pytest.mark.parametrize("seed", range(6))
def test_kill_at_random_moments_then_resume(prepared: Path, finished: Path, tmp_path: Path, seed: int) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    draw = random.Random(seed)
    for _ in range(2):
        command = [sys.executable, "-m", "cli", "--home", str(home), "process", "--jobs", "2"]
        with subprocess.Popen(
            command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            time.sleep(draw.uniform(0.5, 9.0))
            os.killpg(child.pid, signal.SIGKILL)
    assert call(home, "process").code == 0
    assert dump(home) == dump(finished)
    assert call(home, "verify").data["broken"] == []
    assert call(home, "audit", "verify").data["ok"]
    assert call(home, "audit", "progress").data["total"]["percent"] == 100.0


def test_two_runs_at_once_one_works_and_the_other_says_so(prepared: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    command = [sys.executable, "-m", "cli", "--home", str(home), "--json", "process"]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    ended = [(child.communicate(timeout=300), child.returncode) for child in both]
    assert sorted(code for _, code in ended) == [0, 4]
    refused = next(out for (out, _), code in ended if code == 4)
    assert json.loads(refused)["error"]["code"] == "core.busy"
    assert call(home, "audit", "progress").data["total"]["percent"] == 100.0


def test_ctrl_c_ends_with_130_and_resumes(prepared: Path, finished: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    command = [sys.executable, "-m", "cli", "--home", str(home), "process"]
    with subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        time.sleep(3)
        os.killpg(child.pid, signal.SIGINT)
        _, said = child.communicate(timeout=120)
    assert child.returncode == 130 and "Traceback" not in said
    assert call(home, "process").code == 0
    assert dump(home) == dump(finished)
