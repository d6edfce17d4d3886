"""Catalogue and index are copies: thrown away, they come back from journals and store as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.config import plain
from jobs.home import Home
from support.line import call


def dump(root: Path) -> object:
    home = Home.open(root)
    rows = home.catalogue.documents()
    return plain([rows, [home.catalogue.pages(row.id) for row in rows], home.catalogue.versions(), home.index.digest()])


def test_rebuild_brings_back_catalogue_and_index(home: Path) -> None:
    before = dump(home)
    for path in home.glob("catalogue.db*"):
        path.unlink()
    shutil.rmtree(home / "index")
    shutil.rmtree(home / "cache")
    answer = call(home, "rebuild")
    assert answer.code == 0 and answer.data["documents"] == 2
    assert dump(home) == before
    assert call(home, "search", "tranh chấp").data["total"] == 1
    assert call(home, "index", "status").data["in_step"]
    assert call(home, "process").data["documents"] == 0


def test_index_rebuild_alone(home: Path) -> None:
    before = dump(home)
    shutil.rmtree(home / "index")
    assert not call(home, "index", "status").data["in_step"]
    assert call(home, "index", "rebuild").data["indexed_pages"] == 3
    assert dump(home) == before


def test_a_newer_home_is_refused_and_left_alone(home: Path) -> None:
    settings = home / "butluc.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("version = 1", "version = 99"), encoding="utf-8")
    answer = call(home, "process")
    assert answer.code == 2 and answer.data["error"]["code"] == "jobs.newer-home"
