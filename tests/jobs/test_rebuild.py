"""Catalogue and index are copies: thrown away, they come back from journals and store as they were."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from core.config import plain
from core.events import new_event
from jobs.home import Home
from support.inside import inside
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


def tables(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the catalogue but those of events on their way into the chain."""
    connection = sqlite3.connect(root / "catalogue.db")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
        for name in names
        if name != "outbox" and not name.startswith("sqlite_")
    }
    connection.close()
    return found


def test_rebuild_gives_the_same_tables_with_what_waits_and_what_was_checked(home: Path, paper: Path) -> None:
    folder = str(next(iter(sorted(paper.iterdir()))))
    taken = inside(home, "ingest", folder, "--case-file", "TAND-DA.DS.1990.00007").data
    opened = Home.open(home)
    told = new_event("quarantine", taken["documents"][0], "Bút", reason="có dấu mật", code="jobs.secret-mark")
    opened.catalogue.put_reason(taken["documents"][0], "có dấu mật", told)
    opened.catalogue.close()
    inside(home, "fixity", "run")
    before = tables(home)
    assert before["fixity_check"] and any("có dấu mật" in row for row in before["document"])
    for path in home.glob("catalogue.db*"):
        path.unlink()
    shutil.rmtree(home / "index")
    assert inside(home, "rebuild").code == 0
    assert tables(home) == before


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
