"""A disk without room ends a command with one sentence; with room again, the same command goes on and nothing is lost.

No file may grow beyond a limit here, which programs meet as they meet a full disk; ``bench/full_disk.py`` fills real
disks, again and again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.snapshot import leftovers, snapshot
from support.line import call, cramped

CASE = "TAND-DA.DS.1987.00042"


def test_ingest(paper: Path, finished: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert call(home, "init", "--demo").code == 0
    args = ("ingest", *map(str, sorted(paper.iterdir())), "--case-file", CASE, "--batch", "lo-1")
    assert cramped(home, 100_000, *args) == (4, "core.disk-full")
    assert call(home, *args).code == 0
    kept = ("id", "sha256", "sequence", "flags")
    pages = [[page[key] for key in kept] for page in call(home, "batch", "show", "lo-1").data["pages"]]
    assert pages == [[page[key] for key in kept] for page in call(finished, "batch", "show", "lo-1").data["pages"]]


@pytest.mark.parametrize("done", [("pages",), ("pages", "documents")])
def test_process(prepared: Path, finished: Path, tmp_path: Path, done: tuple[str, ...]) -> None:
    """The disk is full while documents are made, while they are published."""
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    for name in ("keys", *(f"cache/{name}" for name in done)):
        shutil.rmtree(home / name, ignore_errors=True)
        shutil.copytree(finished / name, home / name)
    assert cramped(home, 60_000, "process") == (4, "core.disk-full")
    assert leftovers(home) == [] and call(home, "verify").data["broken"] == []
    assert call(home, "process").code == 0
    assert snapshot(home) == snapshot(finished)


def test_a_whole_case_file_as_one_pdf(finished: Path, tmp_path: Path) -> None:
    """Each document has room, but not all of them joined."""
    home, out = tmp_path / "home", tmp_path / "ra"
    shutil.copytree(finished, home)
    args = ("export", CASE, "--format", "pdf", "--whole", str(out))
    assert cramped(home, 150_000, *args) == (4, "core.disk-full")
    assert list(out.rglob("*.pdf")) == []
    assert call(home, *args).code == 0 and (out / f"{CASE}.pdf").stat().st_size > 150_000
