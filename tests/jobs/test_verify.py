"""``verify`` finds what is not as it was, says so as data, and goes on where it was broken off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pikepdf

from archive.verapdf import default_home
from jobs.home import Home
from jobs.publish import stored_events, stored_records
from jobs.runs import Asked
from jobs.verifyplan import Plan
from support.inside import inside

CASE = "TAND-DA.DS.1987.00042"
FIRST = f"{CASE}.0000001"


def log(home: Path) -> Path:
    return max((home / "fixity").glob("verify-*.jsonl"))


def broken_off(path: Path, lines: int) -> None:
    """As if the run had been killed after so many lines, in the middle of the next."""
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:lines]) + whole[lines][:7])


def told(home: Path) -> int:
    return len(inside(home, "audit", "log", "--act", "verify").data["events"])


def without_text(home: Path) -> None:
    """A version of which one page has lost its words; everything else fits."""
    opened = Home.open(home)
    (path,) = [name for name in opened.store.files(CASE) if name.endswith(f"/{FIRST}.pdf") and name[:3] == "doc"]
    bare = home.parent / "bare.pdf"
    with pikepdf.open(opened.store.files(CASE)[path].path) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"q Q")
        pdf.save(bare)
    opened.store.publish(CASE, {path: bare}, "x", "x", "2026-11-24T00:00:00+00:00")


def test_a_lost_text_layer_is_damage(home: Path) -> None:
    without_text(home)
    answer = inside(home, "verify", FIRST)
    assert answer.code == 5
    (entry,) = [row for row in answer.data["broken"] if row["code"] == "text-layer"]
    assert entry["id"] == FIRST and entry["what"].startswith("text-layer: page 1: ")
    assert int(entry["details"]["found"]) < 5, "what the visible signature block says is left"
    assert entry["details"]["tool"] == "pdftotext"


def test_a_changed_event_is_damage_and_costs_nothing_else(home: Path) -> None:
    segment = next((home / "audit").iterdir())
    lines = segment.read_bytes().splitlines(keepends=True)
    seal = next(number for number, line in enumerate(lines) if b'"act":"seal"' in line)
    for number in (1, seal):
        lines[number] = lines[number].replace(b'"who":"', b'"who":"x')
    segment.write_bytes(b"".join(lines))
    answer = inside(home, "verify")
    (entry,) = answer.data["broken"]
    assert answer.code == 5 and (entry["code"], entry["where"]) == ("chain", f"audit/{segment.name}:2")
    assert not answer.data["chain"]["ok"] and answer.data["checked"] == 2
    assert [row["code"] for row in answer.data["not_verified"]] == ["seal-none"]


def test_a_run_that_was_broken_off_goes_on_and_is_told_of_once(home: Path) -> None:
    before = told(home)
    whole = inside(home, "verify").data
    broken_off(log(home), 2)
    pdf = next(path for path in (home / "store").rglob("*.pdf"))
    sound = pdf.read_bytes()
    pdf.write_bytes(b"rotten")
    again = inside(home, "verify", "--resume").data
    assert again == {**whole, "resumed": True, "chain": again["chain"]}, "what was looked at is not looked at again"
    assert told(home) == before + 1
    assert inside(home, "verify", "--resume").code == 2
    assert inside(home, "verify").code == 5
    pdf.write_bytes(sound)


def test_what_was_found_broken_or_changed_since_is_looked_at_again(home: Path) -> None:
    pdf = next(path for path in (home / "store").rglob("*.pdf"))
    sound = pdf.read_bytes()
    pdf.write_bytes(b"rotten")
    assert inside(home, "verify").code == 5
    broken_off(log(home), 2)
    pdf.write_bytes(sound)
    assert inside(home, "verify", "--resume").code == 0
    broken_off(log(home), 3)
    without_text(home)
    assert inside(home, "verify", "--resume").code == 5


def test_two_workers_find_what_one_finds(home: Path) -> None:
    without_text(home)
    alone, together = inside(home, "verify").data, inside(home, "verify", "--jobs", "2").data
    passing = ("run", "chain")
    assert {key: alone[key] for key in alone if key not in passing} == {
        key: together[key] for key in together if key not in passing
    }


def test_the_same_seed_draws_the_same_documents(home: Path) -> None:
    def drawn(seed: int) -> list[str]:
        plan = Plan(Home.open(home), Asked((), 1, seed, ()), default_home())
        return [row.id for unit in plan.units for row in plan.task(unit, "thử").documents]

    assert drawn(3) == drawn(3) and len(drawn(3)) == 1
    assert {drawn(seed)[0] for seed in range(20)} == {FIRST, f"{CASE}.0000002"}


def test_a_home_of_an_earlier_release_is_sound_and_says_what_it_lacks(home: Path, tmp_path: Path) -> None:
    kept = Home.open(home).store.files(CASE)
    inside(tmp_path / "old", "init")
    shutil.copytree(home / "keys", tmp_path / "old" / "keys")
    shutil.copy(home / "butluc.toml", tmp_path / "old" / "butluc.toml")
    old = Home.open(tmp_path / "old")
    changes = {path: file.path for path, file in kept.items() if not path.startswith("aip/")}
    head = old.store.publish(CASE, changes, "cũ", "Lan", "2025-01-01T00:00:00+00:00")
    old.catalogue.put_published(CASE, head, stored_records(old, CASE), *stored_events(old, CASE))
    old.flush_events()
    answer = inside(tmp_path / "old", "verify")
    assert (answer.code, answer.data["checked"], answer.data["broken"]) == (0, 2, [])
    assert {"package-none", "seal-none"} <= {row["code"] for row in answer.data["not_verified"]}


def test_every_entry_is_data(home: Path) -> None:
    without_text(home)
    (home / "store" / "lạ.txt").write_text("?")
    for row in inside(home, "verify").data["broken"]:
        assert {"id", "what", "where", "code", "details"} <= row.keys()
        assert row["what"].partition(":")[0] == row["code"] and json.dumps(row["details"])


def test_a_chain_whose_end_is_gone_is_damage(home: Path) -> None:
    """What the chain has lost the store tells; a change that is published and not chained yet is none."""
    (segment,) = (home / "audit").iterdir()
    lines = segment.read_bytes().splitlines(keepends=True)
    published = next(number for number, line in enumerate(lines) if b'"act":"read"' in line)
    for rest in (published, 0):
        segment.write_bytes(b"".join(lines[:rest]))
        answer = inside(home, "verify")
        assert answer.code == 5
        found = [(entry["id"], entry["what"], entry["code"]) for entry in answer.data["broken"]]
        assert found == [(CASE, "chain: cut off", "chain-cut")]
