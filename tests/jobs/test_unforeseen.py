"""What nobody foresaw costs one document, and what happened to the catalogue costs nothing that is kept."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from core.errors import ButlucError
from jobs.database import sql_errors
from jobs.home import Home
from jobs.profile import load_profile
from jobs.reading import PageTask, kept_reading
from jobs.worker import kept_document
from support.line import LETTER, MINUTES, call, draw_page

CASE = "TAND-DA.DS.1987.00051"


def test_a_failure_that_nobody_foresaw_costs_one_document(tmp_path: Path) -> None:
    home, paper = tmp_path / "kho", tmp_path / "giấy"
    draw_page(LETTER, paper / "1" / "quyết định.jpg")
    draw_page(MINUTES, paper / "2" / "biên bản.jpg")
    call(home, "init")
    assert call(home, "ingest", str(paper), "--case-file", CASE).code == 0
    (image,) = Home.open(home).catalogue.pages(f"{CASE}.0000001")
    in_the_way = PageTask(image, load_profile("court-a4", home).ocr, home / "cache").path
    in_the_way.mkdir(parents=True)
    answer = call(home, "process")
    assert (answer.code, answer.data["documents"]) == (1, 1)
    (failed,) = answer.data["failed"]
    assert (failed["id"], failed["code"]) == (f"{CASE}.0000001", "jobs.unforeseen")
    assert "IsADirectoryError" in failed["reason"] and "IsADirectoryError" in answer.stderr
    in_the_way.rmdir()
    again = call(home, "process")
    assert (again.code, again.data["documents"]) == (0, 1)


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    home, paper = tmp_path / "kho", tmp_path / "giấy"
    draw_page(LETTER, paper / "quyết định.jpg")
    call(home, "init")
    assert call(home, "ingest", str(paper), "--case-file", CASE).code == 0
    opened = Home.open(home)
    (image,) = opened.catalogue.pages(f"{CASE}.0000001")
    task = PageTask(image, load_profile("court-a4", home).ocr, home / "cache")
    task.path.parent.mkdir(parents=True)
    task.path.write_text('{"width": 2480, "height"')
    assert kept_reading(task) is None
    answer = call(home, "process")
    assert (answer.code, answer.data["documents"]) == (0, 1)
    assert kept_reading(task) is not None
    (record,) = (home / "cache" / "documents").rglob("document.json")
    assert kept_document(record.parent, f"{CASE}.0000001") is not None
    with (record.parent / f"{CASE}.0000001.pdf").open("ab") as pdf:
        pdf.write(b"\n")
    assert kept_document(record.parent, f"{CASE}.0000001") is None


@pytest.mark.parametrize("damage", ["garbage", "gone"])
def test_a_lost_catalogue_is_named_and_made_again(home: Path, damage: str) -> None:
    before = call(home, "show", "TAND-DA.DS.1987.00042").data
    for path in home.glob("catalogue.db*"):
        path.unlink()
    if damage == "garbage":
        (home / "catalogue.db").write_bytes(b"not a database, whatever its name says" * 50)
    for args in (("search", "tranh chấp"), ("show", "TAND-DA.DS.1987.00042"), ("process",), ("verify",)):
        answer = call(home, *args)
        assert answer.code == 4 and answer.data["error"]["code"].startswith("jobs.catalogue-"), args
        assert f"butluc --home {home} rebuild" in answer.data["error"]["remedy"]
    assert call(home, "rebuild").code == 0
    assert call(home, "show", "TAND-DA.DS.1987.00042").data == before
    assert (home / "damaged-catalogue.db").exists() == (damage == "garbage")


@pytest.mark.parametrize("name", ["journal", "audit", "store"])
def test_a_lost_folder_that_cannot_be_made_again_is_damage(home: Path, name: str) -> None:
    shutil.rmtree(home / name)
    answer = call(home, "process")
    assert answer.code == 5 and answer.data["error"]["file"] == str(home / name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_READONLY_DBMOVED", "core.no-permission"),
        ("SQLITE_FULL", "core.disk-full"),
        ("SQLITE_BUSY_SNAPSHOT", "core.busy"),
        ("SQLITE_NOTADB", "jobs.catalogue-damaged"),
        ("SQLITE_ERROR", "jobs.catalogue-failed"),
    ],
)
def test_what_sqlite_complains_of_is_said_in_our_words(name: str, said: str) -> None:
    complaint = sqlite3.OperationalError("SQL logic error")
    complaint.sqlite_errorname = name
    with pytest.raises(ButlucError) as caught, sql_errors(Path("/kho/catalogue.db")):
        raise DBAPIError("SELECT 1", {}, complaint)
    assert caught.value.code == said
