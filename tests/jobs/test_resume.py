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

import pytest

from bench.snapshot import leftovers, snapshot
from support.line import ROOT, call


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
    assert snapshot(home) == snapshot(finished) and leftovers(home) == []
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


@pytest.mark.parametrize(
    ("number", "group", "begun"),
    [
        (signal.SIGINT, True, "cache/work"),
        (signal.SIGINT, True, "cache/pages/*/*.json"),
        (signal.SIGTERM, False, "cache/work"),
        (signal.SIGHUP, True, "cache/pages/*/*.json"),
    ],
)
def test_told_to_end_it_says_so_at_once_and_resumes(
    prepared: Path, finished: Path, tmp_path: Path, number: signal.Signals, group: bool, begun: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    command = [sys.executable, "-m", "cli", "--home", str(home), "--lang", "vi", "process", "--jobs", "2"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # background jobs and nohup ignore some
    ) as child:
        while child.poll() is None and not list(home.glob(begun)):
            time.sleep(0.01)
        (os.killpg if group else os.kill)(child.pid, number)
        out, said = child.communicate(timeout=20)
    assert child.returncode == 130 and out == ""
    assert said.strip().startswith("butluc: Đã dừng theo yêu cầu. ") and said.strip().count("\n") == 0
    assert not (home / "cache" / "work").exists()
    assert call(home, "process").code == 0
    assert snapshot(home) == snapshot(finished)


def test_an_ingest_that_ended_unseen_is_named_when_it_is_repeated(prepared: Path, paper: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    args = ("ingest", *map(str, sorted(paper.iterdir())), "--case-file", "TAND-DA.DS.1990.00007")
    first, again = call(home, *args), call(home, *args)
    assert (again.code, again.data["batch"], again.data["pages"]) == (0, first.data["batch"], [])
    assert len(again.data["duplicates"]) == len(first.data["pages"]) == 3
    assert [batch["held"] for batch in call(home, "batch", "list").data["batches"]] == [3, 3]
    told = call(home, "audit", "log", "--act", "ingest").data["events"]
    assert [event["object"] for event in told] == ["lo-1", first.data["batch"]]
