"""A backup brings the home back as it was, one case file too; what is damaged on the medium is found and not used."""

from __future__ import annotations

import csv
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

from bench.snapshot import snapshot
from core.files import sha256_file
from jobs.home import Home
from jobs.medium import IDENTITY, Medium
from support.copies import tree
from support.inside import inside as call
from support.line import ROOT

CASE = "TAND-DA.DS.1987.00042"


@pytest.fixture
def medium(home: Path, tmp_path: Path) -> Path:
    """A medium with one full backup of the home."""
    answer = call(home, "backup", str(tmp_path / "ổ sao lưu"))
    assert answer.code == 0 and answer.data["kind"] == "full" and answer.data["backup"] == "000001"
    return tmp_path / "ổ sao lưu"


def kept(root: Path) -> dict[str, bytes | None]:
    """What a restored home must have byte for byte."""
    return {
        name: data
        for name, data in tree(root).items()
        if name.startswith(("store/", "journal/", "profiles/", "fixity/")) or name == "butluc.toml"
    }


def test_a_restored_home_is_the_home(home: Path, medium: Path, tmp_path: Path) -> None:
    before = snapshot(home)
    answer = call(home, "restore", str(medium), "--to", str(tmp_path / "back"))
    assert answer.code == 0 and answer.data["left_out"] == ["keys"]
    back = tmp_path / "back"
    assert kept(back) == kept(home)
    assert snapshot(back) == before
    assert call(back, "search", "tranh chấp").data["total"] == 1
    assert call(back, "verify").data["broken"] == []
    assert call(back, "audit", "verify").data["ok"]
    assert call(back, "audit", "log", "--act", "restore").data["events"][0]["details"]["backup"] == "000001"
    assert not [path for path in back.rglob("*") if path.suffix in (".p12", ".key") or "passphrase" in path.name]
    assert not list(back.glob(".restore*"))


def test_keys_come_along_when_asked_for(home: Path, tmp_path: Path) -> None:
    call(home, "backup", "--with-keys", str(tmp_path / "disk"))
    call(home, "restore", str(tmp_path / "disk"), "--to", str(tmp_path / "back"))
    assert tree(tmp_path / "back" / "keys") == tree(home / "keys")


def test_an_incremental_backup_copies_what_changed_and_every_generation_stays(
    home: Path, medium: Path, paper: Path, tmp_path: Path
) -> None:
    first = snapshot(home)
    args = [str(path) for path in sorted(paper.iterdir())[:1]]
    assert call(home, "ingest", *args, "--case-file", "TAND-DA.DS.1990.00007").code == 0
    answer = call(home, "backup", str(medium), "--incremental").data
    assert answer["kind"] == "incremental" and answer["backup"] == "000002"
    masters = sum(path.stat().st_size for path in (home / "store").rglob("*") if path.is_file())
    assert 0 < answer["copied"] < masters
    newer, sha = Medium.open(medium).load("000002")
    assert newer.previous is not None and newer.previous.sha256 == Medium.open(medium).load("000001")[1] != sha
    for name, expected in (("000001", 1), ("000002", 2)):
        call(home, "restore", str(medium), "--to", str(tmp_path / name), "--at", name)
        assert len(call(tmp_path / name, "batch", "list").data["batches"]) == expected
    assert snapshot(tmp_path / "000001") == first
    assert call(home, "backup", "verify", str(medium)).data["broken"] == []


def test_every_damage_on_the_medium_is_found_and_a_full_backup_mends_it(home: Path, medium: Path) -> None:
    chance = random.Random(5)
    files = sorted(path for path in medium.rglob("*") if path.is_file() and "staging" not in path.parts)
    contents = [path for path in files if path.parent.parent.name == "objects"]
    for path in [*chance.sample(contents, 8), *(path for path in files if path.parent.name == "backups")]:
        sound = path.read_bytes()
        place = chance.randrange(len(sound))
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert call(home, "backup", "verify", str(medium)).code == 5, path
        path.write_bytes(sound)
    contents[0].write_bytes(b"rotten")
    contents[1].unlink()
    assert call(home, "backup", str(medium), "--full").code == 0
    answer = call(home, "backup", "verify", str(medium), "--at", "000002")
    assert answer.code == 0 and answer.data["broken"] == []


def test_a_damaged_backup_restores_no_home(home: Path, medium: Path, tmp_path: Path) -> None:
    pdf = next((home / "store").rglob("*.pdf"))
    Medium.open(medium).content(sha256_file(pdf)).write_bytes(b"rotten")
    answer = call(home, "restore", str(medium), "--to", str(tmp_path / "back"))
    assert answer.code == 5 and answer.data["error"]["code"] == "jobs.backup-damaged"
    assert not (tmp_path / "back" / "butluc.toml").exists()
    assert call(tmp_path / "back", "batch", "list").code == 2
    assert call(home, "backup", "drill", str(medium)).code == 5
    shutil.copy(pdf, Medium.open(medium).content(sha256_file(pdf)))
    assert call(home, "restore", str(medium), "--to", str(tmp_path / "back")).code == 0


def test_damage_to_what_never_changes_is_an_alarm_and_the_good_bytes_stay(home: Path, medium: Path) -> None:
    pdf = next((home / "store").rglob("*.pdf"))
    sound = pdf.read_bytes()
    pdf.write_bytes(b"rotten")
    answer = call(home, "backup", str(medium))
    assert answer.code == 5 and answer.data["changed"] == [str(pdf.relative_to(home))]
    assert call(home, "restore", str(medium), "--case-file", CASE, "--at", "000001").data["how"] == "healed"
    assert pdf.read_bytes() == sound
    assert call(home, "verify").code == 0


def test_a_missing_case_file_comes_back_with_all_its_versions(home: Path, medium: Path) -> None:
    before = tree(home / "store")
    shutil.rmtree(next(path for path in (home / "store").iterdir() if len(path.name) == 3))
    answer = call(home, "restore", str(medium), "--case-file", CASE)
    assert answer.code == 0 and answer.data["how"] == "missing"
    assert tree(home / "store") == before
    assert call(home, "verify").code == 0
    assert call(home, "restore", str(medium), "--case-file", CASE).data["how"] == "same"
    assert call(home, "restore", str(medium), "--case-file", "TAND-DA.DS.1987.9").code == 2


def test_an_older_state_comes_back_as_a_further_version_and_nothing_is_taken_out(home: Path, medium: Path) -> None:
    opened = Home.open(home)
    held = opened.store.files(CASE)
    alto = next(path for path in held if path.endswith(".alto.xml"))
    sound = held[alto].path.read_bytes()
    at = "2026-11-24T00:00:00.000+00:00"
    opened.store.publish(CASE, {alto: b"<alto/>", "ghi chú.txt": b"x"}, "sai", "?", at)
    opened.catalogue.close()
    answer = call(home, "restore", str(medium), "--case-file", CASE)
    assert (answer.data["how"], answer.data["version"]) == ("version", "v3")
    opened = Home.open(home)
    held = opened.store.files(CASE)
    assert held[alto].path.read_bytes() == sound and "ghi chú.txt" in held
    assert opened.catalogue.versions()[CASE] == "v3"
    opened.catalogue.close()
    assert call(home, "verify").code == 0 and call(home, "fixity", "run").code == 0


def test_an_empty_mount_point_or_a_foreign_medium_takes_no_backup(home: Path, medium: Path, tmp_path: Path) -> None:
    shutil.move(medium, tmp_path / "unplugged")
    medium.mkdir()
    answer = call(home, "backup", str(medium))
    assert answer.code == 4 and answer.data["error"]["code"] == "jobs.backup-unreachable"
    assert list(medium.iterdir()) == []
    assert call(home, "backup", "--new", str(medium)).code == 0
    other = tmp_path / "other"
    call(other, "init")
    assert call(other, "backup", str(medium)).data["error"]["code"] == "jobs.backup-foreign"
    assert call(home, "backup", str(home / "store")).data["error"]["code"] == "jobs.backup-inside"
    assert call(home, "backup", str(tmp_path)).data["error"]["code"] == "jobs.backup-occupied"
    assert call(home, "restore", str(medium)).data["error"]["code"] == "jobs.home-exists"


def test_a_drill_proves_the_backup_and_the_logs_tell_of_all(home: Path, medium: Path, tmp_path: Path) -> None:
    answer = call(home, "backup", "drill", str(medium), "--by", "Nguyễn Thị Lan")
    assert answer.code == 0 and answer.data["ok"] and answer.data["found"]["documents"] == 2
    assert json.loads(Path(answer.data["report"]).read_text(encoding="utf-8"))["by"] == "Nguyễn Thị Lan"
    next((home / "store").rglob("*.pdf")).write_bytes(b"rotten")
    call(home, "fixity", "run")
    written = call(home, "backup", "report", str(tmp_path / "báo cáo")).data
    assert (written["backups"], written["incidents"]) == (2, 1)
    with (tmp_path / "báo cáo" / "nhat-ky-sao-luu.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[2] for row in rows[1:]] == ["Sao lưu", "Diễn tập phục hồi"] and {row[5] for row in rows[1:]} == {"Đạt"}
    text = (tmp_path / "báo cáo" / "nhat-ky-su-co.txt").read_text(encoding="utf-8")
    assert "Phát hiện hư hỏng" in text and "Không đạt" in text


@pytest.mark.parametrize("seed", range(3))
def test_backup_and_restore_killed_at_any_moment_go_on(home: Path, tmp_path: Path, seed: int) -> None:
    draw, disk, back = random.Random(seed), tmp_path / "disk", tmp_path / "back"
    before = kept(home)
    kill(draw, home, "backup", str(disk))
    if (disk / IDENTITY).exists() and Medium.open(disk).names():
        assert call(home, "backup", "verify", str(disk)).code == 0
    assert call(home, "backup", str(disk)).code == 0
    assert call(home, "backup", "verify", str(disk)).code == 0
    kill(draw, home, "restore", str(disk), "--to", str(back))
    if (back / "butluc.toml").exists():
        assert kept(back) == before
    assert call(home, "restore", str(disk), "--to", str(back)).code in ((0, 2) if whole(back) else (0,))
    assert kept(back) == before
    assert call(back, "verify").data["broken"] == []


def test_a_medium_on_which_a_backup_was_cut_off_as_it_began_is_still_a_new_one(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / f".{IDENTITY}.4711.part").write_bytes(b'{"arch')
    assert Medium.make(disk, "a").identity.archive == "a"
    assert [path.name for path in disk.iterdir()] == [IDENTITY]


def test_what_a_killed_restore_was_writing_is_left_nowhere(home: Path, medium: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    pdf = next((home / "store").rglob("*.pdf"))
    content = Medium.open(medium).content(sha256_file(pdf))
    content.unlink()
    os.mkfifo(content)  # the restore waits here until it is killed
    command = [sys.executable, "-m", "cli", "--home", str(home), "restore", str(medium), "--to", str(back)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as child, content.open("wb") as pipe:
        pipe.write(pdf.read_bytes()[:1000])
        pipe.flush()
        while not list(back.rglob("*.part")):
            time.sleep(0.01)
        child.kill()
        child.wait()
    content.unlink()
    shutil.copy(pdf, content)
    assert call(home, "restore", str(medium), "--to", str(back)).code == 0
    assert kept(back) == kept(home) and not list(back.rglob("*.part"))


def whole(home: Path) -> bool:
    return (home / "butluc.toml").exists() and not list(home.glob(".restore*"))


def kill(draw: random.Random, home: Path, *args: str) -> None:
    """Begin a command and kill it while it is at work."""
    command = [sys.executable, "-m", "cli", "--home", str(home), *args]
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=silent, stderr=silent) as child:
        target = Path(args[-1])
        while child.poll() is None and not target.exists():
            time.sleep(0.005)
        time.sleep(draw.uniform(0, 0.4))
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
