"""Periods and what is due; lists by two persons; destruction in every copy, whole after any kill, and for good."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import sha256_file
from jobs.destruction import destroy
from jobs.home import Home
from jobs.medium import Medium
from jobs.retention_rules import read_rules
from jobs.tombstones import contradictions
from support.forks import in_fork
from support.inside import inside as call
from support.line import draw_page

CASE = "TAND-DA.DS.1987.00042"
OTHER = "TAND-DA.VP.1990.00007"
TEXT = """TÒA ÁN NHÂN DÂN HUYỆN ĐÔNG ANH
Đông Anh, ngày 03 tháng 4 năm 1990
CÔNG VĂN
Về việc mượn lại hồ sơ thi hành án của ông Trần Văn Mộc."""


@pytest.fixture(scope="module")
def two(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two case files, the second to be kept for ten years, with a copy and a backup medium."""
    work = tmp_path_factory.mktemp("two")
    home = Path(shutil.copytree(finished, work / "home"))
    with (home / "butluc.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[copies]]\nname = "hai"\npath = "../second"\n')
    assert call(home, "copies", "init", "hai").code == 0
    page = draw_page(TEXT, work / "giấy" / "công văn.png")
    assert call(home, "ingest", str(page.parent), "--case-file", OTHER, "--batch", "lo-2").code == 0
    assert call(home, "process").code == 0
    assert call(home, "backup", str(work / "disk"), "--with-keys").code == 0
    assert call(home, "describe", OTHER, "--set", "maintenance=06", "--set", "endDate=1990").code == 0
    assert call(home, "backup", str(work / "disk"), "--incremental", "--with-keys").code == 0
    return work


@pytest.fixture
def work(two: Path, tmp_path: Path) -> Path:
    """A folder with the home, its copy and its backup medium, free to be changed."""
    for name in ("home", "second", "second.butluc"):
        shutil.copytree(two / name, tmp_path / name)
    _move_backups(tmp_path, two)
    return tmp_path


def _move_backups(target: Path, origin: Path) -> None:
    """The chain names the medium by its path: a link leads from there to the test's own."""
    disk = origin / "disk"
    if disk.is_symlink():
        disk.unlink()
    elif disk.is_dir():
        disk.rename(origin / "disk-kept")
    shutil.copytree(origin / "disk-kept", target / "disk")
    disk.symlink_to(target / "disk")


def approved(home: Path) -> str:
    """A list with the second case file, approved."""
    answer = call(home, "retention", "propose", "--by", "Lê Thu")
    assert answer.code == 0, answer
    number: str = answer.data["list"]["number"]
    assert [item["id"] for item in answer.data["list"]["items"]] == [OTHER]
    assert call(home, "retention", "approve", number, "--by", "Phạm Bình", "--reason", "QĐ 15/2026").code == 0
    return number


def code(answer: Any) -> str:
    return str(answer.data["error"]["code"])


def test_periods_come_from_rules_and_people_and_the_unknown_is_never_due(work: Path, tmp_path: Path) -> None:
    home = work / "home"
    answer = call(home, "retention", "status", "--year", "2000").data
    rows = {row["id"]: row for row in answer["case_files"]}
    assert (rows[CASE]["state"], rows[CASE]["code"], rows[CASE]["certainty"]) == ("permanent", "01", "D")
    assert (rows[OTHER]["state"], rows[OTHER]["due"], rows[OTHER]["end_from"]) == ("running", 2001, "said")
    assert answer["counts"] == {"due": 0, "running": 1, "permanent": 1, "unknown": 0, "held": 0}
    due = call(home, "retention", "due", "--year", "2001", "--csv", str(tmp_path / "đến hạn.csv")).data
    assert [row["id"] for row in due["due"]] == [OTHER] and due["unknown"] == []
    with (tmp_path / "đến hạn.csv").open(encoding="utf-8-sig") as stream:
        assert [row["id"] for row in csv.DictReader(stream)] == [OTHER]
    call(home, "describe", OTHER, "--set", "endDate=")
    told = call(home, "retention", "status", OTHER).data["case_files"][0]
    assert told["state"] == ("due" if told["end"] else "unknown")
    call(home, "describe", OTHER, "--set", "maintenance=07")
    assert call(home, "retention", "status", OTHER).data["case_files"][0]["why"] == "period"
    call(home, "describe", OTHER, "--set", "maintenance=")
    (row,) = call(home, "retention", "due").data["unknown"]
    assert (row["id"], row["why"]) == (OTHER, "no-rule")


def test_the_longest_period_of_a_mixed_file_counts(work: Path) -> None:
    home = work / "home"
    call(home, "describe", f"{OTHER}.0000001", "--set", "maintenance=02")
    assert call(home, "retention", "status", OTHER, "--year", "2050").data["case_files"][0]["due"] == 1990 + 70 + 1
    call(home, "describe", f"{OTHER}.0000001", "--set", "maintenance=01")
    assert call(home, "retention", "status", OTHER).data["case_files"][0]["state"] == "permanent"


@given(st.sets(st.sampled_from(["01", "02", "03", "04", "05", "06", "07"]), min_size=1))
def test_longest_is_permanent_then_unknown_then_most_years(codes: set[str]) -> None:
    expected = next(code for code in ("01", "07", "02", "03", "04", "05", "06") if code in codes)
    assert read_rules(Path("không có")).longest(codes) == expected


def test_a_home_s_own_rules_come_first_and_a_mistake_in_them_is_named(work: Path) -> None:
    home = work / "home"
    rules = home / "retention" / "rules.toml"
    rules.parent.mkdir()
    rule = '[[rule]]\nname = "riêng"\nfonds = ["TAND-DA.D?"]\ncode = "05"\nsource = "QĐ 7"\ncertainty = "T"\n'
    rules.write_text(rule, encoding="utf-8")
    row = call(home, "retention", "status", CASE).data["case_files"][0]
    assert (row["rule"], row["code"], row["source"]) == ("riêng", "05", "QĐ 7")
    rules.write_text(rule.replace('"05"', '"5"'), encoding="utf-8")
    answer = call(home, "retention", "status")
    assert answer.code == 3 and code(answer) == "core.config-bad-value"


def test_a_hold_keeps_a_case_file_or_its_fonds_until_it_is_released(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    assert call(home, "retention", "hold", "TAND-DA.VP", "--reason", "kiện đòi nhà").code == 0
    assert code(call(home, "retention", "hold", "TAND-DA.VP", "--reason", "x")) == "jobs.hold-already"
    assert call(home, "retention", "due").data["due"] == []
    answer = call(home, "retention", "destroy", number, "--confirm", number)
    assert answer.code == 3 and code(answer) == "jobs.list-changed"
    assert call(home, "show", OTHER).code == 0
    assert call(home, "rebuild").code == 0
    assert call(home, "retention", "status", OTHER).data["case_files"][0]["why"] == "kiện đòi nhà"
    assert call(home, "retention", "release", "TAND-DA.VP", "--reason", "đã xử xong").code == 0
    assert code(call(home, "retention", "release", "TAND-DA.VP", "--reason", "x")) == "jobs.hold-none"
    assert [row["id"] for row in call(home, "retention", "due").data["due"]] == [OTHER]


def test_two_persons_and_an_unchanged_list_are_needed(work: Path) -> None:
    home = work / "home"
    number = call(home, "retention", "propose", "--by", "Lê Thu").data["list"]["number"]
    assert code(call(home, "retention", "propose")) == "jobs.list-empty"
    assert code(call(home, "retention", "destroy", number, "--confirm", number)) == "jobs.list-state"
    same = call(home, "retention", "approve", number, "--by", " lê  THU ", "--reason", "x")
    assert same.code == 2 and code(same) == "jobs.list-same-person"
    call(home, "describe", OTHER, "--set", "title=Công văn mượn hồ sơ")
    changed = call(home, "retention", "approve", number, "--by", "Phạm Bình", "--reason", "x")
    assert changed.code == 3 and code(changed) == "jobs.list-changed"
    file = home / "retention" / "lists" / f"{number}.json"
    file.write_text(file.read_text(encoding="utf-8").replace("Lê Thu", "Lê Thơ"), encoding="utf-8")
    damaged = call(home, "retention", "approve", number, "--by", "Phạm Bình", "--reason", "x")
    assert damaged.code == 5 and code(damaged) == "jobs.list-damaged"


def test_what_is_not_due_comes_on_no_list(work: Path, tmp_path: Path) -> None:
    home = work / "home"
    table = tmp_path / "chọn.csv"
    table.write_text(f"id,ghi chú\n{CASE},\n", encoding="utf-8")
    answer = call(home, "retention", "propose", str(table))
    assert answer.code == 3 and answer.data == {"list": None, "refused": [{"id": CASE, "why": "permanent"}]}
    table.write_text("mã\nx\n", encoding="utf-8")
    assert code(call(home, "retention", "propose", str(table))) == "jobs.list-no-ids"
    assert not (home / "retention").exists()


def test_without_the_number_typed_once_more_nothing_is_done(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    plan = call(home, "retention", "destroy", number)
    assert plan.code == 0 and plan.data["case_files"] == [OTHER]
    assert [place["place"].partition(":")[0] for place in plan.data["places"]] == ["copy", "backup"]
    assert call(home, "retention", "destroy", number, "--confirm", "yes").code == 2
    assert call(home, "show", OTHER).code == 0 and call(home, "verify").data["broken"] == []


def remains(work: Path, digests: set[str]) -> list[str]:
    """Files anywhere in the home, on the copy and on the medium whose bytes are among these."""
    return [str(path) for path in work.rglob("*") if path.is_file() and sha256_file(path) in digests]


def contents(home: Path) -> set[str]:
    """Digests of the second case file's own bytes: masters, PDFs, readings, records."""
    opened = Home.open(home)
    found = {file.sha256 for file in opened.store.files(OTHER).values()}
    kept = {file.sha256 for file in opened.store.files(CASE).values()}
    opened.catalogue.close()
    return found - kept


def whole(work: Path, before: dict[str, bytes]) -> None:
    """The second case file is gone everywhere, the first is as it was, and every check is content."""
    home = work / "home"
    for root in (home / "store", work / "second"):
        assert {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.pdf")} == before
    assert [path for path in home.rglob(f"*{OTHER}*") if "tombstones" not in path.parts] == []
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        assert connection.execute("SELECT count(*) FROM case_file").fetchone() == (1,)
    assert OTHER.encode() not in (home / "catalogue.db").read_bytes()
    answer = call(home, "verify", "--copy", "all")
    assert answer.code == 0 and answer.data["broken"] == [], answer.data
    assert call(home, "audit", "verify").data["ok"]
    assert call(home, "index", "status").data["in_step"]
    assert call(home, "search", "hồ sơ", "--case", OTHER).data["total"] == 0
    assert call(home, "search", "tranh chấp").data["total"] == 1
    run = call(home, "fixity", "run")
    assert run.code == 0 and run.data["damaged"] == []
    assert call(home, "copies", "status").data["in_step"]
    assert call(home, "backup", "verify", str(work / "disk")).data["broken"] == []


@pytest.fixture
def before(work: Path) -> dict[str, bytes]:
    """The PDFs of the case file that stays."""
    store = Home.open(work / "home").store
    own = [stored.path for path, stored in store.files(CASE).items() if path.endswith(".pdf")]
    return {str(path.relative_to(store.root)): path.read_bytes() for path in own}


def test_what_is_destroyed_is_gone_everywhere_and_does_not_come_back(
    work: Path, before: dict[str, bytes], tmp_path: Path
) -> None:
    home = work / "home"
    exported = call(home, "export", OTHER, "--format", "bagit", str(tmp_path / "ngoài"))
    package = tmp_path / "gói.zip"
    Path(exported.data["exported"][0]["path"]).rename(package)
    shutil.rmtree(tmp_path / "ngoài")
    assert call(home, "search", "hồ sơ", "--case", OTHER).data["total"] == 1
    digests, number = contents(home), approved(home)
    assert remains(work, digests)
    answer = call(home, "retention", "destroy", number, "--confirm", number, "--by", "Đỗ Quang")
    assert answer.code == 0 and answer.data["state"] == "destroyed" and answer.data["pending"] == []
    assert remains(work, digests) == []
    whole(work, before)
    told = json.loads((home / "tombstones" / f"{OTHER}.json").read_bytes())
    assert (told["details"]["documents"], len(told["details"]["pdfs"]), told["details"]["pages"]) == (1, 1, 1)
    assert (told["who"], told["details"]["proposed_by"], told["details"]["approved_by"]) == (
        "Đỗ Quang",
        "Lê Thu",
        "Phạm Bình",
    )
    assert code(call(home, "retention", "destroy", number, "--confirm", number)) == "jobs.list-state"
    (failed,) = call(home, "import", str(package)).data["failed"]
    assert failed["code"] == "jobs.destroyed"
    assert code(call(home, "restore", str(work / "disk"), "--case-file", OTHER)) == "jobs.destroyed"
    page = draw_page("Trang mới", tmp_path / "mới.png")
    assert code(call(home, "ingest", str(page), "--case-file", OTHER)) == "jobs.destroyed"
    assert call(home, "rebuild").code == 0
    whole(work, before)
    assert call(home, "process").data["documents"] == 0
    assert call(home, "audit", "progress").data["total"]["taken"] == 3


@pytest.mark.parametrize("generation", ["000001", "000002"])
def test_a_home_restored_from_any_generation_knows_of_it(work: Path, generation: str, tmp_path: Path) -> None:
    home = work / "home"
    digests, number = contents(home), approved(home)
    call(home, "retention", "destroy", number, "--confirm", number)
    back = tmp_path / "lại" / "home"
    assert call(home, "restore", str(work / "disk"), "--to", str(back), "--at", generation).code == 0
    assert remains(back, digests) == []
    checked = call(back, "verify")
    assert checked.code == 0 and checked.data["broken"] == [], checked
    assert code(call(back, "show", OTHER)) == "jobs.destroyed"
    assert (back / "tombstones" / f"{OTHER}.json").exists()


def test_a_place_that_cannot_be_reached_waits_for_a_hand_or_the_next_call(work: Path, before: dict[str, bytes]) -> None:
    home = work / "home"
    digests, number = contents(home), approved(home)
    for name in ("second", "second.butluc", "disk"):
        (work / name).rename(work / f"away-{name}")
    answer = call(home, "retention", "destroy", number, "--confirm", number)
    assert answer.code == 1 and answer.data["state"] == "pending"
    copy, medium = (place["place"] for place in answer.data["pending"])
    assert copy == "copy:hai" and medium.startswith("backup:")
    assert call(home, "verify").data["broken"] == []
    for name in ("second", "second.butluc"):
        (work / f"away-{name}").rename(work / name)
    answer = call(home, "retention", "destroy", number, "--confirm", number)
    assert [place["place"] for place in answer.data["pending"]] == [medium]
    assert code(call(home, "retention", "confirm", number, "--place", "x", "--reason", "y")) == "jobs.no-place"
    done = call(home, "retention", "confirm", number, "--place", medium, "--reason", "biên bản tiêu hủy ổ đĩa")
    assert done.data["state"] == "destroyed" and done.data["pending"] == []
    shutil.rmtree(work / "away-disk")
    assert remains(work, digests) == []
    assert call(home, "copies", "status").data["copies"][0]["case_files"] == 1


def test_killed_at_any_step_and_called_again_it_is_whole_and_never_called_whole_before(
    work: Path, before: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = work / "home"
    digests, number = contents(home), approved(home)
    sound = tmp_path_factory.mktemp("sound")
    for name in ("home", "second", "second.butluc", "disk"):
        shutil.copytree(work / name, sound / name)
    stop, seen = 1, 0
    while in_fork(_destruction(home, number), stop):
        half = bool(remains(work, digests))
        in_store = any((home / "store").rglob(f"{OTHER}*.pdf"))
        assert (OTHER in half_destroyed(home)) == in_store, stop
        state = call(home, "retention", "lists", number).data["lists"][0]["state"]
        assert state == "begun", stop
        again = call(home, "retention", "destroy", number, "--confirm", number)
        assert again.code == 0, (stop, again)
        assert remains(work, digests) == []
        seen += half
        if stop == 1:
            whole(work, before)
        for name in ("home", "second", "second.butluc", "disk"):
            shutil.rmtree(work / name)
            shutil.copytree(sound / name, work / name)
        stop += 2
    assert stop > 12 and seen >= 5


def half_destroyed(home: Path) -> set[str]:
    """What ``verify`` would name as such."""
    opened = Home.open(home)
    found = {entry["id"] for entry in contradictions(opened) if entry["what"] == "half-destroyed"}
    opened.catalogue.close()
    return found


def _destruction(home: Path, number: str) -> Callable[[Callable[[str], None]], object]:
    return lambda step: destroy(Home.open(home), number, "Đỗ Quang", step=step)


def test_a_forged_or_lost_tombstone_is_damage(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    call(home, "retention", "destroy", number, "--confirm", number)
    tombstone = home / "tombstones" / f"{OTHER}.json"
    sound = tombstone.read_bytes()
    tombstone.write_bytes(sound.replace("Phạm Bình".encode(), "Phạm Bính".encode()))
    assert call(home, "verify").data["broken"][0]["what"] == "tombstone: changed"
    tombstone.unlink()
    assert call(home, "verify").data["broken"][0]["what"] == "tombstone: missing"
    tombstone.write_bytes(sound)
    forged = home / "tombstones" / f"{CASE}.json"
    forged.write_bytes(sound)
    shutil.rmtree(home / "store" / Home.open(home).store.place(CASE).parts[0])
    found = {(entry["id"], entry["what"]) for entry in call(home, "verify").data["broken"]}
    assert found == {(CASE, "missing"), (CASE, "tombstone: unproven")}


def test_a_master_that_another_case_file_needs_binds_the_two(finished: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(finished, tmp_path / "home"))
    page = f"{CASE}.0000002.p0002"
    assert call(home, "page", "move", page, "--to", OTHER, "--reason", "sắp nhầm").code == 0
    assert call(home, "process").code == 0
    assert call(home, "describe", OTHER, "--set", "maintenance=06", "--set", "endDate=1990").code == 0
    answer = call(home, "retention", "propose", "--by", "Lê Thu")
    assert answer.code == 3 and answer.data["refused"] == [{"id": OTHER, "why": f"shared: {CASE}"}]


def test_old_manifests_hold_neither_bytes_nor_rows(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    counted = [Medium.open(work / "disk").load(name)[0].counts for name in ("000001", "000002")]
    call(home, "retention", "destroy", number, "--confirm", number)
    medium = Medium.open(work / "disk")
    for name, old in zip(("000001", "000002"), counted, strict=True):
        manifest, _ = medium.load(name)
        assert manifest.counts["case_files"] == old["case_files"] - 1 and manifest.counts["pages"] == old["pages"] - 1
        (entry,) = (entry for entry in manifest.files if entry.path == "catalogue.db")
        assert "mượn lại hồ sơ".encode() not in medium.content(entry.sha256).read_bytes()
        assert hashlib.sha256(medium.content(entry.sha256).read_bytes()).hexdigest() == entry.sha256
