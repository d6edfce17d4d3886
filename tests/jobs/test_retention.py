"""Periods and what is due; lists by two persons."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jobs.retention_rules import read_rules
from support.inside import inside as call
from support.retention import CASE, OTHER, approved, code


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
