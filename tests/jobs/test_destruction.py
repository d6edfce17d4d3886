"""Destruction in every copy, whole after any kill, and for good."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.destruction import destroy
from jobs.home import Home
from jobs.medium import Medium
from support.forks import in_fork
from support.inside import inside as call
from support.line import draw_page
from support.retention import CASE, OTHER, approved, code, contents, half_destroyed, remains, whole


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


def test_an_index_on_a_cluster_that_is_away_is_pending_until_a_call_reaches_it(
    work: Path, before: dict[str, bytes]
) -> None:
    home = work / "home"
    digests, number = contents(home), approved(home)
    settings = home / "butluc.toml"
    embedded = settings.read_text(encoding="utf-8")
    settings.write_text(embedded + '\n[index]\nurl = "https://127.0.0.1:1"\n', encoding="utf-8")
    answer = call(home, "retention", "destroy", number, "--confirm", number)
    assert answer.code == 1 and [place["place"] for place in answer.data["pending"]] == ["index"]
    again = call(home, "retention", "destroy", number, "--confirm", number)
    assert [place["place"] for place in again.data["pending"]] == ["index"]
    settings.write_text(embedded, encoding="utf-8")
    done = call(home, "retention", "destroy", number, "--confirm", number)
    assert done.code == 0 and done.data["state"] == "destroyed" and done.data["pending"] == []
    assert remains(work, digests) == []
    whole(work, before)


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
