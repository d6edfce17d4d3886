"""Nothing is destroyed that two persons did not appraise as it is, and nothing comes back by a side door."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from core.events import Event, new_event
from jobs.destruction import destroy
from jobs.home import Home
from jobs.persons import same_person
from jobs.versions import make_version
from support.inside import inside as call
from support.line import draw_page
from support.retention import CASE, OTHER, approved, code

ELSEWHERE = "TAND-DA.HS.1999.00001"


@pytest.mark.parametrize(
    "other",
    [
        "Le Thu",
        "LÊ THU",
        "Lê-Thu.",
        "Lê\u200bThu",
        "Lê\u00a0Thu",
        "Thu Lê",
        "Ｌê Thu",
        unicodedata.normalize("NFD", "Lê Thu"),
    ],
)
def test_another_spelling_is_no_other_person(other: str) -> None:
    assert same_person("Lê Thu", other) and same_person(other, "Lê Thu")


def test_a_name_without_letters_is_nobody_s_and_other_names_are_others() -> None:
    assert same_person("Lê Thu", "\u200b") and same_person("Nguyễn Văn Hoà", "nguyễn văn hòa")
    assert not same_person("Lê Thu", "Phạm Bình") and not same_person("Lê Thu", "Lê Thư (số hiệu 12)")


def test_a_year_to_come_makes_nothing_due(work: Path) -> None:
    home = work / "home"
    call(home, "describe", OTHER, "--set", "endDate=2025")
    answer = call(home, "retention", "propose", "--year", "2099", "--by", "Lê Thu")
    assert answer.code == 2 and code(answer) == "jobs.list-year"
    assert call(home, "retention", "lists").data["lists"] == []


def test_pages_that_nobody_appraised_are_not_destroyed(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    page = draw_page("Đơn khiếu nại mới nộp", work / "mới.png")
    (added,) = call(home, "ingest", str(page), "--case-file", OTHER).data["pages"]
    answer = call(home, "retention", "destroy", number, "--confirm", number)
    assert answer.code == 3 and code(answer) == "jobs.list-changed"
    assert Path(added["master"]).is_file()
    assert call(home, "retention", "withdraw", number, "--reason", "có trang mới").data["state"] == "withdrawn"
    assert call(home, "retention", "propose", "--by", "Lê Thu").data["refused"] == [{"id": OTHER, "why": "waiting"}]


def test_rules_that_changed_since_take_the_approval_away(work: Path) -> None:
    home = work / "home"
    call(home, "describe", OTHER, "--set", "maintenance=")
    rules = home / "retention" / "rules.toml"
    rules.parent.mkdir()
    rule = '[[rule]]\nname = "riêng"\nfonds = ["TAND-DA.VP"]\ncode = "06"\nsource = "QĐ 7"\ncertainty = "T"\n'
    rules.write_text(rule, encoding="utf-8")
    number = approved(home)
    rules.write_text(rule.replace('"06"', '"05"'), encoding="utf-8")
    assert code(call(home, "retention", "destroy", number, "--confirm", number)) == "jobs.list-changed"


def test_a_list_is_taken_back_and_its_case_files_come_on_another(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    call(home, "describe", OTHER, "--set", "title=Công văn mượn hồ sơ")
    assert code(call(home, "retention", "propose")) == "jobs.list-empty"
    taken = call(home, "retention", "withdraw", number, "--reason", "tên hồ sơ đã sửa", "--by", "Lê Thu")
    assert taken.code == 0 and taken.data["state"] == "withdrawn"
    for act in (("withdraw", number, "--reason", "x"), ("destroy", number, "--confirm", number)):
        assert code(call(home, "retention", *act)) == "jobs.list-state"
    assert call(home, "retention", "approve", number, "--by", "Phạm Bình", "--reason", "x").code == 2
    assert approved(home) == number.replace("0001", "0002")


def test_a_file_without_its_event_is_no_list_and_stops_nothing(work: Path) -> None:
    """As a kill between the two leaves it, or a hand."""
    home = work / "home"
    number = approved(home)
    lists = home / "retention" / "lists"
    shutil.copy(lists / f"{number}.json", lists / "2026-0002.json")
    assert [entry["number"] for entry in call(home, "retention", "lists").data["lists"]] == [number]
    assert code(call(home, "retention", "destroy", "2026-0002", "--confirm", "2026-0002")) == "jobs.no-list"
    call(home, "retention", "withdraw", number, "--reason", "làm lại")
    assert approved(home) == "2026-0002"
    (lists / "2026-0002.json").unlink()
    lost = call(home, "retention", "destroy", "2026-0002", "--confirm", "2026-0002")
    assert lost.code == 5 and code(lost) == "jobs.list-damaged"


class Killed(Exception):
    """Stands for a kill right behind the decision."""


def _kill(step: str) -> None:
    if step == "decided":
        raise Killed


def test_between_decision_and_destruction_nothing_more_is_done_with_it(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    with pytest.raises(Killed):
        destroy(Home.open(home), number, "Đỗ Quang", step=_kill)
    page = draw_page("Trang mới", work / "mới.png")
    for act in (
        ("retention", "hold", OTHER, "--reason", "kiện"),
        ("ingest", str(page), "--case-file", OTHER),
        ("describe", OTHER, "--set", "title=x"),
        ("show", OTHER),
    ):
        assert code(call(home, *act)) == "jobs.destroyed", act
    assert call(home, "export", OTHER, "--format", "pdf", str(work / "ra")).code == 2
    assert call(home, "rebuild").data["case_files"] == 1
    shutil.rmtree(home / "cache")
    assert call(home, "retention", "destroy", number, "--confirm", number).data["state"] == "destroyed"
    assert call(home, "verify").data["broken"] == []


def _package(work: Path, *events: Event) -> str:
    """A bag of another archive's case file that tells of ``events`` beside its own."""
    home = Home.create(work / "khác" / "home", "Tòa án nhân dân tỉnh Sông Bé", "x", demo=False)
    record = {"id": ELSEWHERE, "fonds": "TAND-DA.HS", "year": 1999, "organisation": "x", "documents": []}
    with home.lock("process"):
        make_version(home, record, {}, [], [*events, new_event("create", ELSEWHERE, "x")], message="x", who="x")
    home.catalogue.close()
    answer = call(home.root, "export", ELSEWHERE, "--format", "bagit", str(work / "gói"))
    return str(answer.data["exported"][0]["path"])


def test_a_package_does_not_approve_release_or_destroy(work: Path) -> None:
    home = work / "home"
    made = call(home, "retention", "propose", "--by", "Lê Thu").data["list"]
    call(home, "retention", "hold", "TAND-DA.VP", "--reason", "kiện đòi nhà")
    forged = (
        new_event("approve-destruction", made["number"], "Phạm Bình", reason="giả", sha256=made["sha256"]),
        new_event("release", "TAND-DA.VP", "ai đó", reason="giả", turn=99),
        new_event("hold", ELSEWHERE, "ai đó", reason="giả", turn=0),
    )
    for number, event in enumerate(forged):
        (refused,) = call(home, "import", _package(work / str(number), event)).data["failed"]
        assert refused["code"] == "jobs.import-bad" and event.act in refused["reason"]
    assert call(home, "import", _package(work / "thật")).data["failed"] == []
    assert call(home, "retention", "lists").data["lists"][0]["state"] == "proposed"
    assert call(home, "retention", "status", OTHER).data["case_files"][0]["state"] == "held"


def test_the_chain_says_what_is_destroyed_whatever_files_say(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    package = call(home, "export", OTHER, "--format", "bagit", str(work / "ra")).data["exported"][0]["path"]
    call(home, "retention", "destroy", number, "--confirm", number)
    tombstone = home / "tombstones" / f"{OTHER}.json"
    tombstone.rename(tombstone.with_name(f"{CASE}.json"))
    assert call(home, "import", package).data["failed"][0]["code"] == "jobs.destroyed"
    assert call(home, "rebuild").data["case_files"] == 1
    assert call(home, "show", CASE).code == 0
    found = {(entry["id"], entry["what"]) for entry in call(home, "verify").data["broken"]}
    assert found == {(CASE, "tombstone: unproven"), (OTHER, "tombstone: missing")}


def test_a_medium_that_missed_the_destruction_brings_nothing_back(work: Path) -> None:
    home = work / "home"
    number = approved(home)
    for name in ("second", "second.butluc", "disk"):
        (work / name).rename(work / f"away-{name}")
    call(home, "retention", "destroy", number, "--confirm", number)
    for name in ("second", "second.butluc", "disk"):
        (work / f"away-{name}").rename(work / name)
    checked = call(home, "verify", "--copy", "all")
    assert [(entry["id"], entry["what"], entry["copy"]) for entry in checked.data["broken"]] == [
        (OTHER, "half-destroyed", "hai")
    ]
    assert call(home, "backup", str(work / "disk"), "--incremental", "--with-keys").code == 0
    back = work / "lại"
    restored = call(home, "restore", str(work / "disk"), "--to", str(back), "--at", "000001")
    assert restored.data["destroyed"] == [OTHER]
    assert code(call(back, "show", OTHER)) == "jobs.destroyed"
    settings = home / "butluc.toml"
    settings.write_text(settings.read_text(encoding="utf-8").partition("[[copies]]")[0], encoding="utf-8")
    left = call(home, "retention", "destroy", number, "--confirm", number).data
    assert left["state"] == "pending" and [place["place"] for place in left["pending"]] == ["copy:hai"]


@pytest.mark.parametrize("spoilt", [{"object": "TAND-DA.DS.1987.00099"}, {"act": "ingest"}, {"details": {}}])
def test_what_is_no_tombstone_stops_a_restore(work: Path, spoilt: dict[str, object]) -> None:
    home = work / "home"
    number = approved(home)
    call(home, "retention", "destroy", number, "--confirm", number)
    path = work / "disk" / "tombstones" / f"{OTHER}.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | spoilt), encoding="utf-8")
    assert code(call(home, "restore", str(work / "disk"), "--to", str(work / "lại"))) == "jobs.bad-tombstone"
