"""What is printed survives where it is printed to, and failures keep their sentence, language and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.line import ROOT

ASCII = {"PYTHONIOENCODING": "ascii"}


def butluc(*args: str | bytes, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cli", *args]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, check=False)


@pytest.mark.parametrize("args", [("profiles", "list"), ("--json", "profiles", "list"), ("--help",)])
def test_a_reader_that_stops_reading_is_no_failure(args: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cli", *args], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert (child.returncode, said) == (0, b"")


def test_the_exit_code_counts_although_nobody_reads(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "--json", "ocr", str(tmp_path / "không có.jpg")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
    assert child.returncode == 3


def test_a_terminal_without_vietnamese_letters_gets_bare_ones() -> None:
    done = butluc("--lang", "vi", "--home", "/không/có", "batch", "list", **ASCII)
    assert done.returncode == 2
    assert b"Khong co kho But Luc trong /khong/co" in done.stderr


def test_json_is_the_same_in_every_encoding() -> None:
    plain, narrow = butluc("--json", "profiles", "list"), butluc("--json", "profiles", "list", **ASCII)
    assert not plain.stdout.isascii()
    assert narrow.stdout.isascii() and json.loads(narrow.stdout) == json.loads(plain.stdout)


def test_a_file_name_that_is_no_utf8_is_legible_for_people_and_exact_for_scripts(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/b\xe0n \xe1n.txt"
    Path(os.fsdecode(name)).write_text("Số: 31/2017/DS-ST", encoding="utf-8")
    done = butluc("--json", "fields", name, name + b".missing")
    documents = json.loads(done.stdout)["documents"]
    assert done.returncode == 1
    assert [os.fsencode(document["file"]) for document in documents] == [name, name + b".missing"]
    assert "bàn án.txt.missing" in done.stderr.decode()


def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    done = butluc("ocr", str(tmp_path / "trang\n1\x1b[31m\u202e.jpg"))
    assert done.returncode == 3
    assert "trang\\n1\\x1b[31m\\u202e.jpg" in done.stderr.decode() and b"\x1b" not in done.stderr


@pytest.mark.parametrize("args", [("--lang", "vi", "ingest", "a.jpg"), ("--lang=vi", "ingest", "a.jpg")])
def test_wrong_use_is_said_in_the_language_of_the_call(args: tuple[str, ...]) -> None:
    done = butluc(*args)
    assert done.returncode == 2
    assert done.stderr.decode() == "butluc: Thiếu --case-file. Xem cách gọi bằng “butluc ingest --help”.\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("khong-co",), "There is no command “khong-co”. See “butluc --help”."),
        (("ocr", "--khong-co", "a"), "There is no option “--khong-co”. See “butluc ocr --help”."),
        (("show",), "ID is missing. See “butluc show --help”."),
        (("process", "--jobs", "0"), "The value of --jobs cannot be used (0 is not in the range 1<=x<=256)."),
        (("ocr", ""), "The value of IMAGES cannot be used (an empty path). See “butluc ocr --help”."),
    ],
)
def test_wrong_use_names_what_is_wrong(args: tuple[str, ...], said: str) -> None:
    done = butluc("--json", "--lang", "en", *args)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (2, "usage")
    assert f"{error['message']} {error['remedy']}".startswith(said)


def test_without_a_command_the_help_is_shown() -> None:
    done = butluc("--lang", "en")
    assert done.returncode == 2 and b"Commands:" in done.stderr and b"No command is given." in done.stderr


def test_verbose_adds_the_traceback_and_keeps_the_exit_code(tmp_path: Path) -> None:
    done = butluc("-v", "--home", str(tmp_path / "không"), "batch", "list")
    assert done.returncode == 2 and b"Traceback" in done.stderr


def test_words_in_a_legacy_encoding_do_not_lock_the_home(tmp_path: Path) -> None:
    home = str(tmp_path / "kho")
    assert butluc("--home", home, "init", "--by", b"L\xe0n").returncode == 0
    assert butluc("--home", home, "search", b"b\xe0n \xe1n").returncode == 0
    assert butluc("--home", home, "show", b"\xff").returncode == 2
    events = json.loads(butluc("--home", home, "--json", "audit", "log").stdout)["events"]
    assert [(event["act"], event["object"]) for event in events] == [("init", "kho"), ("search", "bàn án")]
    assert events[0]["who"] == "Làn"


def test_a_search_for_nothing_is_answered(tmp_path: Path) -> None:
    home = str(tmp_path / "kho")
    butluc("--home", home, "init")
    done = butluc("--home", home, "--json", "search", "")
    assert done.returncode == 0 and json.loads(done.stdout)["notice"]
