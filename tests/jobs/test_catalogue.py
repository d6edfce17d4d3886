"""The catalogue can be lost, damaged or half made: a sentence says so, and it is made again from what is true."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bench.snapshot import catalogue, snapshot
from core.errors import BadInputError
from core.ids import document_id
from jobs.catalogue import BatchRow, Catalogue
from jobs.home import Home
from support.line import call

CASE = "TAND-DA.DS.1987.00042"


def test_a_damaged_catalogue_is_named_and_made_again(home: Path, finished: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (home / f"catalogue.db{suffix}").unlink(missing_ok=True)
    (home / "catalogue.db").write_bytes("Đây không phải là danh mục.".encode() * 500)
    for args in (("process",), ("search", "đất"), ("audit", "progress")):
        answer = call(home, *args)
        assert (answer.code, answer.data["error"]["code"]) == (4, "jobs.catalogue-damaged")
    assert call(home, "rebuild").code == 0
    assert snapshot(home) == snapshot(finished)


def test_a_catalogue_whose_making_was_killed_is_made(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.db") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    made = Catalogue(tmp_path / "catalogue.db")
    assert made.documents() == [] and made.batches() == {}
    made.close()


def test_tables_are_made_all_or_none(tmp_path: Path) -> None:
    made = Catalogue(tmp_path / "catalogue.db")
    with pytest.raises(ZeroDivisionError), made.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE half (made TEXT)")
        raise ZeroDivisionError
    made.close()
    with sqlite3.connect(tmp_path / "catalogue.db") as raw:
        assert "half" not in {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
    raw.close()


def test_ordinals_that_a_killed_ingest_reserved_are_given_again(tmp_path: Path) -> None:
    made = Catalogue(tmp_path / "catalogue.db")
    assert [made.reserve(CASE, "lo-1", "court-a4") for _ in range(3)] == [1, 2, 3]
    assert made.reserve(CASE, "lo-2", "court-a4") == 4
    labels = {document_id(CASE, 1): {"label": "Đơn khởi kiện", "profile": "court-a4"}}
    made.put_batch(BatchRow("lo-1", "open", 1), [], labels, ready=())
    assert made.reserved(CASE, "lo-1") == [2, 3]
    made.close()


def test_a_document_whose_source_is_not_taken_to_its_end_waits(tmp_path: Path) -> None:
    made = Catalogue(tmp_path / "catalogue.db")
    name = document_id(CASE, 1)
    labels = {name: {"label": "Đơn khởi kiện", "profile": "court-a4"}}
    made.put_batch(BatchRow("lo-1", "open", 1), [], labels, ready=())
    assert made.unpublished() == [] and made.document(name) is not None
    made.put_batch(BatchRow("lo-1", "open", 2), [], labels, ready=[name])
    assert [row.id for row in made.unpublished(["lo-1"])] == [name]
    made.close()


def test_a_home_in_a_forbidden_place_is_one_sentence() -> None:
    answer = call(Path("/sys/kho-bút-lục"), "init")
    assert (answer.code, answer.data["error"]["code"]) == (3, "core.no-permission")


def test_a_publication_that_was_cut_off_is_told_once(home: Path) -> None:
    opened = Home.open(home)
    known = catalogue(opened)
    uids = opened.chain.uids()
    with opened.catalogue.transaction() as connection:
        connection.exec_driver_sql("UPDATE case_file SET version = NULL")
        connection.exec_driver_sql("UPDATE document SET published_key = NULL, indexed_key = NULL, record = NULL")
    opened.catalogue.close()
    assert call(home, "process").code == 0
    again = Home.open(home)
    assert catalogue(again) == known and again.chain.uids() == uids
    again.catalogue.close()


def test_a_catalogue_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").mkdir()
    with pytest.raises(BadInputError) as caught:
        Catalogue(tmp_path / "catalogue.db")
    assert caught.value.code == "core.no-permission"
