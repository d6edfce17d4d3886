"""``butluc cover``: prints with and without a home, and says what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pdf2image import convert_from_path

from scanner.covers.payload import parse
from scanner.covers.reading import Found, read_cover

ROOT = Path(__file__).parents[2]


def butluc(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    environment.pop("BUTLUC_HOME", None)
    command = [sys.executable, str(ROOT / "cli.py"), *args]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def printed(folder: Path, *args: str) -> dict[str, Any]:
    done = butluc(folder, "cover", *args, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_one_page_for_each_document_and_patch(tmp_path: Path) -> None:
    out = tmp_path / "bia.pdf"
    files = ("TAND-HN.HS.1987.00123", "TAND-HN.HS.1987.00124")
    options = ("--documents", "2", "--type", "02", "--sheets", "9", "--patch", "1", "--out", str(out))
    answer = printed(tmp_path, *files, *options)
    assert answer["file"] == str(out) and answer["patches"] == 1
    covers = answer["covers"]
    assert [(it["case_file"], it["document"]) for it in covers] == [(name, n) for name in files for n in (1, 2)]
    assert {(it["court"], it["fonds"]) for it in covers} == {("TAND-HN", "TAND-HN.HS")}
    assert {(it["type"], it["sheets"]) for it in covers} == {("02", 9)}
    readings = [read_cover(np.asarray(page), 100) for page in convert_from_path(out, dpi=100)]
    assert [reading.payload and reading.payload.text for reading in readings[:-1]] == [it["payload"] for it in covers]
    assert readings[-1].found is Found.PATCH_T
    assert [parse(it["payload"]).print_id for it in covers] == [it["print_id"] for it in covers]


def test_the_payload_explained_in_the_documentation_is_a_true_one() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    fields = next(line for line in text.splitlines() if line.startswith("| `BL1` |"))
    cover = parse("*".join(field.strip(" `") for field in fields.strip("|").split("|")))
    assert (cover.case_file, cover.document, cover.kind, cover.sheets) == ("TAND-HN.HS.1987.00123", 12, "02", 40)


def test_a_cover_printed_twice_differs_and_overwrites_nothing_by_itself(tmp_path: Path) -> None:
    first, second = (printed(tmp_path, "TAND-HN.HS.1987.00123") for _ in range(2))
    assert first["covers"][0]["print_id"] != second["covers"][0]["print_id"]
    assert [Path(it["file"]).name for it in (first, second)] == ["to-bia.pdf", "to-bia-2.pdf"]


def test_a_home_lends_its_name_and_a_profile_its_paper(tmp_path: Path) -> None:
    assert butluc(tmp_path, "init", "--organisation", "Tòa án nhân dân tỉnh Quảng Ngãi").returncode == 0
    (tmp_path / "butluc-home" / "profiles").mkdir()
    profile = tmp_path / "butluc-home" / "profiles" / "so-a5.toml"
    profile.write_text('title = "Sổ khổ A5"\n[scan]\npaper_mm = [148.0, 210.0]\n', encoding="utf-8")
    answer = printed(tmp_path, "TAND-QNg.HS.1987.1", "--profile", "so-a5", "--by", "Lê Thị Hoa")
    text = subprocess.run(["pdftotext", answer["file"], "-"], capture_output=True, text=True, check=True).stdout
    assert "Tòa án nhân dân tỉnh Quảng Ngãi" in text and "Lê Thị Hoa" in text
    (page,) = convert_from_path(answer["file"], dpi=254)
    assert np.abs(np.array(page.size) / 10 - (148.0, 210.0)).max() < 0.2


def test_a_home_keeps_who_printed_which(tmp_path: Path) -> None:
    assert butluc(tmp_path, "init").returncode == 0
    names = ("TAND-QNg.HS.1987.1", "TAND-QNg.HS.1987.2")
    answer = printed(tmp_path, *names, "--documents", "2", "--patch", "3", "--by", "Lê Thị Hoa")
    log = json.loads(butluc(tmp_path, "audit", "log", "--json").stdout)["events"]
    told = [event for event in log if event["act"] == "cover"]
    assert [(it["object"], it["who"]) for it in told] == [(name, "Lê Thị Hoa") for name in (*names, "patch-t")]
    prints = [it for event in told for it in event["details"].get("prints", [])]
    assert prints == [it["print_id"] for it in answer["covers"]] and told[-1]["details"]["patches"] == 3
    assert butluc(tmp_path, "audit", "verify").returncode == 0


def test_people_see_what_was_printed(tmp_path: Path) -> None:
    done = butluc(tmp_path, "--lang", "vi", "cover", "TAND-HN.HS.1987.00123", "--sheets", "40")
    assert done.returncode == 0
    assert "1 tờ bìa" in done.stdout and "TAND-HN.HS.1987.00123" in done.stdout and "40" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("TAND-HN.HS.1987.00123.0000001",),
        ("A.B.1", "--type", "99"),
        ("A.B.1", "--sheets", "-1"),
        ("A.B.1", "--documents", "0"),
        ("A.B.1", "--out", "khong-co/bia.pdf"),
        ("A.B.1", "--out", "."),
        ("A.B.1", "--profile", "khong-co"),
    ],
)
def test_wrong_use_is_one_sentence_and_writes_nothing(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = butluc(tmp_path, "cover", *args)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.startswith("butluc: ")
    assert not list(tmp_path.iterdir())
