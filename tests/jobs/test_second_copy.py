"""A second copy is kept in step, checked, and heals the store as the store heals it; an absent one delays nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from archive.inventory import sidecar
from jobs.home import Home
from jobs.seals import SealBook
from support.copies import tree
from support.inside import inside as call

CASE = "TAND-DA.DS.1987.00042"


@pytest.fixture
def disk(home: Path, tmp_path: Path) -> Path:
    """A medium that is there, named in the settings, with no copy on it yet."""
    disk = tmp_path / "ổ hai"
    disk.mkdir()
    name_copy(home, "hai", disk / "store")
    return disk


@pytest.fixture
def pair(home: Path, disk: Path) -> tuple[Path, Path]:
    """Home and the storage root of a copy that is in step."""
    assert call(home, "copies", "init", "hai").code == 0
    assert call(home, "copies", "sync").code == 0
    return home, disk / "store"


def name_copy(home: Path, name: str, path: Path) -> None:
    with (home / "butluc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[[copies]]\nname = {json.dumps(name)}\npath = {json.dumps(str(path))}\n")


def pdf(root: Path, ordinal: int = 1) -> Path:
    return next(root.rglob(f"*.{ordinal:07}.pdf"))


def acts(home: Path, act: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = call(home, "audit", "log", "--act", act).data["events"]
    return found


def test_copy_is_begun_by_a_person_and_then_kept_in_step(home: Path, disk: Path) -> None:
    answer = call(home, "process")
    assert answer.code == 0 and answer.data["copies"][0]["in_step"] is False
    assert "copies init" in answer.stderr and list(disk.iterdir()) == []
    assert call(home, "copies", "sync").code == 1
    made = call(home, "copies", "init", "hai")
    assert made.code == 0 and made.data["path"] == str(disk / "store")
    answer = call(home, "process")
    assert answer.data["copies"] == [{"name": "hai", "in_step": True, "problem": None}]
    assert tree(disk / "store") == tree(home / "store")
    status = call(home, "copies", "status").data
    assert status["in_step"] and status["copies"][0]["case_files"] == 1
    assert [event["details"] for event in acts(home, "copy")] == [{"versions": 1, "case_files": 1}]


def test_a_copy_of_another_archive_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    home, root = pair
    other = tmp_path / "other"
    call(other, "init")
    name_copy(other, "hai", root)
    answer = call(other, "copies", "sync")
    assert answer.code == 1 and answer.data["unreachable"][0]["code"] == "archive.copy-foreign"
    assert call(other, "copies", "status").data["copies"][0]["state"] == "foreign"
    assert call(other, "copies", "init", "hai").code == 2
    assert call(home, "copies", "sync", "ba").data["error"]["code"] == "jobs.no-copy"


def test_seals_are_told_with_the_publication_and_only_once(home: Path) -> None:
    seals = acts(home, "seal")
    assert [seal["object"] for seal in seals] == [CASE] and seals[0]["details"]["version"] == "v1"  # type: ignore[index]
    call(home, "rebuild")
    assert acts(home, "seal") == seals


def test_versions_of_an_earlier_release_are_sealed_late(home: Path) -> None:
    opened = Home.open(home)
    sealed = SealBook(opened).of(CASE)
    opened.catalogue.close()
    segment = next((home / "audit").glob("events-*.jsonl"))
    without = [line for line in segment.read_text(encoding="utf-8").splitlines() if '"act":"seal"' not in line]
    segment.write_text("".join(f"{line}\n" for line in without), encoding="utf-8")
    call(home, "fixity", "run")
    assert [seal["details"]["inventory"] for seal in acts(home, "seal")] == [sealed["v1"]]  # type: ignore[index]


def test_damage_is_found_healed_told_and_kept_aside(pair: tuple[Path, Path]) -> None:
    home, root = pair
    sound = tree(home / "store")
    pdf(home / "store").write_bytes(b"rotten")
    pdf(root, 2).unlink()
    answer = call(home, "fixity", "run")
    assert answer.code == 1 and answer.data["healed"] == 2 and answer.data["broken"] == 0
    assert [(row["copy"], row["what"], row["source"]) for row in answer.data["damaged"]] == [
        ("store", "changed", "hai"),
        ("hai", "missing", "store"),
    ]
    assert "ALARM" in answer.stderr
    assert tree(home / "store") == tree(root) == sound
    kept = [path for path in (home / "quarantine").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [b"rotten"]
    assert len(acts(home, "damage")) == 2 and len(acts(home, "heal")) == 2
    assert call(home, "fixity", "run").code == 0
    assert call(home, "verify", "--copy", "all").data["broken"] == []
    assert call(home, "audit", "verify").data["ok"]


def test_damage_without_a_good_copy_is_exit_5_and_stays_known(home: Path) -> None:
    pdf(home / "store").write_bytes(b"rotten")
    answer = call(home, "fixity", "run")
    assert answer.code == 5 and answer.data["broken"] == 1
    status = call(home, "fixity", "status").data
    assert status["percent"] == 0.0 and [row["id"] for row in status["broken"]] == [CASE]


def test_a_case_file_that_is_gone_from_one_side_comes_back(pair: tuple[Path, Path]) -> None:
    home, root = pair
    sound = tree(root)
    for place in (home / "store", root):
        shutil.rmtree(next(path for path in place.iterdir() if len(path.name) == 3))
        if place != root:
            assert call(home, "verify").code == 5
        answer = call(home, "fixity", "run")
        assert answer.code == 1 and [row["what"] for row in answer.data["damaged"]] == ["no-object"]
        assert tree(home / "store") == tree(root) == sound


def test_an_emptied_store_is_not_filled_again_by_itself(pair: tuple[Path, Path]) -> None:
    home, _ = pair
    shutil.rmtree(home / "store")
    (home / "store").mkdir()
    assert call(home, "fixity", "run").code == 5
    assert list((home / "store").iterdir()) == []


def test_a_forged_store_is_found_by_verify_and_healed_by_fixity(pair: tuple[Path, Path]) -> None:
    home, root = pair
    for name in ("", "v1"):
        folder = next((home / "store").glob("*/*/*/*")) / name
        data = (folder / "inventory.json").read_bytes().replace(b"process", b"prozess")
        (folder / "inventory.json").write_bytes(data)
        (folder / "inventory.json.sha512").write_bytes(sidecar(data))
    answer = call(home, "verify")
    assert answer.code == 5 and {row["what"] for row in answer.data["broken"]} == {"changed"}
    assert call(home, "copies", "sync").code == 0
    assert call(home, "fixity", "run").code == 1
    assert tree(home / "store") == tree(root)


def test_verify_looks_at_copies_and_heals_nothing(pair: tuple[Path, Path]) -> None:
    home, root = pair
    pdf(root).write_bytes(b"rotten")
    assert call(home, "verify").code == 0
    answer = call(home, "verify", "--copy", "hai")
    assert answer.code == 5 and [(row["copy"], row["what"]) for row in answer.data["broken"]] == [("hai", "changed")]
    assert pdf(root).read_bytes() == b"rotten"
    assert call(home, "verify", "--copy", "ba").code == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET label = 'khác'",
        "UPDATE document SET record = json_set(record, '$.title', 'khác') WHERE ordinal = 2",
        "UPDATE document SET published_key = NULL WHERE ordinal = 1",
        "UPDATE case_file SET version = 'v9'",
        "UPDATE page SET image = json_set(image, '$.sha256', 'khác')",
        "DELETE FROM page WHERE number = 2",
    ],
)
def test_a_changed_catalogue_row_is_found_and_copied_anew(home: Path, change: str) -> None:
    before = rows(home)
    with sqlite3.connect(home / "catalogue.db") as connection:
        connection.execute(change)
    connection.close()
    assert rows(home) != before
    answer = call(home, "fixity", "run")
    assert answer.code == 1
    assert {(row["copy"], row["what"], row["healed"]) for row in answer.data["damaged"]} == {
        ("catalogue", "catalogue", True)
    }
    assert rows(home) == before
    assert call(home, "fixity", "run").code == 0


def rows(home: Path) -> list[list[tuple[object, ...]]]:
    with sqlite3.connect(home / "catalogue.db") as connection:
        found = [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("batch", "case_file", "document", "page")
        ]
    connection.close()
    return found


def test_a_budget_goes_on_where_it_stopped_and_survives_a_rebuild(pair: tuple[Path, Path]) -> None:
    home, _ = pair
    first = call(home, "fixity", "run", "--bytes", "1").data
    assert (first["checked"], first["left"], first["percent"]) == (1, 1, 50.0)
    before = call(home, "fixity", "status", "--days", "7").data
    for path in home.glob("catalogue.db*"):
        path.unlink()
    call(home, "rebuild")
    assert call(home, "fixity", "status", "--days", "7").data == before
    second = call(home, "fixity", "run", "--bytes", "1").data
    assert (second["checked"], second["left"], second["percent"]) == (1, 1, 100.0)
    checks = [json.loads(line) for path in (home / "fixity").iterdir() for line in path.read_text().splitlines()]
    assert [(check["root"], check["result"]) for check in checks] == [
        ("hai", "copied"),
        ("store", "good"),
        ("hai", "good"),
    ]
